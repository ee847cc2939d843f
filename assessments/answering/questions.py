"""Questions as a page shows them: the item, what was answered, and what was answered last round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assessments.answering.forms import REASONS, format_reason, list_field_names
from assessments.answering.revisions import get_revision
from assessments.evidence.queries import ItemEvidence
from assessments.models.answer import AnswerContent
from assessments.models.answered import is_answered
from instrument import AnswerState, Contradiction, Instrument, Item, ItemAnswer, Section, Text

# Which side-field is a share of which other one; the second may belong to another item.
SHARES = {
    "B2": ("machines_digital", "B2", "machines_total"),
    "B3": ("machines_networked", "B2", "machines_total"),
    "G4": ("digital_spend_wan", "R3", "revenue_last_wan"),
}

PARTS = {
    "official": gettext_lazy("Official question"),
    "scenario": gettext_lazy("Official scenario"),
    "sector": gettext_lazy("Sector question, not part of the official level"),
    "ai": gettext_lazy("AI readiness, not part of the official level"),
}

STATES = {
    AnswerState.DONT_KNOW: gettext_lazy("Don’t know"),
    AnswerState.LATER: gettext_lazy("Later"),
    AnswerState.NOT_APPLICABLE: gettext_lazy("Does not apply"),
}


@dataclass(frozen=True)
class ComparisonValues:
    """Values to compare with those being entered: of the last round, of the provider, of the company.

    They are marked on the options, never chosen for anybody.
    """

    icon: str
    label: str
    answers: Mapping[str, ItemAnswer]


@dataclass(frozen=True)
class OptionMark:
    """The sign that a comparison value is this option; `words` only where it is no option."""

    icon: str
    label: str
    words: str = ""


@dataclass(frozen=True)
class OptionRow:
    """One option of a question; `hot_key` is the key that chooses it, empty beyond the fifth."""

    key: str
    hot_key: str
    label: Text
    detail: Text | None
    example: Text | None
    is_exclusive: bool
    is_chosen: bool
    marks: list[OptionMark]


@dataclass(frozen=True)
class FigureField:
    """A side-field with what was typed into it."""

    name: str
    label: Text
    unit: Text
    is_whole: bool
    typed: str


@dataclass(frozen=True)
class Share:
    """A share worked out from side-fields as they are typed: field names, or a fixed whole."""

    part: str
    whole: str
    fixed_whole: str
    bins: tuple[int, ...]


@dataclass(frozen=True)
class FormQuestion:
    """An item on a page. `answer` is stored, `shown` is what the form shows (after a refusal: as posted)."""

    item: Item
    position: int
    total: int
    answer: AnswerContent | None
    shown: ItemAnswer | None
    is_undecided: bool
    beside: Sequence[ComparisonValues]
    may_not_apply: bool
    whole: tuple[str, str]
    contradiction: Text | None = None
    error: str = ""
    evidence: ItemEvidence = field(default_factory=ItemEvidence)

    @property
    def revision(self) -> int:
        """The revision that a form made now is made from."""
        return get_revision(self.answer)

    @property
    def is_answered(self) -> bool:
        """Whether it counts as answered: a value, "don't know", or "does not apply"."""
        return self.answer is not None and is_answered(self.answer.state)

    @property
    def state(self) -> str:
        """The state that the form shows, empty where nothing is chosen."""
        return "" if self.shown is None or self.is_undecided else self.shown.state.value

    @property
    def part_label(self) -> str:
        """Which part of the instrument the item belongs to, in words."""
        return str(PARTS[self.item.part])

    @cached_property
    def options(self) -> list[OptionRow]:
        """The options in the order of the page: "none of these" comes last and answers to the key 0."""
        chosen = get_chosen_keys(self.shown)
        beside = [(other, get_chosen_keys(other.answers.get(self.item.code))) for other in self.beside]
        ordered = sorted(self.item.options, key=lambda option: option.exclusive)
        first = 1 if self.item.kind == "multiple" else 0
        rows = []
        for number, option in enumerate(ordered, start=first):
            hot_key = "0" if option.exclusive else str(number)
            rows.append(
                OptionRow(
                    key=option.key,
                    hot_key=hot_key if hot_key in "012345" else "",
                    label=option.label,
                    detail=option.detail,
                    example=option.example,
                    is_exclusive=option.exclusive,
                    is_chosen=option.key in chosen,
                    marks=[
                        OptionMark(other.icon, other.label) for other, keys in beside if option.key in keys
                    ],
                )
            )
        return rows

    @property
    def other_states(self) -> list[OptionMark]:
        """Values beside this one that are no option, such as "don't know"."""
        return [
            OptionMark(other.icon, other.label, str(STATES[answer.state]))
            for other in self.beside
            if (answer := other.answers.get(self.item.code)) and answer.state in STATES
        ]

    @property
    def figures(self) -> list[FigureField]:
        """The side-fields."""
        typed = self.shown.figures if self.shown else {}
        return [
            FigureField(
                name=f"{self.item.code}-{figure.code}",
                label=figure.label,
                unit=figure.unit,
                is_whole=figure.kind == "integer",
                typed=typed.get(figure.code, ""),
            )
            for figure in self.item.figures
        ]

    @property
    def share(self) -> Share | None:
        """How the share is worked out while typing, for items that have one."""
        if self.item.code not in SHARES:
            return None
        part, _item, _figure = SHARES[self.item.code]
        return Share(f"{self.item.code}-{part}", self.whole[0], self.whole[1], self.item.bins)

    @property
    def reasons(self) -> list[tuple[str, str, bool]]:
        """Reasons to choose from: value, words, whether chosen. A reason from elsewhere is kept as it is."""
        current = self.shown.reason if self.shown else ""
        rows = [(key, str(label), key == current) for key, label in REASONS.items()]
        if current and current not in REASONS:
            rows.append((current, current, True))
        return rows

    @property
    def parameters(self) -> str:
        """What is sent when this question alone is saved."""
        return ",".join([*list_field_names(self.item), "csrfmiddlewaretoken"])


def get_chosen_keys(answer: ItemAnswer | None) -> frozenset[str]:
    """Return the option keys of an answer, as texts; none for the states without a value."""
    if answer is None or answer.value is None:
        return frozenset()
    value = answer.value
    return frozenset(value) if isinstance(value, tuple) else frozenset({str(value)})


def translate_text(text: Text) -> str:
    """Return an instrument's text in the language of the page."""
    return text.translate(get_language() or "en")


