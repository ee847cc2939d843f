"""Samples of the trends of briefings that were drafted before these were kept with them."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone


def freeze(apps: Any, schema_editor: Any) -> None:
    """Keep every sample that a trend names."""
    samples = apps.get_model("cohort", "Sample").objects
    for briefing in apps.get_model("cohort", "Briefing").objects.iterator():
        days = [point["day"] for point in briefing.figures["trend"]]
        samples.filter(
            programme=briefing.programme_id, day__in=days, frozen_at__isnull=True
        ).update(frozen_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("cohort", "0004_words_of_filters")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
