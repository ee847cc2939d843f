"""How an official level is called wherever it is named: on pages, in reports, e-mails, briefings and files.

The names come from the definition of the questionnaire; the forms around them stand here, in both languages. Chinese
texts say 二级, never "2 级", which reads as the stage of a single answer; what does not reach level 1 is no level,
so it has no number.
"""

from __future__ import annotations

from dataclasses import dataclass

from instrument.text import Text

NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")


@dataclass(frozen=True, slots=True)
class LevelLabels:
    """The forms of one official level; the English ones as they stand within a sentence."""

    # level 2 (Standardised) · 二级（规范级）
    full: Text
    # level 2 · 二级: where the name is not the point, as for a scenario.
    plain: Text
    # L2 Standardised · 二级（规范级）: a legend, a row of a table.
    short: Text
    # L2 · 二级: the heading of a narrow column, a mark on an axis.
    code: Text


def build_level_labels(level: int, name: Text) -> LevelLabels:
    """Build the forms of a level from its name in the definition, as "Standardised"; 0 is below level 1."""
    if level == 0:
        inside = Text(en=name.en[0].lower() + name.en[1:], zh_hans=name.zh_hans)
        return LevelLabels(full=inside, plain=inside, short=name, code=Text("<L1", name.zh_hans))
    numeral = f"{NUMERALS[level]}级"
    full = f"{numeral}（{name.zh_hans}）"
    return LevelLabels(
        full=Text(f"level {level} ({name.en})", full),
        plain=Text(f"level {level}", numeral),
        short=Text(f"L{level} {name.en}", full),
        code=Text(f"L{level}", numeral),
    )
