"""A visit as its page shows it: every item with the three values, evidence, flags and what each choice would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from accounts.models import User
from assessments.answering.questions import format_answer_lines
from assessments.answering.revisions import get_revision
from assessments.models import Assessment, Decision, Evidence, Flag, Grade, Submission, Visit
from assessments.scoring.compute import load_official_tables
from cohort.queries.expressions import THOUSANDTHS
from instrument import AnswerState, Dimension, Instrument, Item, ItemAnswer, load_instrument
from instrument.stages import get_answer_stage
from instrument.text import Text

OFFICIAL_PARTS = frozenset({"official", "scenario"})
NOT_APPLICABLE = AnswerState.NOT_APPLICABLE.value


@dataclass(frozen=True, slots=True)
class LevelStanding:
    """The official level of a set of values and what it is made of; counts are at level `gate`."""

    level: int
    base: Decimal
    scenarios: int
    binding: int
    gate: int

    @property
    def base_words(self) -> str:
        """The base points without idle zeros."""
        return f"{self.base.normalize():f}"


@dataclass(frozen=True, slots=True)
class VisitSide:
    """One party's value for an item, in words, with its stage; no lines where there is none."""

    lines: list[str]
    stage: int | None
    comment: str
    who: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class VisitChoice:
    """A value that the assessor may give, and the level that it would lead to."""

    key: str
    item: Item
    position: int
    is_chosen: bool
    standing: LevelStanding | None

    @property
    def label(self) -> Text:
        """What the option is called."""
        return self.item.options[self.position].label


@dataclass(frozen=True)
class Panel:
    """One item of the visit."""

    item: Item
    position: int
    total: int
    own: VisitSide
    provider: VisitSide
    grade: Grade | None
    verified: VisitSide
    choices: list[VisitChoice]
    evidence: list[Evidence]
    flags: list[Flag]
    appeal: str
    is_open: bool
    may_not_apply: bool
    # The flags in words; filled in by the page.
    hints: list[Any] = field(default_factory=list)

    @property
    def revision(self) -> int:
        """The revision that a form made now is made from."""
        return get_revision(self.grade)

    @property
    def is_decided(self) -> bool:
        """Whether the item counts as verified."""
        return self.grade is not None and self.grade.is_decided

    @property
    def decision(self) -> str:
        """What was decided, empty where nothing was."""
        return self.grade.decision if self.grade else ""

    @property
    def has_new_answer(self) -> bool:
        """Whether the company has answered again since the item was given back."""
        return (
            self.decision == Decision.RETURNED
            and self.grade is not None
            and self.own.when is not None
            and self.own.when > self.grade.answered_at
        )


@dataclass(frozen=True)
class VisitPage:
    """The whole visit: its panels by dimension, and where it stands."""

    visit: Visit
    instrument: Instrument
    dimensions: list[tuple[Dimension, list[Panel], int]]
    own: LevelStanding
    so_far: LevelStanding
    decided: int
    flags: dict[str, list[Flag]]

    @property
    def total(self) -> int:
        """Items in all."""
        return len(self.instrument.item_order)

    @property
    def left(self) -> int:
        """Items not verified yet."""
        return self.total - self.decided

    @property
    def open_flags(self) -> int:
        """Hints that nobody has settled."""
        return sum(len(rows) for rows in self.flags.values())

    @property
    def panels(self) -> list[Panel]:
        """All panels in the order of the questionnaire."""
        return [panel for _dimension, panels, _done in self.dimensions for panel in panels]

    def get_panel(self, code: str) -> Panel:
        """Return the panel of one item."""
        return next(panel for panel in self.panels if panel.item.code == code)

    @property
    def next_open(self) -> Panel | None:
        """The first item that is not verified, those given back last."""
        waiting = [panel for panel in self.panels if not panel.is_decided]
        ready = [panel for panel in waiting if panel.decision != Decision.RETURNED or panel.has_new_answer]
        return next(iter(ready or waiting), None)

    def find_next_undecided(self, code: str) -> Panel | None:
        """Find the next item after `code` that nobody has decided about, going round at the end."""
        panels = self.panels
        place = next(place for place, panel in enumerate(panels) if panel.item.code == code)
        around = panels[place + 1 :] + panels[: place + 1]
        return next((panel for panel in around if not panel.decision), None) or self.next_open


