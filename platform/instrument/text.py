"""Texts of the instrument, each in English and in Simplified Chinese."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in both languages of the platform; neither is ever empty."""

    en: str
    zh_hans: str

    def translate(self, language: str) -> str:
        """Return the wording for a language code (`en`, `zh-hans`, `zh-cn`); English for any other."""
        return self.zh_hans if language.lower().replace("_", "-").split("-")[0] == "zh" else self.en
