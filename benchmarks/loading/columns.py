"""The columns of the workbook: five about the facility, then one per item of the instrument."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from instrument import Instrument

SHEET = "facilities"


@dataclass(frozen=True, slots=True)
class Column:
    """A column about the facility; any of key, `en` and `zh` is recognised as its header."""

    key: str
    en: str
    zh: str
    hint_en: str
    hint_zh: str

    def header(self, language: str) -> str:
        """The header in a language."""
        return self.zh if language.startswith("zh") else self.en

    def hint(self, language: str) -> str:
        """What to write in the column."""
        return self.hint_zh if language.startswith("zh") else self.hint_en


COLUMNS = (
    Column(
        "code", "Code", "编号", "Up to 20 characters, once in the programme", "不超过 20 个字符，项目内不重复"
    ),
    Column("name", "Name", "名称", "Name of the factory", "工厂名称"),
    Column(
        "tier",
        "Tier",
        "梯级",
        "1 digital workshop, 2 smart factory, 3 provincial benchmark; a facility is never an SME (0)",
        "1 数字化车间，2 智能工厂，3 自治区级标杆；参照企业不得为中小企业（0）",
    ),
    Column("sector", "Sector", "行业", "Name or code of a sector of the pilot", "试点行业名称或代码"),
    Column(
        "provenance",
        "Source",
        "来源",
        "survey: answered by the facility; audited: verified on site",
        "survey：企业自填；audited：现场核验",
    ),
)

PROVENANCES = {
    "survey": "survey",
    "企业自填": "survey",
    "问卷": "survey",
    "audited": "audited",
    "现场核验": "audited",
    "核验": "audited",
}


def folded(text: str) -> str:
    """A name in a form for comparing: half-width, lower case, letters and digits alone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def recognise(header: str, instrument: Instrument) -> str | None:
    """What a header stands for: the key of a column, or an item's code, which may be followed by its name."""
    found = {folded(name): column.key for column in COLUMNS for name in (column.key, column.en, column.zh)}
    if folded(header) in found:
        return found[folded(header)]
    words = unicodedata.normalize("NFKC", header).split()
    return words[0] if words and words[0] in instrument else None
