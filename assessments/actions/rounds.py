"""Rounds: opening one for the programme's companies, inviting, freezing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Verb
from assessments.models import Assessment, Round
from audit.record import record
from companies.models import Programme
from companies.permissions import require, verbs_in_programme
from instrument import CURRENT


def open_round(
    *, programme: Programme, code: str, opens_at: datetime, deadline: datetime, by: User | None
) -> Round:
    """Open a round and make an assessment for each listed company. `by=None` is the system's own set-up."""
    if by is not None:
        require(verbs_in_programme(by, programme), Verb.RUN_PROGRAMME)
    with transaction.atomic():
        opened = Round.objects.create(
            programme=programme,
            code=code,
            instrument_version=CURRENT,
            opens_at=opens_at,
            deadline=deadline,
        )
        add_listed_companies(opened)
        record("round.opened", opened, by=by, programme_id=programme.pk, code=code)
    return opened


def add_listed_companies(round_: Round) -> int:
    """Make the assessments that are missing for listed companies; the number of listed companies.

    Repeating it adds nothing twice.
    """
    companies = round_.programme.listings.values_list("company_id", flat=True)
    Assessment.objects.bulk_create(
        [Assessment(round=round_, company_id=company) for company in companies],
        batch_size=500,
        ignore_conflicts=True,
    )
    return len(companies)


def invite(*, assessment: Assessment, by: User) -> None:
    """Note that the company was invited."""
    require(verbs_in_programme(by, assessment.round.programme), Verb.RUN_PROGRAMME)
    with transaction.atomic():
        changed = Assessment.objects.filter(pk=assessment.pk, invited_at__isnull=True).update(
            invited_at=timezone.now(), updated_at=timezone.now()
        )
        if changed:
            record(
                "company.invited",
                assessment,
                by=by,
                company_id=assessment.company_id,
                programme_id=assessment.round.programme_id,
            )
