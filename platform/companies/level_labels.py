"""The names of official levels in the language of the page, from the questionnaire; see `instrument.levels`.

A page or file about one assessment names the version of its round; all others take the current one.
"""

from __future__ import annotations

from django.utils.translation import get_language

from instrument import CURRENT, Text, load_instrument
from instrument.levels import LevelLabels


def get_level_label(level: int, version: str = CURRENT) -> str:
    """Return what a level is called by itself: "Level 2 (Standardised)"."""
    label = format_level_in_sentence(level, version)
    return label[0].upper() + label[1:]


def format_level_in_sentence(level: int, version: str = CURRENT) -> str:
    """Return what a level is called within a sentence: "level 2 (Standardised)"."""
    return _translate(_find_labels(level, version).full)


def format_plain_level(level: int, version: str = CURRENT) -> str:
    """Return a level within a sentence without its name: "level 2"."""
    return _translate(_find_labels(level, version).plain)


def get_short_level_label(level: int, version: str = CURRENT) -> str:
    """Return what a level is called where there is little room: "L2 Standardised"."""
    return _translate(_find_labels(level, version).short)


def format_level_code(level: int, version: str = CURRENT) -> str:
    """Return a level for the heading of a narrow column: "L2"."""
    return _translate(_find_labels(level, version).code)


def _find_labels(level: int, version: str) -> LevelLabels:
    return load_instrument(version).level_labels[level]


def _translate(label: Text) -> str:
    return label.translate(get_language() or "en")
