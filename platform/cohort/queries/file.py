"""One company's file: its rounds with results side by side, its answers, and what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from accounts.models import User
from assessments.models import Assessment, ScoreRun, Submission
from companies.models import Company
from instrument import Instrument, Item, load_instrument

MISSING, NOT_APPLICABLE = -1, -2


def list_company_assessments(user: User, company: Company) -> list[Assessment]:
    """List the company's assessments that the user may see, by round, with rounds and runs; one query."""
    return list(
        Assessment.objects.visible_to(user)
        .filter(company=company)
        .select_related(
            "round__programme", "self_run__release", "verified_run__release",
        )
        .defer("self_run__release__scorecard", "verified_run__release__scorecard")
        .order_by("round__programme__starts_on", "round__code")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of the comparison: a score run of one round, self-assessed or verified."""

    assessment: Assessment
    run: ScoreRun
    is_verified: bool

    @property
    def chance(self) -> int | None:
        """The chance of the stated tier or above, of the first tier above SME where that is stated."""
        exceed = (self.run.exceed_1, self.run.exceed_1, self.run.exceed_2, self.run.exceed_3)
        return None if self.run.tier is None else exceed[self.run.tier]

    @property
    def title(self) -> str:
        """The heading of the column, such as "T1 verified"."""
        kind = pgettext("reading", "verified") if self.is_verified else gettext("self-assessed")
        return f"{self.assessment.round.code} {kind}"


def list_result_columns(assessments: Sequence[Assessment]) -> list[ResultColumn]:
    """List the results of the rounds, self-assessed before verified."""
    return [
        ResultColumn(assessment, run, is_verified)
        for assessment in assessments
        for run, is_verified in ((assessment.self_run, False), (assessment.verified_run, True))
        if run is not None
    ]


@dataclass(frozen=True, slots=True)
class Answered:
    """The stage of an answer; None with the `state` `missing` or `not_applicable` where there is none."""

    stage: int | None
    state: str


@dataclass(frozen=True, slots=True)
class ItemStagesRow:
    """One item: stages by the company, its provider and the assessor; None where nothing was submitted."""

    item: Item
    by_company: Answered | None
    by_provider: Answered | None
    verified: Answered | None

    @property
    def is_changed(self) -> bool:
        """Whether the verified stage is not the company's own."""
        return None not in (self.by_company, self.verified) and self.by_company != self.verified


def list_item_stages(user: User, assessment: Assessment, dimension: str) -> list[ItemStagesRow]:
    """List the items of a dimension with the latest submission of each kind; one query."""
    instrument = load_instrument(assessment.round.instrument_version)
    latest: dict[str, Submission] = {}
    submissions = (
        Submission.objects.visible_to(user)
        .filter(assessment=assessment, instrument_version=instrument.version)
        .defer("content")
        .order_by("submitted_at")
    )
    for submission in submissions:
        latest[submission.kind] = submission
    if not latest:
        return []
    return [
        ItemStagesRow(
            item,
            by_company=_read_answered(instrument, latest.get(Submission.Kind.SELF), item.code),
            by_provider=_read_answered(instrument, latest.get(Submission.Kind.PROVIDER), item.code),
            verified=_read_answered(instrument, latest.get(Submission.Kind.VERIFIED), item.code),
        )
        for item in instrument.items
        if item.dimension == dimension
    ]


def _read_answered(instrument: Instrument, submission: Submission | None, code: str) -> Answered | None:
    if submission is None:
        return None
    # One signed byte per item, in the instrument's order.
    byte = bytes(submission.vector)[instrument.item_order.index(code)]
    stage = byte - 256 if byte > 127 else byte
    if stage == NOT_APPLICABLE:
        return Answered(None, "not_applicable")
    if stage == MISSING:
        return Answered(None, "missing")
    return Answered(stage, "")
