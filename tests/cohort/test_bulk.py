"""Acts on all companies that match: previewed, started once, done in chunks, and accounted for one by one."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notice, User
from accounts.models import NoticeKind as NoticeKind
from accounts.roles import Role
from assessments.actions import withdrawals
from assessments.models import Assessment, ReviewAssignment, Round, ScoreRun
from audit.models import AuditEvent
from cohort.bulk.perform import perform_bulk_run
from cohort.models import BulkOutcome, BulkRun, SavedView
from cohort.tasks import do_bulk
from companies.models import Company, Membership, Programme
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer, backend=BACKEND)
    return client


@pytest.fixture
def crowd(programme: Programme, round_t0: Round) -> list[Assessment]:
    """Three companies with an owner, one of them in another sector, and one without anybody."""
    made = []
    for number in range(1, 5):
        sector = factories.make_sector("steel" if number == 3 else "automotive")
        company = factories.make_company(programme, number=number, sector=sector)
        if number < 4:
            factories.make_member(company, f"Owner {number}")
        made.append(factories.make_assessment(company, round_t0))
    return made


def start(desk: Client, kind: str, **form: object) -> BulkRun:
    response = desk.post(reverse("cohort:bulk_start"), {"kind": kind, "run": str(uuid.uuid4()), **form})
    assert response.status_code == 302
    run = BulkRun.objects.latest("created_at")
    assert run.job is not None
    do_bulk(str(run.job.pk))
    return run


def test_all_that_match_are_invited_not_the_page(
    desk: Client, crowd: list[Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohort.queries.table.PER_PAGE", 1)
    monkeypatch.setattr("cohort.bulk.perform.CHUNK", 1)
    page = desk.get(reverse("cohort:bulk"), {"kind": "invite", "all": "1", "sector": "automotive"})
    assert (page.context["count"], page.context["reached"]) == (3, 2)
    assert not Assessment.objects.filter(invited_at__isnull=False).exists()

    run = start(desk, "invite", all="1", sector="automotive")

    run.refresh_from_db()
    assert run.job is not None
    assert Job.objects.get(pk=run.job.pk).result == {"done": 2, "left_out": 1}
    invited = set(Assessment.objects.filter(invited_at__isnull=False).values_list("pk", flat=True))
    assert invited == {crowd[0].pk, crowd[1].pk}
    left = run.outcomes.get(state=BulkOutcome.State.LEFT_OUT)
    assert (left.company, left.reason) == (crowd[3].company, "unreachable")
    page = desk.get(reverse("cohort:bulk_run", args=[run.pk]), {"state": "left_out"})
    assert crowd[3].company.name in page.content.decode()
    assert crowd[0].company.name not in page.content.decode()


def test_picked_companies_alone_are_reminded_by_the_rules_for_one(
    desk: Client, crowd: list[Assessment]
) -> None:
    picks = [str(crowd[0].company_id), str(crowd[3].company_id)]
    run = start(desk, "remind", pick=picks)
    assert {row.company_id: row.reason for row in run.outcomes.all()} == {
        crowd[0].company_id: "",
        crowd[3].company_id: "nobody",
    }
    again = start(desk, "remind", pick=picks[:1])
    assert again.outcomes.get().reason == "recent"
    assert AuditEvent.objects.filter(action="company.reminded").count() == 1
    assert len(mail.outbox) <= 1


def test_preview_of_a_reminder_shows_the_letter_and_names_whom_it_leaves_out(
    desk: Client, crowd: list[Assessment]
) -> None:
    english = {"Accept-Language": "en"}
    page = desk.get(reverse("cohort:bulk"), {"kind": "remind", "all": "1"}, headers=english)
    text = page.content.decode()
    assert (page.context["reached"], page.context["letters"]) == (3, 3)
    assert f"Reminder: answers of {crowd[0].company} are due by" in text
    assert "Questions still open: 60." in text
    assert [(entry.number, entry.names) for entry in page.context["left_out"]] == [
        (1, [crowd[3].company.name])
    ]
    assert crowd[3].company.name in text
    assert not mail.outbox
    # Where nobody is told anything there is no letter to show.
    assert (
        "letter"
        not in desk.get(reverse("cohort:bulk"), {"kind": "rescore", "all": "1"}, headers=english).context
    )


def test_assessor_is_assigned_where_the_rules_allow(
    desk: Client, crowd: list[Assessment], assessor: User
) -> None:
    Membership.objects.create(user=assessor, company=crowd[0].company, role=Role.PROVIDER.value)
    page = desk.get(reverse("cohort:bulk"), {"kind": "assign_assessor", "all": "1"})
    assert page.context["needs_person"]
    assert [person.pk for person in page.context["people"]] == [assessor.pk]
    run = start(desk, "assign_assessor", all="1", assignee=str(assessor.pk))
    assert run.outcomes.get(company=crowd[0].company).reason == "not_assignable"
    assert ReviewAssignment.objects.filter(user=assessor).count() == 3
    listed = desk.get(reverse("cohort:companies"), {"columns": "stage.assessor"}).content.decode()
    assert assessor.name in listed
    # The assessor is told once, of all together, also when the run is taken up again.
    perform_bulk_run(
        BulkRun.objects.select_related("round__programme", "assignee").get(pk=run.pk), lambda done: None
    )
    told = Notice.objects.get(user=assessor, kind=NoticeKind.REVIEW_ASSIGNED)
    assert told.parameters["count"] == 3
    client = Client()
    client.force_login(assessor, backend=BACKEND)
    assert client.get(told.link).context["who"] == "mine"

    # Whoever would lose companies to another is counted before it happens.
    other = factories.make_staff(crowd[0].round.programme, Role.ASSESSOR, "Second assessor")
    asked = {"kind": "assign_assessor", "all": "1"}
    replaced = [
        desk.get(reverse("cohort:bulk"), asked | {"assignee": str(person.pk)}).context["replaced"]
        for person in (assessor, other)
    ]
    assert replaced == [0, 3]

    taken = start(desk, "drop_assessor", all="1")

    assert taken.outcomes.get(company=crowd[0].company).reason == "nobody_assigned"
    assert taken.outcomes.filter(state=BulkOutcome.State.DONE).count() == 3
    assert not ReviewAssignment.objects.exists()


def test_statements_of_a_preview_do_not_grow_with_the_companies(
    desk: Client, crowd: list[Assessment], assessor: User, programme: Programme, round_t0: Round
) -> None:
    asked = {"kind": "assign_assessor", "all": "1", "assignee": str(assessor.pk)}

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(reverse("cohort:bulk"), asked).context["reached"] == Company.objects.count()
        return len(found)

    count()  # what is looked up once per session or process
    before = count()
    for number in range(10, 16):
        factories.make_assessment(factories.make_company(programme, number=number), round_t0)
    assert count() == before


def test_acts_so_far_are_listed_for_all_who_run_the_programme(
    desk: Client, client: Client, crowd: list[Assessment], programme: Programme
) -> None:
    run = start(desk, "invite", all="1")
    address = reverse("cohort:bulk_run", args=[run.pk])
    colleague = Client()
    colleague.force_login(factories.make_staff(programme, Role.OFFICER, "Second officer"), backend=BACKEND)
    assert address in colleague.get(reverse("cohort:bulk_runs")).content.decode()
    assert colleague.get(address).status_code == 200
    guilin = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    colleague.force_login(factories.make_staff(guilin, Role.OFFICER, "Elsewhere"), backend=BACKEND)
    assert address not in colleague.get(reverse("cohort:bulk_runs")).content.decode()
    assert colleague.get(address).status_code == 404


def test_scoring_again_skips_what_the_release_has_scored(desk: Client, scored: Assessment) -> None:
    run = start(desk, "rescore", all="1")
    assert run.outcomes.get().reason == "already_scored"
    Assessment.objects.update(self_run=None)
    ScoreRun.objects.all().delete()
    run = start(desk, "rescore", all="1")
    assert run.outcomes.get().state == BulkOutcome.State.DONE
    assert ScoreRun.objects.count() == 1


def test_withdrawn_submission_is_not_scored_again(desk: Client, scored: Assessment, owner: User) -> None:
    withdrawals.withdraw_submission(assessment=scored, by=owner)
    Assessment.objects.update(self_run=None)
    ScoreRun.objects.all().delete()
    run = start(desk, "rescore", all="1")
    assert run.outcomes.get().reason == "not_submitted"
    assert not ScoreRun.objects.exists()


def test_same_form_sent_twice_starts_one_run(desk: Client, crowd: list[Assessment]) -> None:
    form = {"kind": "invite", "all": "1", "run": str(uuid.uuid4())}
    addresses = {desk.post(reverse("cohort:bulk_start"), form)["Location"] for _time in range(2)}
    assert len(addresses) == 1
    assert (BulkRun.objects.count(), Job.objects.count(), BulkOutcome.objects.count()) == (1, 1, 4)


def test_run_that_broke_off_goes_on_without_doubles(
    desk: Client, crowd: list[Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohort.bulk.perform.CHUNK", 1)
    form = {"kind": "invite", "all": "1", "run": str(uuid.uuid4())}
    desk.post(reverse("cohort:bulk_start"), form)
    run = BulkRun.objects.select_related("round__programme", "created_by").get()

    def die(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perform_bulk_run(run, die)
    assert run.outcomes.filter(state="waiting").count() == 2
    assert perform_bulk_run(run, lambda done: None) == {"done": 3, "left_out": 1}
    assert AuditEvent.objects.filter(action="company.invited").count() == 3


@pytest.mark.parametrize(
    "role", [Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.STEWARD, Role.ADMINISTRATOR, Role.AUDITOR]
)
def test_only_who_runs_the_programme_acts_on_many(
    client: Client, crowd: list[Assessment], programme: Programme, role: Role
) -> None:
    area = crowd[0].company.division if role is Role.COUNTY_REVIEWER else None
    client.force_login(factories.make_staff(programme, role, area=area), backend=BACKEND)
    assert client.get(reverse("cohort:bulk"), {"kind": "invite", "all": "1"}).status_code == 403
    form = {"kind": "invite", "all": "1", "run": str(uuid.uuid4())}
    assert client.post(reverse("cohort:bulk_start"), form).status_code == 403
    assert not BulkRun.objects.exists()


def test_company_of_another_city_cannot_be_picked(desk: Client, crowd: list[Assessment]) -> None:
    guilin = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    theirs = factories.make_company(guilin, number=40)
    page = desk.get(reverse("cohort:bulk"), {"kind": "invite", "pick": str(theirs.pk)})
    assert page.context["count"] == 0
    assert desk.get(reverse("cohort:bulk"), {"kind": "invite", "pick": "no-id"}).status_code == 404


def test_views_are_saved_shared_and_deleted_by_their_owner(
    desk: Client, client: Client, crowd: list[Assessment], programme: Programme
) -> None:
    form = {"name": "Steel", "query": "?sector=steel&columns=stage&evil=1", "is_shared": "1"}
    response = desk.post(reverse("cohort:view_save"), form)
    assert response["Location"].endswith("?sector=steel&columns=stage")
    view = SavedView.objects.get()
    page = desk.get(response["Location"]).content.decode()
    assert crowd[2].company.name in page
    assert crowd[0].company.name not in page
    other = factories.make_staff(programme, Role.AUDITOR)
    client.force_login(other, backend=BACKEND)
    assert "Steel" in client.get(reverse("cohort:companies")).content.decode()
    assert client.post(reverse("cohort:view_delete", args=[view.pk])).status_code == 404
    SavedView.objects.update(is_shared=False)
    assert "Steel" not in client.get(reverse("cohort:companies")).content.decode()


def test_columns_stand_in_the_address_and_results_need_their_permission(
    desk: Client, client: Client, crowd: list[Assessment], programme: Programme
) -> None:
    page = desk.get(reverse("cohort:companies"), {"column": ["batch", "stage"]}).content.decode()
    assert "columns=stage.batch" in page
    steward = factories.make_staff(programme, Role.STEWARD)
    client.force_login(steward, backend=BACKEND)
    context = client.get(reverse("cohort:companies"), {"columns": "level.stage"}).context
    assert [heading.column.name for heading in context["columns"]] == ["name", "stage"]


def test_statements_do_not_grow_with_the_companies(
    desk: Client, crowd: list[Assessment], programme: Programme, round_t0: Round
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get(reverse("cohort:companies"), {"columns": "stage.assessor.hints.provider"})
        return len(found)

    count()  # what is looked up once per session or process
    before = count()
    for number in range(10, 16):
        factories.make_assessment(factories.make_company(programme, number=number), round_t0)
    assert count() == before
    assert Company.objects.count() > 9
