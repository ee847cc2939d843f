"""A plan is never without the result that it was made from."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("assessments", "0014_plans_name_their_result"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AlterField(
            "plan",
            "run",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="assessments.scorerun",
            ),
        ),
    ]
