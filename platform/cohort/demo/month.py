"""A month of samples and the drafts of briefings, so that the demonstration has trends to show."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cohort.briefings.drafting import draft_month
from cohort.briefings.sampling import take_sample
from cohort.models import Briefing
from companies.models import Programme

# Days before today; worked out from the dates of steps and marked as such.
DAYS_AGO = (35, 28, 21, 14, 7)


def is_briefed(programme: Programme) -> bool:
    """Return whether there are briefings."""
    return Briefing.objects.filter(programme=programme).exists()


def draft_demo_briefings(programme: Programme) -> int:
    """Take samples of the weeks before and draft this month; return how many drafts were made."""
    now = timezone.now()
    for days in DAYS_AGO:
        take_sample(programme, moment=now - timedelta(days=days))
    return len(draft_month(programme=programme, by=None))
