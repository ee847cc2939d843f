"""Texts that know what their numbers were counted from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

MEASURES = ("since", "moved", "mean")
PLACEHOLDER = re.compile(r"%\((\w+)\)[ds]")


@dataclass(frozen=True)
class BriefingCell:
    """A text, and the companies behind its number.

    They are those of a kind (empty: the text is no such number) in an area (empty: all), on the day of another sample
    than the briefing's own. `dimension` names the column of points that the number is a median of, `whole` the kind
    that it is a share of, `company` the single company that it was stated of. `measure` is what else was worked out:
    the change of the count since the month before ("since"), that of the median score ("moved"), or the mean change
    between rounds with its interval ("mean").
    """

    text: str
    kind: str = ""
    area: str = ""
    dimension: str = ""
    day: str = ""
    company: str = ""
    whole: str = ""
    measure: str = ""

    @property
    def query(self) -> str:
        """What asks the list of companies for them."""
        asked = asdict(self)
        del asked["text"]
        return urlencode({name: value for name, value in asked.items() if value})


Sentence = tuple[BriefingCell, ...]


def compose_sentence(template: str, **values: str | BriefingCell | Sentence) -> Sentence:
    """Fill the placeholders of a translated template, its numbers still told apart from the words."""
    cells: list[BriefingCell] = []
    # Words and the names of placeholders take turns.
    for place, part in enumerate(PLACEHOLDER.split(template)):
        value = values[part] if place % 2 else part.replace("%%", "%")
        if isinstance(value, tuple):
            cells += value
        else:
            cells.append(value if isinstance(value, BriefingCell) else BriefingCell(value))
    return tuple(cell for cell in cells if cell.text)


def format_sentence(sentence: Sentence) -> str:
    """Return a sentence as it is stored, printed and edited."""
    return "".join(cell.text for cell in sentence)


def link_numbers(text: str, sentences: Iterable[Sentence]) -> Sentence:
    """Return a text with the numbers of those sentences that still stand in it word for word.

    The numbers of a sentence that a person has changed lead nowhere: nobody knows what they count.
    """
    by_text = {format_sentence(sentence): sentence for sentence in sentences}
    if not by_text:
        return (BriefingCell(text),)
    pattern = "|".join(re.escape(known) for known in by_text)
    found: list[BriefingCell] = []
    for part in re.split(f"({pattern})", text):
        found += by_text.get(part, (BriefingCell(part),))
    return tuple(found)
