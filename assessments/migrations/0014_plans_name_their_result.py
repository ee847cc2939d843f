"""A plan names the result that it was made from: of those there were at the time, the one that counted."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


def name_results(apps: Any, schema_editor: Any) -> None:
    """Verified values count before a company's own, and of several results the latest; where all are younger than
    the plan, as in demonstrations whose days are spread, the first."""
    runs = apps.get_model("assessments", "ScoreRun").objects
    for plan in apps.get_model("assessments", "Plan").objects.iterator():
        found = runs.filter(
            submission__assessment=plan.assessment_id, submission__kind__in=("self", "verified")
        )
        then = found.filter(created_at__lte=plan.made_at).order_by("-submission__kind", "-created_at")
        plan.run = then.first() or found.order_by("created_at").first()
        plan.save(update_fields=["run"])


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("assessments", "0013_indexes_for_walks"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(
            "plan",
            "run",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="assessments.scorerun",
            ),
        ),
        migrations.RunPython(name_results, migrations.RunPython.noop),
    ]
