"""Worked examples of the official level rule, by the ministry's 2024 edition as transcribed."""

from __future__ import annotations

from dataclasses import dataclass

from instrument import AnswerState, ItemAnswer, Value

Choices = dict[str, str | list[str]]

LARGEST: Choices = {
    "B1": list("BCDE"),
    "B2": "E",
    "B3": "E",
    "B4": list("BCDEFGHIJKLMNO"),
    "B5": "E",
    "B6": list("BCDE"),
    "B7": list("BCDE"),
    "G1": "F",
    "G2": list("BCDE"),
    "G3": list("BCDEF"),
    "G4": "E",
    "R1": "C",
    "R2": "C",
    "R3": "C",
    "R4": "C",
}
TYPICAL: Choices = {
    "B1": ["B", "C"],
    "B2": "C",
    "B3": "B",
    "B4": ["F", "G", "H", "L", "M", "N"],
    "B5": "C",
    "B6": ["B", "C"],
    "B7": ["B"],
    "G1": "D",
    "G2": ["B", "C"],
    "G3": ["B", "D"],
    "G4": "A",
    "R1": "C",
    "R2": "C",
    "R3": "B",
    "R4": "C",
}
# Foundation 33.75: networks, machines, systems and three security measures, but no automatic capture.
JUST_UNDER_FORTY: Choices = {
    "B1": list("BCDE"),
    "B2": "E",
    "B3": "E",
    "B5": "E",
    "B6": list("BCD"),
    "R3": "B",
}


@dataclass(frozen=True)
class WorkedExample:
    """Answers to the official items, and the base points, their split and the level they give."""

    name: str
    answers: Choices
    levels: dict[str, int]
    base: float
    by_dimension: tuple[float, float, float]
    level: int

    def item_answers(self) -> dict[str, ItemAnswer]:
        """The answers as the instrument takes them."""
        given: dict[str, Value] = {
            code: tuple(value) if isinstance(value, list) else value for code, value in self.answers.items()
        }
        return {
            code: ItemAnswer(AnswerState.ANSWERED, value) for code, value in (given | self.levels).items()
        }

    def line(self) -> dict[str, object]:
        """The answers as a line to grade."""
        return {"answers": self.answers, "scenario_levels": self.levels}


def scenario_levels(high: str, level: int, rest: int) -> dict[str, int]:
    """`level` for the scenarios named by number, `rest` for all others."""
    named = {f"C{int(number):02d}" for number in high.split()}
    return {code: level if code in named else rest for code in (f"C{n:02d}" for n in range(1, 17))}


EXAMPLES = (
    WorkedExample("all minimum", {}, {}, 0, (0, 0, 0), 0),
    WorkedExample("all maximum", LARGEST, scenario_levels("", 0, 4), 100, (50, 30, 20), 4),
    WorkedExample(
        "typical company, seven scenarios at level 2, five of them binding",
        TYPICAL,
        scenario_levels("1 2 3 4 6 7 8", 2, 1),
        51.2,
        (21.45, 11.25, 18.5),
        2,
    ),
    WorkedExample(
        "same answers, only two binding scenarios at level 2",
        TYPICAL,
        scenario_levels("1 3 2 4 5 14 15 16", 2, 1),
        51.2,
        (21.45, 11.25, 18.5),
        1,
    ),
    WorkedExample(
        "all base points, only seven scenarios at level 3",
        LARGEST,
        scenario_levels("1 3 6 7 8 9 10", 3, 2),
        100,
        (50, 30, 20),
        2,
    ),
    WorkedExample(
        "all base points, ten scenarios at level 4, five of them binding",
        LARGEST,
        scenario_levels("1 3 6 7 8 2 4 5 14 15", 4, 3),
        100,
        (50, 30, 20),
        3,
    ),
    WorkedExample(
        "automatic capture everywhere but in human resources",
        {"B4": list("BCDEFGHIJKLMN")},
        {},
        9.1,
        (9.1, 0, 0),
        0,
    ),
    WorkedExample(
        "all scenarios at level 4, base just under 40",
        JUST_UNDER_FORTY,
        scenario_levels("", 0, 4),
        35.25,
        (33.75, 0, 1.5),
        1,
    ),
)
