"""What holds for answers that a company has given on the ministry’s site."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from assessments.models import Submission
from cohort.loading.answer_rows import RoundAnswers
from cohort.loading.problems import Findings
from companies.models import Programme

OFFICIAL_PARTS = frozenset({"official", "scenario"})


def check(answers: Sequence[RoundAnswers], programme: Programme, findings: Findings) -> None:
    """Note items that the ministry’s questionnaire does not have, and companies that submitted answers of their own."""
    own = set(
        Submission.objects.filter(assessment__round__programme=programme, kind=Submission.Kind.SELF)
        .exclude(origin=Submission.Origin.MINISTRY)
        .values_list("assessment__company__credit_code", "assessment__round__code")
    )
    for found in answers:
        for item, row in found.rows.items():
            if found.instrument.get_item(item).part not in OFFICIAL_PARTS:
                message = _("Item %(item)s is not part of the ministry’s questionnaire. Delete the row.")
                findings.add(row.build_problem("item", message % {"item": item}))
        if (found.code, found.round.code) in own:
            message = _(
                "The company has submitted answers here in round %(round)s, which those of the ministry’s platform "
                "do not replace; delete its rows."
            )
            findings.add(
                next(iter(found.rows.values())).build_problem(
                    "credit_code", message % {"round": found.round.code}
                )
            )
