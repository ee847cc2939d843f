"""Reading and storing official results that the ministry’s site states."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from assessments.models import Assessment, Round
from cohort.loading.problems import Findings
from cohort.loading.reading import CohortTable
from cohort.loading.result_rows import StatedRow, read_results
from cohort.models import StatedResult
from companies.models import Programme


def read(table: CohortTable | None, programme: Programme, findings: Findings) -> list[StatedRow]:
    """Read the results of the sheet, if there is one."""
    if table is None or not table.rows:
        return []
    rounds = {round_.code: round_ for round_ in Round.objects.filter(programme=programme)}
    listed = programme.listings.values_list("company__credit_code", flat=True)
    return read_results(table, rounds, listed, findings)


def store(rows: Sequence[StatedRow], programme: Programme, *, by: User | None) -> int:
    """Store what is stated, in place of what was; return how many results differ from before."""
    assessments = {
        (assessment.company.credit_code, assessment.round_id): assessment
        for assessment in Assessment.objects.filter(round__programme=programme).select_related("company")
    }
    present = {
        result.assessment_id: result
        for result in StatedResult.objects.filter(assessment__round__programme=programme)
    }
    changed = 0
    for row in rows:
        assessment = assessments.get((row.code, row.round.pk))
        if assessment is None:
            continue
        stated = (row.level, row.points, row.stated_on)
        before = present.get(assessment.pk)
        if before is not None and (before.level, before.points, before.stated_on) == stated:
            continue
        StatedResult.objects.update_or_create(
            assessment=assessment,
            defaults={
                "level": row.level,
                "points": row.points,
                "stated_on": row.stated_on,
                "loaded_by": by,
                "loaded_at": timezone.now(),
            },
        )
        changed += 1
    return changed
