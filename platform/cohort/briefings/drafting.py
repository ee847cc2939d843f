"""Drafting the briefings of a month."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.briefings.figures import compute_briefing_figures, list_trend_samples
from cohort.briefings.kinds import Scoped
from cohort.briefings.labels import LANGUAGES, compose_briefing_texts, get_area_names
from cohort.briefings.sampling import take_sample
from cohort.models import Briefing, Sample
from companies.models import KeyIndustry, Programme
from companies.recipients import list_permitted_staff

# A month before is a sample of about that age: the youngest that is at least this old.
MONTH_DAYS = 25


@transaction.atomic
def draft_month(*, programme: Programme, by: User | None) -> list[Briefing]:
    """Draft this month for the city, each area and each task force with companies; what is there stays.

    Takes today's sample if there is none yet, and freezes it with those that it is compared with.
    """
    sample = take_sample(programme)
    if sample is None:
        return []
    earlier = (
        Sample.objects.filter(programme=programme, day__lte=sample.day - timedelta(days=MONTH_DAYS))
        .order_by("-day")
        .first()
    )
    freeze_samples(sample, earlier, *list_trend_samples(sample))
    month = sample.day.replace(day=1)
    there = set(Briefing.objects.filter(programme=programme, month=month).values_list("scope", "code"))
    areas = list(programme.city.areas.all())
    names = {language: get_area_names(areas, language) for language in LANGUAGES}
    made = []
    for scope, code in list_scopes(programme):
        now = Scoped(sample, scope, code)
        if (scope, code) in there or not now.select_rows().exists():
            continue
        before = Scoped(earlier, scope, code) if earlier else None
        figures = compute_briefing_figures(now, before, areas)
        made.append(
            Briefing.objects.create(
                programme=programme,
                month=month,
                scope=scope,
                code=code,
                sample=sample,
                earlier=earlier,
                figures=figures,
                words=compose_briefing_texts(figures, sample.day, names),
            )
        )
    if made:
        record(
            CohortAuditCode.BRIEFINGS_DRAFTED,
            sample,
            by=by,
            programme_id=programme.pk,
            month=month.isoformat(),
            briefings=len(made),
        )
        _notify_editors(programme, sample, made, by)
    return made


def _notify_editors(programme: Programme, sample: Sample, made: list[Briefing], by: User | None) -> None:
    """Notify those who edit briefings that drafts wait; whoever asked for them sees them anyway."""
    for person in list_permitted_staff(programme, Permission.EDIT_BRIEFING):
        if person != by:
            notify(
                user=person,
                kind=NoticeKind.BRIEFING,
                key=f"drafted:{sample.pk}",
                link=reverse("cohort:briefing"),
                programme=programme,
                count=len(made),
                is_synthetic=sample.is_synthetic,
            )


def list_scopes(programme: Programme) -> list[tuple[str, str]]:
    """List the city, its areas, and the task forces of the key industries."""
    areas = programme.city.areas.values_list("code", flat=True)
    industries = KeyIndustry.objects.values_list("code", flat=True)
    return [
        (Briefing.Scope.CITY.value, ""),
        *((Briefing.Scope.AREA.value, code) for code in areas),
        *((Briefing.Scope.INDUSTRY.value, code) for code in industries),
    ]


def freeze_samples(*samples: Sample | None) -> None:
    """Keep samples for good, because a briefing rests on them."""
    ids = [sample.pk for sample in samples if sample is not None]
    Sample.objects.filter(pk__in=ids, frozen_at__isnull=True).update(frozen_at=timezone.now())
