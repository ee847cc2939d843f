"""Answers that do not fit the figures beside them or each other: hints for reviewers, never for the level.

Shares and changes are compared as exact fractions; only the figure shown is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from instrument.answers import AnswerState, ItemAnswer
from instrument.definition import Instrument
from instrument.errors import InvalidAnswer
from instrument.item import Item, Value
from instrument.text import Text

FULL_COVERAGE = "E"
"""Option of B5: information systems in every business link."""
SINGLE_LINK = ("A", "B")
"""Options of B5: information systems in one business link at most."""
IDLE_SCENARIOS = 3
"""So many scenarios at level 0 do not go with systems in every link."""
SYSTEM_LEVEL = 2
"""From this level on a scenario is managed in an information system."""
INTEGRATED_LEVEL = 3
"""From this level on a scenario is linked with other systems."""
SPEND_YEARS = 3
"""G4 asks for the mean of the last three years."""
FIGURES_FROM = {"B3": ("B2",), "G4": ("R3",), "R1": ("R3",), "R4": ("R3",)}
"""Items whose figures are compared with figures of other items, and which those are."""


@dataclass(frozen=True, slots=True)
class ProfileFigures:
    """Figures of the company profile by year, in 10,000 yuan."""

    revenue_wan: Mapping[int, Decimal] = field(default_factory=dict)
    digital_spend_wan: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer that does not fit.

    `rule` is a stable slug: share, part_exceeds_total, direction, differs, full_coverage,
    integration_without_systems, capture_without_system. `expected` is the option the figures give, empty
    where there is none; `figure` is the recomputed share or change in per cent (percentage points for R2),
    or the count or level that does not fit.
    """

    item: str
    rule: str
    answer: str
    expected: str
    figure: Decimal
    message: Text


def find(
    instrument: Instrument, answers: Mapping[str, ItemAnswer], profile: ProfileFigures | None = None
) -> list[Contradiction]:
    """Find all contradictions, those with figures first; skip in silence what cannot be recomputed."""
    reader = _AnswerReader(instrument, answers)
    return [
        *_check_machine_shares(reader),
        *_check_spend_share(reader, profile),
        *_check_directions(reader),
        *_check_coverage(reader),
        *_check_capture(reader),
    ]


@dataclass(frozen=True, slots=True)
class _AnswerReader:
    """The parts of the answers that can be read; drafts may hold anything."""

    instrument: Instrument
    answers: Mapping[str, ItemAnswer]

    def read_value(self, code: str) -> Value | None:
        answer = self.answers.get(code)
        if answer is None or answer.state is not AnswerState.ANSWERED:
            return None
        try:
            return self.instrument.get_item(code).parse(answer.value)
        except InvalidAnswer:
            return None

    def read_option(self, code: str) -> str | None:
        value = self.read_value(code)
        return value if isinstance(value, str) else None

    def read_level(self, code: str) -> int | None:
        value = self.read_value(code)
        return value if isinstance(value, int) else None

    def read_figure(self, code: str, figure_code: str) -> Fraction | None:
        answer = self.answers.get(code)
        if answer is None or figure_code not in answer.figures:
            return None
        known = {figure.code: figure for figure in self.instrument.get_item(code).figures}
        try:
            return Fraction(known[figure_code].parse(code, answer.figures[figure_code]))
        except InvalidAnswer:
            return None


