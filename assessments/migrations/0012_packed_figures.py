"""Packs the figures of the runs that count beside each assessment; from then on whoever sets the runs does."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

from assessments.models.packed import FIGURES, NO_RUNS, pack_both, pack_values

BATCH = 2_000


def pack_all(apps: Any, schema_editor: Any) -> None:
    """Pack the figures of all that is scored."""
    assessments = apps.get_model("assessments", "Assessment").objects
    scored = assessments.exclude(self_run=None, verified_run=None).order_by("pk")
    runs = apps.get_model("assessments", "ScoreRun").objects
    last = None
    while batch := list((scored.filter(pk__gt=last) if last else scored)[:BATCH]):
        ids = {pk for row in batch for pk in (row.self_run_id, row.verified_run_id) if pk}
        packed = {
            pk: pack_values(figures, release.bytes)
            for pk, release, *figures in runs.filter(pk__in=ids).values_list("pk", "release", *FIGURES)
        }
        for row in batch:
            row.figures = pack_both(packed.get(row.self_run_id), packed.get(row.verified_run_id))
        assessments.bulk_update(batch, ["figures"], batch_size=500)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("assessments", "0011_sections_of_their_own"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AddField("assessment", "figures", models.BinaryField(default=NO_RUNS)),
        migrations.RunPython(pack_all, migrations.RunPython.noop),
    ]
