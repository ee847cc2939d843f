"""What briefings drafted before did not count: the queue of the county, that of the visits, verified at the target."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The place of the step in the funnel at which the county has recommended a company.
RECOMMENDED = 5


def count(apps: Any, schema_editor: Any) -> None:
    """Count it from the frozen sample of each briefing."""
    rows = apps.get_model("cohort", "SampleRow").objects
    for briefing in apps.get_model("cohort", "Briefing").objects.iterator():
        scored = [
            row for row in rows.filter(sample=briefing.sample_id, level__gte=0)
            if briefing.scope == "city"
            or briefing.code in ((row.division, row.area) if briefing.scope == "area" else (row.industry,))
        ]
        counts = briefing.figures["counts"]
        counts["at_target_verified"] = sum(row.verified and row.level >= row.aim for row in scored)
        for name, steps in (("to_check", range(RECOMMENDED)), ("to_visit", (RECOMMENDED,))):
            counts[name] = sum(row.step in steps for row in scored)
            for entry in briefing.figures["areas"]:
                entry[name] = sum(
                    row.division == entry["code"] and row.step in steps for row in scored
                )
        briefing.save(update_fields=["figures"])


class Migration(migrations.Migration):
    dependencies = [("cohort", "0006_reviewers_are_taken_off_too")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
