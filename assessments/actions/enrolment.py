"""Companies that join a programme, leave it, come back, or merge. Nothing of them is deleted."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment
from assessments.rounds.opening import join_open_rounds
from audit.record import record
from companies import actions as companies
from companies.models import Company, Listing, Programme
from companies.permissions import permissions_in_company, permissions_in_programme, require


class EnrolmentRefused(ValueError):
    """A change of the list that cannot be made as asked; the text says why."""


def enrol_company(*, programme: Programme, **company: Any) -> Company:
    """Add a new company, see `companies.actions.create`; it takes part in the rounds that are open."""
    with transaction.atomic():
        added = companies.create(programme=programme, **company)
        join_open_rounds(added, programme)
    return added


def end_enrolment(*, listing: Listing, on: date, reason: str, by: User) -> None:
    """Take a company off the programme's list. Its rounds stay readable and their answers no longer change.

    It counts in rounds whose deadline was before that day. Raises `RosterRefused` or `Forbidden`.
    """
    require(permissions_in_programme(by, listing.programme), Permission.RUN_PROGRAMME)
    reason = _require_reason(reason)
    if on > timezone.localdate():
        raise EnrolmentRefused(_("A company leaves today or on a day that has passed."))
    with transaction.atomic():
        _end_listing(listing, Listing.End.LEFT, on, reason)
        record(
            AssessmentAuditCode.COMPANY_LEFT,
            listing.company,
            by=by,
            company_id=listing.company_id,
            programme_id=listing.programme_id,
            on=on.isoformat(),
            reason=reason,
        )


def resume_enrolment(*, listing: Listing, reason: str, by: User) -> None:
    """Put a company that left back on the list; it takes part in the rounds that are open.

    Raises `RosterRefused` or `Forbidden`.
    """
    require(permissions_in_programme(by, listing.programme), Permission.RUN_PROGRAMME)
    reason = _require_reason(reason)
    with transaction.atomic():
        locked = Listing.objects.select_for_update().get(pk=listing.pk)
        if locked.end_kind == Listing.End.MERGED:
            raise EnrolmentRefused(_("The company was merged into another and cannot come back."))
        if locked.ended_on is None:
            raise EnrolmentRefused(_("The company is on the list."))
        _set_end(locked, None, "", "")
        Assessment.objects.filter(company=listing.company_id, round__programme=listing.programme_id).update(
            closed_at=None, updated_at=timezone.now()
        )
        join_open_rounds(listing.company, listing.programme)
        record(
            AssessmentAuditCode.COMPANY_CAME_BACK,
            listing.company,
            by=by,
            company_id=listing.company_id,
            programme_id=listing.programme_id,
            reason=reason,
        )
    _copy_end(listing, locked)


def merge_companies(*, absorbed: Company, into: Company, on: date, reason: str, by: User) -> None:
    """Note that a company was absorbed by another.

    From then on it counts in no figure; its rounds and submissions stay and can be read from the file of the
    other company, by that company's people too. `by` runs every programme that lists the absorbed company and
    may change both. Raises `RosterRefused` or `Forbidden`.
    """
    for company in (absorbed, into):
        require(permissions_in_company(by, company), Permission.EDIT_COMPANY)
    reason = _require_reason(reason)
    if on > timezone.localdate():
        raise EnrolmentRefused(_("A merger is entered on its day or later."))
    with transaction.atomic():
        # Locked in one order, so that two mergers cannot wait for each other in a ring.
        locked = {
            company.pk: company
            for company in Company.objects.select_for_update()
            .filter(pk__in=[absorbed.pk, into.pk])
            .order_by("pk")
        }
        _check_merger(locked[absorbed.pk], locked[into.pk])
        listings = list(
            Listing.objects.select_related("programme").filter(company=absorbed.pk).order_by("pk")
        )
        for listing in listings:
            require(permissions_in_programme(by, listing.programme), Permission.RUN_PROGRAMME)
        for listing in listings:
            if listing.ended_on is None:
                _end_listing(listing, Listing.End.MERGED, on, reason)
        programmes: list[UUID | None] = [listing.programme_id for listing in listings]
        no_programme: list[UUID | None] = [None]
        for programme_id in programmes or no_programme:
            for subject, other in ((absorbed, into), (into, absorbed)):
                record(
                    AssessmentAuditCode.COMPANY_MERGED
                    if subject is absorbed
                    else AssessmentAuditCode.COMPANY_ABSORBED_ANOTHER,
                    subject,
                    by=by,
                    company_id=subject.pk,
                    programme_id=programme_id,
                    other=str(other.pk),
                    on=on.isoformat(),
                    reason=reason,
                )
        _set_merged(locked[absorbed.pk], into, on)
        # What the absorbed company had absorbed before is now part of the other one too.
        Company.objects.filter(merged_into=absorbed.pk).update(merged_into=into.pk, updated_at=timezone.now())
    absorbed.merged_into, absorbed.merged_on = into, on


def _require_reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise EnrolmentRefused(_("Give the reason; it stays in the company’s file."))
    return text[:200]


def _check_merger(absorbed: Company, into: Company) -> None:
    if absorbed.pk == into.pk:
        raise EnrolmentRefused(_("A company cannot be merged into itself."))
    if absorbed.merged_into_id is not None:
        raise EnrolmentRefused(_("The company was merged into another already."))
    if into.merged_into_id is not None:
        raise EnrolmentRefused(_("The other company was itself merged into another. Choose that one."))


def _end_listing(listing: Listing, kind: Listing.End, on: date, reason: str) -> None:
    locked = Listing.objects.select_for_update().get(pk=listing.pk)
    if locked.ended_on is not None:
        raise EnrolmentRefused(_("The company is not on the list any more."))
    _set_end(locked, on, kind.value, reason)
    now = timezone.now()
    Assessment.objects.filter(
        company=listing.company_id, round__programme=listing.programme_id, closed_at__isnull=True
    ).update(closed_at=now, updated_at=now)
    _copy_end(listing, locked)


def _set_end(listing: Listing, on: date | None, kind: str, reason: str) -> None:
    listing.ended_on, listing.end_kind, listing.end_reason = on, kind, reason
    listing.save(update_fields=["ended_on", "end_kind", "end_reason"])
    listing.company.touch()


def _set_merged(company: Company, into: Company, on: date) -> None:
    company.merged_into, company.merged_on = into, on
    company.save(update_fields=["merged_into", "merged_on", "updated_at"])


def _copy_end(listing: Listing, changed: Listing) -> None:
    for name in ("ended_on", "end_kind", "end_reason"):
        setattr(listing, name, getattr(changed, name))