def format_answer_lines(item: Item, answer: ItemAnswer | None) -> list[str]:
    """Return an answer as the lines a reader sees: labels of chosen options, or the state with its reason."""
    if answer is None:
        return []
    if answer.state is AnswerState.ANSWERED:
        keys = get_chosen_keys(answer)
        return [translate_text(option.label) for option in item.options if option.key in keys]
    lines = [str(STATES[answer.state])]
    return [*lines, format_reason(answer.reason)] if answer.reason else lines


def format_figure_lines(item: Item, typed: Mapping[str, str]) -> list[str]:
    """Return the side-fields that were filled in, each as a line: name, figure and unit."""
    lines = []
    for figure in item.figures:
        if typed.get(figure.code):
            unit = translate_text(figure.unit)
            # "201.91 10,000 yuan" would read as one number.
            line = (
                _("%(name)s: %(figure)s × %(unit)s")
                if unit[:1].isdigit()
                else _("%(name)s: %(figure)s %(unit)s")
            )
            lines.append(
                line % {"name": translate_text(figure.label), "figure": typed[figure.code], "unit": unit}
            )
    return lines


def find_share_whole(
    code: str, section: Section, answers: Mapping[str, AnswerContent], revenue_wan: str
) -> tuple[str, str]:
    """Find where the whole of a share comes from: the name of a field on the same page, or a fixed figure."""
    if code not in SHARES:
        return "", ""
    _part, item, figure = SHARES[code]
    if item in section.items:
        return f"{item}-{figure}", ""
    if code == "G4" and revenue_wan:
        return "", revenue_wan
    stored = answers.get(item)
    return "", stored.figures.get(figure, "") if stored else ""


def build_questions(
    instrument: Instrument,
    section: Section,
    answers: Mapping[str, AnswerContent],
    *,
    beside: Sequence[ComparisonValues] = (),
    contradictions: Iterable[Contradiction] = (),
    errors: Mapping[str, str] | None = None,
    posted: Mapping[str, tuple[ItemAnswer, bool]] | None = None,
    revenue_wan: str = "",
    evidence: Mapping[str, ItemEvidence] | None = None,
) -> list[FormQuestion]:
    """Build the questions of one section.

    `posted` replaces what is shown (answer, undecided) after a form was refused; `revenue_wan` is the yearly
    revenue known from the company's profile.
    """
    hints = {hint.item: hint.message for hint in contradictions}
    questions = []
    for position, code in enumerate(section.items, start=1):
        answer = answers.get(code)
        shown, undecided = (posted or {}).get(
            code, (answer.build_item_answer() if answer else None, answer is not None and not answer.state)
        )
        questions.append(
            FormQuestion(
                item=instrument.get_item(code),
                position=position,
                total=len(section.items),
                answer=answer,
                shown=shown,
                is_undecided=undecided,
                beside=beside,
                may_not_apply=code in instrument.not_applicable_allowed,
                whole=find_share_whole(code, section, answers, revenue_wan),
                contradiction=hints.get(code),
                error=(errors or {}).get(code, ""),
                evidence=(evidence or {}).get(code) or ItemEvidence(),
            )
        )
    return questions