def _round_figure(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


def _find_bin_option(item: Item, share: Fraction) -> str:
    """Find the option whose range holds the share; a range excludes its lower and includes its upper bound."""
    for bound, option in zip(item.bins, item.options, strict=True):
        if share <= bound:
            return option.key
    return item.options[-1].key


def _check_share(
    reader: _AnswerReader, code: str, part: Fraction, total: Fraction
) -> Iterator[Contradiction]:
    item = reader.instrument.get_item(code)
    answer = reader.read_option(code)
    if answer is None or not total:
        return
    share = part / total * 100
    expected = _find_bin_option(item, share)
    if answer == expected:
        return
    figure = _round_figure(share)
    labels = {option.key: option.label for option in item.options}
    yield Contradiction(
        item=code,
        rule="share",
        answer=answer,
        expected=expected,
        figure=figure,
        message=Text(
            en=f"The figures give {figure}%, which belongs to “{labels[expected].en}”, "
            f"but the answer is “{labels[answer].en}”.",
            zh_hans=f"按填报数据计算为 {figure}%，应选“{labels[expected].zh_hans}”，"
            f"但所选答案是“{labels[answer].zh_hans}”。",
        ),
    )


def _check_machine_shares(reader: _AnswerReader) -> Iterator[Contradiction]:
    total = reader.read_figure("B2", "machines_total")
    if total is None:
        return
    for code, figure_code in (("B2", "machines_digital"), ("B3", "machines_networked")):
        part = reader.read_figure(code, figure_code)
        if part is None:
            continue
        if part > total:
            yield Contradiction(
                item=code,
                rule="part_exceeds_total",
                answer=reader.read_option(code) or "",
                expected="",
                figure=Decimal(int(part)),
                message=Text(
                    en=f"{part} machines of this kind are more than all {total} machines.",
                    zh_hans=f"这类设备有 {part} 台，超过了生产设备总数 {total} 台。",
                ),
            )
        else:
            yield from _check_share(reader, code, part, total)


def _check_spend_share(reader: _AnswerReader, profile: ProfileFigures | None) -> Iterator[Contradiction]:
    """Check G4: spend over revenue of the last three years known for both, or figures beside the answers."""
    if profile is not None:
        years = sorted(set(profile.revenue_wan) & set(profile.digital_spend_wan))[-SPEND_YEARS:]
        if years:
            spend = sum((Fraction(profile.digital_spend_wan[year]) for year in years), Fraction(0))
            revenue = sum((Fraction(profile.revenue_wan[year]) for year in years), Fraction(0))
            yield from _check_share(reader, "G4", spend, revenue)
            return
    mean_spend = reader.read_figure("G4", "digital_spend_wan")
    last_revenue = reader.read_figure("R3", "revenue_last_wan")
    if mean_spend is not None and last_revenue is not None:
        yield from _check_share(reader, "G4", mean_spend, last_revenue)


def _compute_change(
    last: tuple[Fraction | None, ...], before: tuple[Fraction | None, ...]
) -> Fraction | None:
    """Return the change in per cent of a ratio (numerator, denominator) of both years, None if undefined."""
    if last[0] is None or last[1] is None or before[0] is None or before[1] is None:
        return None
    if not last[1] or not before[1] or not before[0]:
        return None
    return ((last[0] / last[1]) / (before[0] / before[1]) - 1) * 100


def _check_directions(reader: _AnswerReader) -> Iterator[Contradiction]:
    """Check R1 to R4: does the figure rise, fall or stay the same as the answer says?

    R1 is marked "differs" only: its question compares before and after the upgrade, its figures two years.
    """
    revenue_last = reader.read_figure("R3", "revenue_last_wan")
    revenue_before = reader.read_figure("R3", "revenue_before_wan")
    rate_after = reader.read_figure("R2", "pass_rate_after_pct")
    rate_before = reader.read_figure("R2", "pass_rate_before_pct")
    changes = {
        "R1": _compute_change(
            (reader.read_figure("R1", "energy_last_tce"), revenue_last),
            (reader.read_figure("R1", "energy_before_tce"), revenue_before),
        ),
        "R2": None if rate_after is None or rate_before is None else rate_after - rate_before,
        "R3": _compute_change(
            (revenue_last, reader.read_figure("R3", "staff_last")),
            (revenue_before, reader.read_figure("R3", "staff_before")),
        ),
        "R4": _compute_change(
            (reader.read_figure("R4", "cost_last_wan"), revenue_last),
            (reader.read_figure("R4", "cost_before_wan"), revenue_before),
        ),
    }
    for code, change in changes.items():
        item = reader.instrument.get_item(code)
        answer = reader.read_option(code)
        if change is None or answer is None or item.unchanged_within is None:
            continue
        rise_option, fall_option = ("A", "C") if code in {"R1", "R4"} else ("C", "A")
        moved = rise_option if change > 0 else fall_option
        expected = "B" if abs(change) <= item.unchanged_within else moved
        if answer != expected:
            yield _build_direction_contradiction(item, answer, expected, _round_figure(change))


def _build_direction_contradiction(item: Item, answer: str, expected: str, figure: Decimal) -> Contradiction:
    labels = {option.key: option.label for option in item.options}
    signed = f"{figure:+}".replace("-", "−")
    unit = ("percentage points", "个百分点") if item.code == "R2" else ("%", "%")
    space = " " if item.code == "R2" else ""
    if item.code == "R1":
        closing = Text(
            en="The figures compare two years, the question before and after the upgrade: they may differ.",
            zh_hans="数据比较的是两个年度，题目问的是改造前后，两者可能不同。",
        )
    else:
        closing = Text(en="Check the figures and the answer.", zh_hans="请核对数据和答案。")
    return Contradiction(
        item=item.code,
        rule="differs" if item.code == "R1" else "direction",
        answer=answer,
        expected=expected,
        figure=figure,
        message=Text(
            en=f"The figures give a change of {signed}{space}{unit[0]} (“{labels[expected].en}”), "
            f"but the answer is “{labels[answer].en}”. {closing.en}",
            zh_hans=f"按填报数据计算，变化为 {signed}{space}{unit[1]}（“{labels[expected].zh_hans}”），"
            f"但所选答案是“{labels[answer].zh_hans}”。{closing.zh_hans}",
        ),
    )


def _check_coverage(reader: _AnswerReader) -> Iterator[Contradiction]:
    """Check B5 against the scenarios."""
    answer = reader.read_option("B5")
    levels = [reader.read_level(item.code) for item in reader.instrument.scenarios]
    idle = levels.count(0)
    lowest = reader.instrument.level_labels[0].plain
    linked = reader.instrument.level_labels[INTEGRATED_LEVEL].plain
    if answer == FULL_COVERAGE and idle >= IDLE_SCENARIOS:
        yield Contradiction(
            item="B5",
            rule="full_coverage",
            answer=answer,
            expected="",
            figure=Decimal(idle),
            message=Text(
                en=f"The answer says systems cover every business link, but {idle} scenarios are {lowest.en}.",
                zh_hans=f"答案称信息系统覆盖全部业务环节，但有 {idle} 个场景{lowest.zh_hans}。",
            ),
        )
    integrated = sum(level is not None and level >= INTEGRATED_LEVEL for level in levels)
    if answer in SINGLE_LINK and integrated:
        yield Contradiction(
            item="B5",
            rule="integration_without_systems",
            answer=answer,
            expected="",
            figure=Decimal(integrated),
            message=Text(
                en=f"Scenarios at {linked.en} and above: {integrated}. They need linked systems, "
                "but the answer says that one business link at most has a system.",
                zh_hans=f"有 {integrated} 个场景达到{linked.zh_hans}及以上，需要系统之间互通，"
                "但答案称最多只有一个业务环节使用信息系统。",
            ),
        )


def _check_capture(reader: _AnswerReader) -> Iterator[Contradiction]:
    """Check whether B4 claims automatic capture in a link whose scenario is not yet managed in a system."""
    ticked = reader.read_value("B4")
    if not isinstance(ticked, tuple):
        return
    for option in reader.instrument.get_item("B4").options:
        level = reader.read_level(option.scenario) if option.scenario else None
        if option.key in ticked and level is not None and level < SYSTEM_LEVEL:
            place = reader.instrument.level_labels[level].plain
            only = Text("only at ", "仅达") if level else Text("", "")
            yield Contradiction(
                item="B4",
                rule="capture_without_system",
                answer=option.key,
                expected="",
                figure=Decimal(level),
                message=Text(
                    en=f"“{option.label.en}” is ticked as captured automatically, "
                    f"but scenario {option.scenario} is {only.en}{place.en}.",
                    zh_hans=f"“{option.label.zh_hans}”选了自动采集，"
                    f"但场景 {option.scenario} {only.zh_hans}{place.zh_hans}。",
                ),
            )
