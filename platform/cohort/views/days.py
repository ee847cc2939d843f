"""Days in forms of the programme's pages, and as moments in the city."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone


def build_day_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a day, typed or picked."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        **options,
    )


def get_end_of_day(day: date) -> datetime:
    """Return the last moment of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time.max))


def get_start_of_day(day: date) -> datetime:
    """Return the first moment of a day in the city; of today, this very moment."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, time.min))
