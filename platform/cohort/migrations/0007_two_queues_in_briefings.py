"""What waits for the county and what waits for a visit, told apart in briefings that were drafted before."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The place of the step in the funnel at which the county has recommended a company.
RECOMMENDED = 5


def count(apps: Any, schema_editor: Any) -> None:
    """Count both queues from the frozen sample of each briefing."""
    rows = apps.get_model("cohort", "SampleRow").objects
    for briefing in apps.get_model("cohort", "Briefing").objects.iterator():
        scored = list(
            rows.filter(sample=briefing.sample_id, level__gte=0, step__lte=RECOMMENDED).values_list(
                "division", "area", "industry", "step"
            )
        )
        waiting = [
            (division, step)
            for division, area, industry, step in scored
            if briefing.scope == "city"
            or briefing.code in ((division, area) if briefing.scope == "area" else (industry,))
        ]
        queues = {"to_check": range(RECOMMENDED), "to_visit": (RECOMMENDED,)}
        for name, steps in queues.items():
            briefing.figures["counts"][name] = sum(step in steps for _division, step in waiting)
            for entry in briefing.figures["areas"]:
                entry[name] = sum(division == entry["code"] and step in steps for division, step in waiting)
        briefing.save(update_fields=["figures"])


class Migration(migrations.Migration):
    dependencies = [("cohort", "0006_reviewers_are_taken_off_too")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