def build_visit_page(user: User, visit: Visit) -> VisitPage:
    """Build everything that the page of a visit shows; eight queries, whatever there is."""
    assessment = visit.assessment
    instrument = load_instrument(assessment.round.instrument_version)
    latest = _get_latest(assessment)
    own = latest.get(Submission.Kind.SELF)
    provider = latest.get(Submission.Kind.PROVIDER)
    own_answers = own.read_answers() if own else {}
    provider_answers = provider.read_answers() if provider else {}
    grades = {grade.item: grade for grade in visit.grades.select_related("answered_by")}
    verified = {code: grade.build_item_answer() for code, grade in grades.items() if grade.is_decided}
    flags: dict[str, list[Flag]] = {}
    for flag in Flag.objects.visible_to(user).filter(assessment=assessment).filter_open():
        flags.setdefault(flag.item, []).append(flag)
    evidence: dict[str, list[Evidence]] = {}
    for file in assessment.evidence.exclude_removed().select_related("uploaded_by"):
        evidence.setdefault(file.item, []).append(file)
    disputed = dict(visit.appeal.items.values_list("item", "reason")) if visit.appeal else None
    so_far = {**own_answers, **verified}
    gate = assessment.round.programme.target_level or 1
    outcomes = _compute_outcomes(instrument, so_far, gate)

    def build_side(submission: Submission | None, answers: Mapping[str, ItemAnswer], item: Item) -> VisitSide:
        by = submission.submitted_by if submission else None
        return _build_side(
            instrument,
            item,
            answers.get(item.code),
            who=by.name if by else "",
            when=submission.submitted_at if submission else None,
        )

    dimensions = []
    for dimension in instrument.dimensions:
        panels = []
        for position, code in enumerate(dimension.items, start=1):
            item = instrument.get_item(code)
            grade = grades.get(code)
            panels.append(
                Panel(
                    item=item,
                    position=position,
                    total=len(dimension.items),
                    own=build_side(own, own_answers, item),
                    provider=build_side(provider, provider_answers, item),
                    grade=grade,
                    verified=_build_graded_side(instrument, item, grade),
                    choices=_build_choices(item, grade, outcomes),
                    evidence=evidence.get(code, []),
                    flags=flags.get(code, []),
                    appeal=(disputed or {}).get(code, ""),
                    is_open=visit.is_open and (disputed is None or code in disputed),
                    may_not_apply=code in instrument.not_applicable_allowed,
                )
            )
        dimensions.append((dimension, panels, sum(panel.is_decided for panel in panels)))
    return VisitPage(
        visit=visit,
        instrument=instrument,
        dimensions=dimensions,
        own=_compute_standings(instrument, [own_answers], gate)[0],
        so_far=_compute_standings(instrument, [so_far], gate)[0],
        decided=len(verified),
        flags=flags,
    )


def _get_latest(assessment: Assessment) -> dict[str, Submission]:
    """Return the submission of each kind that counts; one query."""
    found = Submission.objects.filter_counting().filter(assessment=assessment).select_related("submitted_by")
    return {submission.kind: submission for submission in found}


def _build_side(
    instrument: Instrument, item: Item, answer: ItemAnswer | None, *, who: str, when: datetime | None
) -> VisitSide:
    stage = get_answer_stage(instrument, item.code, answer)
    return VisitSide(
        lines=format_answer_lines(item, answer),
        stage=stage if stage >= 0 else None,
        comment=answer.comment if answer else "",
        who=who,
        when=when,
    )


def _build_graded_side(instrument: Instrument, item: Item, grade: Grade | None) -> VisitSide:
    if grade is None or grade.decision == Decision.RETURNED:
        return VisitSide([], None, "", "", None)
    by = grade.answered_by
    return _build_side(
        instrument, item, grade.build_item_answer(), who=by.name if by else "", when=grade.answered_at
    )


def _build_choices(
    item: Item, grade: Grade | None, outcomes: Mapping[tuple[str, str], LevelStanding]
) -> list[VisitChoice]:
    """Build the options of an item; what each leads to is known where one is chosen alone."""
    chosen: set[str] = set()
    if grade is not None and grade.is_decided and grade.value is not None:
        value = grade.value
        chosen = {str(key) for key in value} if isinstance(value, list) else {str(value)}
    return [
        VisitChoice(
            key=option.key,
            item=item,
            position=position,
            is_chosen=option.key in chosen,
            standing=outcomes.get((item.code, option.key)),
        )
        for position, option in enumerate(item.options)
    ]


def _compute_outcomes(
    instrument: Instrument, answers: Mapping[str, ItemAnswer], gate: int
) -> dict[tuple[str, str], LevelStanding]:
    """Compute the level with each single choice of each official item, all at once."""
    keys, sets = [], []
    for item in instrument.items:
        if item.part not in OFFICIAL_PARTS or item.kind == "multiple":
            continue
        for option in item.options:
            value = int(option.key) if item.kind == "scale" else option.key
            keys.append((item.code, option.key))
            sets.append({**answers, item.code: ItemAnswer(AnswerState.ANSWERED, value=value)})
    return dict(zip(keys, _compute_standings(instrument, sets, gate), strict=True))


def _compute_standings(
    instrument: Instrument, sets: Sequence[Mapping[str, ItemAnswer]], gate: int
) -> list[LevelStanding]:
    """Compute the official reading of each set of answers."""
    known: dict[int, int] = {}

    def get_stage(code: str, answer: ItemAnswer | None) -> int:
        # The sets share nearly all their answers.
        key = hash((code, id(answer)))
        if key not in known:
            known[key] = get_answer_stage(instrument, code, answer)
        return known[key]

    vectors = np.array(
        [[get_stage(code, answers.get(code)) for code in instrument.item_order] for answers in sets],
        dtype=np.int8,
    )
    grades = load_official_tables(instrument.version).grade(vectors)
    return [
        LevelStanding(
            level=int(grades.level[row]),
            base=Decimal(int(grades.base[row])) / THOUSANDTHS,
            scenarios=int(grades.scenarios[row, gate - 1]),
            binding=int(grades.binding[row, gate - 1]),
            gate=gate,
        )
        for row in range(len(sets))
    ]
