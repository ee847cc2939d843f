"""Making, editing and approving briefings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.briefings.drafting import draft_month
from cohort.models import Briefing
from companies.models import Programme
from companies.permissions import permissions_in_programme, require

LONGEST_TITLE, LONGEST_LEAD, MOST_REQUESTS, LONGEST_REQUEST = 200, 2000, 10, 500


class Approved(Exception):
    """Error of a change to a briefing that is approved."""


@dataclass(frozen=True)
class BriefingText:
    """The title, lead and requests of a briefing in one language."""

    title: str
    lead: str
    requests: Sequence[str]


def draft_briefings(*, programme: Programme, by: User) -> list[Briefing]:
    """Draft the briefings of this month now, without waiting for the first of the next."""
    require(permissions_in_programme(by, programme), Permission.EDIT_BRIEFING)
    return draft_month(programme=programme, by=by)


@transaction.atomic
def edit_briefing(*, briefing: Briefing, words: Mapping[str, BriefingText], by: User) -> None:
    """Change the texts; figures stay as they were counted."""
    require(permissions_in_programme(by, briefing.programme), Permission.EDIT_BRIEFING)
    stored = Briefing.objects.select_for_update().get(pk=briefing.pk)
    if stored.is_approved:
        raise Approved
    for language, text in words.items():
        stored.words[language] = {
            "title": text.title[:LONGEST_TITLE],
            "lead": text.lead[:LONGEST_LEAD],
            "requests": [request[:LONGEST_REQUEST] for request in text.requests[:MOST_REQUESTS]],
        }
    stored.edited_at, stored.edited_by = timezone.now(), by
    stored.save(update_fields=["words", "edited_at", "edited_by"])
    record(
        CohortAuditCode.BRIEFING_EDITED,
        stored,
        by=by,
        programme_id=stored.programme_id,
        languages=sorted(words),
    )


@transaction.atomic
def approve_briefing(*, briefing: Briefing, by: User) -> None:
    """Approve it as it is; nothing of it changes any more."""
    require(permissions_in_programme(by, briefing.programme), Permission.EDIT_BRIEFING)
    approved = Briefing.objects.filter(pk=briefing.pk, approved_at__isnull=True).update(
        approved_at=timezone.now(), approved_by=by
    )
    if not approved:
        raise Approved
    record(
        CohortAuditCode.BRIEFING_APPROVED,
        briefing,
        by=by,
        programme_id=briefing.programme_id,
        month=briefing.month.isoformat(),
        scope=briefing.scope,
        code=briefing.code,
    )


def note_fetched(*, briefing: Briefing, kind: str, by: User) -> None:
    """Keep on record that a briefing left the site."""
    record(CohortAuditCode.BRIEFING_FETCHED, briefing, by=by, programme_id=briefing.programme_id, kind=kind)
