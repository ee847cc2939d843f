"""The columns of the workbook: five about the facility, then one per item of the instrument."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from instrument import Instrument

SHEET = "facilities"


@dataclass(frozen=True, slots=True)
class FacilityColumn:
    """A column about the facility; any of key, `en` and `zh` is recognised as its header."""

    key: str
    en: str
    zh: str
    hint_en: str
    hint_zh: str

    def get_header(self, language: str) -> str:
        """Return the header in a language."""
        return self.zh if language.startswith("zh") else self.en

    def get_hint(self, language: str) -> str:
        """Return what to write in the column."""
        return self.hint_zh if language.startswith("zh") else self.hint_en


COLUMNS = (
    FacilityColumn(
        "code", "Code", "编号", "Up to 20 characters, once in the programme", "不超过 20 个字符，项目内不重复"
    ),
    FacilityColumn("name", "Name", "名称", "Name of the factory", "工厂名称"),
    FacilityColumn(
        "tier",
        "Tier",
        "梯级",
        "1 digital workshop, 2 smart factory, 3 provincial benchmark; a facility is never an SME (0)",
        "1 数字化车间，2 智能工厂，3 自治区级标杆；参照企业不得为中小企业（0）",
    ),
    FacilityColumn("sector", "Sector", "行业", "Name or code of a sector of the pilot", "试点行业名称或代码"),
    FacilityColumn(
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


def normalise_name(text: str) -> str:
    """Return a name in a form for comparing: half-width, lower case, letters and digits alone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def find_column_key(header: str, instrument: Instrument) -> str | None:
    """Find what a header stands for: a column's key, or an item's code, which its name may follow."""
    found = {
        normalise_name(name): column.key for column in COLUMNS for name in (column.key, column.en, column.zh)
    }
    if normalise_name(header) in found:
        return found[normalise_name(header)]
    words = unicodedata.normalize("NFKC", header).split()
    return words[0] if words and words[0] in instrument else None
