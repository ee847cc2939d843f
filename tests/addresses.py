"""Every address of the site, and whose object it takes."""

from __future__ import annotations

from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Role
from assessments.models import (
    Assessment,
    Batch,
    Document,
    Evidence,
    Flag,
    Message,
    MessageSide,
    Report,
    VisitSample,
)
from assessments.tasks.scoring import SCORE_SUBMISSION
from audit.events import number_committed
from audit.models import Event
from benchmarks.actions import costs
from benchmarks.models import CostStep, Facility, Proposal, Provenance, Tier
from cohort.briefings.drafting import draft_month
from cohort.models import Briefing, BulkRun, CohortFile, LedgerExport, SavedView
from companies import invitations
from jobs.models import Job
from tests import factories
from webhooks.models import Delivery, Webhook

SITE_PARTS = ("assessments", "cohort", "benchmarks", "accounts", "people", "audit_log", "webhooks")
OTHER_ARGUMENTS: dict[str, object] = {
    "what": "rotate",
    "code": "S2",
    "item": "B2",
    "section": "S2",
    "chart": "profile",
    "ending": "pdf",
    "token": "no-such-link",
    "panel": "funnel",
    "kind": "xlsx",
}


def addresses(resolver: URLResolver, namespace: str = "") -> list[tuple[str, str, list[str]]]:
    """(namespace, name, names of arguments) of every address below."""
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            found += addresses(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append((namespace, pattern.name, list(pattern.pattern.regex.groupindex)))
    return found


ALL = addresses(get_resolver())
OWN = [entry for entry in ALL if entry[0].split(":")[0] in SITE_PARTS]
API = [entry for entry in ALL if entry[0].split(":")[0] == "api"]


# Addresses of things that are no company's; whoever works for no programme is refused all the same.
OF_NO_COMPANY: dict[str, dict[str, object]] = {
    "cohort:instrument": {"version": "2024.1"},
    "cohort:instrument_publish": {"version": "2024.1"},
    "cohort:list_add": {"kind": "parks"},
    "api:instrument-detail": {"version": "2024.1"},
    "cohort:list_entry": {"kind": "divisions", "pk": 1},
}


def id_for(namespace: str, name: str, scored: Assessment) -> UUID | int | None:
    """The id of the first company's object that an address takes; None if it is not named here."""
    run = scored.self_run
    assert run is not None
    ids: dict[str, UUID | int] = {
        "benchmarks:release": run.release_id,
        "benchmarks:propose": run.release_id,
        "assessments:receipt_document": run.submission_id,
        "assessments:receipt": run.submission_id,
        "cohort:company": scored.company_id,
        "cohort:programme_edit": scored.round.programme_id,
        "cohort:round": scored.round_id,
        "cohort:round_progress": scored.round_id,
        "cohort:round_times": scored.round_id,
        "cohort:round_freeze": scored.round_id,
        "cohort:round_reopen": scored.round_id,
        "cohort:round_add": scored.round_id,
        "cohort:roster": scored.company_id,
        "cohort:roster_rename": scored.company_id,
        "cohort:roster_merge": scored.company_id,
        "cohort:roster_leave": scored.company_id,
        "cohort:roster_return": scored.company_id,
        "cohort:roster_extend": scored.company_id,
        "api:programme-detail": scored.round.programme_id,
        "api:round-detail": scored.round_id,
        "api:cohort-detail": scored.round_id,
        "api:company-detail": scored.company_id,
        "api:assessment-detail": scored.pk,
        "api:assessment-answers": scored.pk,
        "api:submission-detail": run.submission_id,
        "api:score-detail": run.pk,
        "api:score-plan": run.pk,
        "api:release-detail": run.release_id,
    }
    key = f"{namespace}:{name}"
    if key == "assessments:revoke_invitation":
        owner = User.objects.filter(
            memberships__company=scored.company, memberships__role=Role.OWNER
        ).earliest("created_at")
        return invitations.invite(company=scored.company, name="Dora", role=Role.MEMBER, by=owner)[0].pk
    if namespace == "cohort" and (made := review_object(name, scored)) is not None:
        return made
    if key == "cohort:cost":
        costs.load_defaults(programme=scored.round.programme, by=None)
        return CostStep.objects.all()[0].pk
    if key in {"assessments:evidence_file", "assessments:remove_evidence", "assessments:restore_evidence"}:
        return Evidence.objects.create(
            assessment=scored,
            item="B2",
            name="a.pdf",
            stored_name="evidence/none",
            content_type=Evidence.Kind.PDF,
            size=1,
            sha256="0" * 64,
        ).pk
    if key in {"cohort:file", "cohort:load_file", "cohort:marked_file"}:
        return CohortFile.objects.create(
            programme=scored.round.programme,
            kind="cohort",
            name="cohort.xlsx",
            size=1,
            sha256="0" * 64,
            uploaded_by=factories.make_user("Sender"),
        ).pk
    if key == "cohort:ledger_file":
        return LedgerExport.objects.create(
            programme=scored.round.programme, round=scored.round, requested_by=factories.make_user("Sender")
        ).pk
    if key == "assessments:withdraw_message":
        return Message.objects.create(
            assessment=scored, side=MessageSide.BUREAU, body="Hello", written_by=factories.make_user("Sender")
        ).pk
    if key in {"cohort:bulk_run", "cohort:bulk_progress"}:
        starter = factories.make_staff(scored.round.programme, Role.OFFICER, "Starter")
        return BulkRun.objects.create(round=scored.round, kind="remind", created_by=starter).pk
    if key == "cohort:view_delete":
        keeper = factories.make_staff(scored.round.programme, Role.OFFICER, "Keeper")
        return SavedView.objects.create(programme=scored.round.programme, owner=keeper, name="Mine").pk
    if key in {"benchmarks:withdraw", "assessments:confirm_release"}:
        proposer = factories.make_staff(scored.round.programme, Role.STEWARD, "Proposer")
        return Proposal.objects.create(
            programme=scored.round.programme, release=run.release, proposed_by=proposer
        ).pk
    if namespace == "people":
        return factories.make_member(scored.company, "Somebody").pk
    if key == "accounts:notice":
        owner = factories.make_member(scored.company, "Reader")
        notice = notify(user=owner, kind=NoticeKind.ACCEPTED, link="/", company=scored.company, round="T0")
        assert notice is not None
        return notice.pk
    if key.startswith("cohort:") and "briefing" in key:
        draft_month(programme=scored.round.programme, by=None)
        return Briefing.objects.get(scope=Briefing.Scope.CITY).pk
    if key in {"assessments:report", "assessments:report_file"}:
        return Report.objects.create(
            kind=Report.Kind.RESULT,
            round=scored.round,
            assessment=scored,
            language="en",
            path="reports/x.pdf",
        ).pk
    if namespace == "webhooks" or key.startswith("api:webhook-"):
        return Webhook.objects.create(
            programme=scored.round.programme, name="x", url="https://receiver.example/"
        ).pk
    if key == "api:event-detail":
        return an_event(scored).pk
    if key in {"api:job-detail", "api:job-cancel"}:
        return Job.objects.get(kind=SCORE_SUBMISSION).pk
    if key == "api:facility-detail":
        return Facility.objects.create(
            programme=scored.round.programme,
            code="F1",
            tier=Tier.FACTORY,
            sector=scored.company.sector,
            provenance=Provenance.SURVEY,
            instrument_version=scored.round.instrument_version,
            content="{}",
            vector=b"",
        ).pk
    if key in ids:
        return ids[key]
    if namespace == "assessments":
        return scored.pk
    return None


def values_for(namespace: str, name: str, arguments: list[str], scored: Assessment) -> dict[str, object]:
    """What to put into an address so that it means the first company's object, which is made where there is none.

    Where nobody has said whose object it is, the id is None. The numbers of rows differ from database to database.
    """
    full = f"{namespace}:{name}"
    values = dict(
        OF_NO_COMPANY.get(full, {argument: OTHER_ARGUMENTS.get(argument) for argument in arguments})
    )
    if full == "cohort:list_entry":
        values["pk"] = scored.company.division.pk
    elif full == "assessments:end_access":
        values["pk"] = scored.pk
        values["member"] = factories.make_member(scored.company, "Colleague").memberships.get().pk
    elif full == "api:webhook-replay-one":
        delivery = a_delivery(scored)
        values = {"pk": delivery.webhook_id, "delivery": delivery.pk}
    elif "pk" in arguments:
        values["pk"] = id_for(namespace, name, scored)
    return values


def a_delivery(scored: Assessment) -> Delivery:
    """A delivery of the programme's webhook."""
    webhook = Webhook.objects.create(
        programme=scored.round.programme, name="x", url="https://receiver.example/"
    )
    return Delivery.objects.create(webhook=webhook, event=an_event(scored))


def an_event(scored: Assessment) -> Event:
    """Something that happened to the company."""
    number_committed()
    return Event.objects.filter(company_id=scored.company_id)[0]


REVIEW_PAGES = {"check", "visit", "finish", "grade", "acceptance", "accept", "documents"}


def review_object(name: str, scored: Assessment) -> UUID | None:
    """The id of what a page of the review desk takes, made where there is none; None for other pages."""
    if name in REVIEW_PAGES:
        return scored.pk
    if name in {"contacts", "timeline", "papers", "profile", "company_messages"}:
        return scored.company_id
    if name not in {"document", "batch", "batch_table", "flag", "sample"}:
        return None
    officer, now = factories.make_user(f"Reviewer {name}"), timezone.now()
    run = scored.self_run
    assert run is not None
    if name == "flag":
        return Flag.objects.create(
            assessment=scored,
            submission=run.submission,
            kind=Flag.Kind.RANDOM,
            evidence={"score": 1, "limit": 0, "compared": 100, "release": ""},
            raised_at=now,
        ).pk
    if name == "sample":
        return VisitSample.objects.create(
            round=scored.round,
            seed="1",
            size=1,
            formula="risk-1",
            frame=[],
            drawn=[],
            drawn_by=officer,
            drawn_at=now,
        ).pk
    if name == "document":
        return Document.objects.create(
            assessment=scored,
            kind="contract",
            name="c.pdf",
            stored_name="papers/none",
            size=1,
            uploaded_by=officer,
            uploaded_at=now,
        ).pk
    return Batch.objects.create(
        programme=scored.round.programme, name=name, created_by=officer, created_at=now
    ).pk
