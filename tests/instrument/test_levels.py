"""What the official levels are called, in both languages and in every form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from companies import level_labels
from instrument import load_instrument

ROOT = Path(__file__).resolve().parents[2]

FORMS = [
    # form, level 2 in English and Chinese, below level 1 in English and Chinese
    ("get_level_label", "Level 2 (Standardised)", "二级（规范级）", "Below level 1", "未达一级"),
    ("format_level_in_sentence", "level 2 (Standardised)", "二级（规范级）", "below level 1", "未达一级"),
    ("format_plain_level", "level 2", "二级", "below level 1", "未达一级"),
    ("get_short_level_label", "L2 Standardised", "二级（规范级）", "Below level 1", "未达一级"),
    ("format_level_code", "L2", "二级", "<L1", "未达一级"),
]


@pytest.mark.parametrize(("form", "english", "chinese", "below", "below_zh"), FORMS)
def test_a_level_is_called_by_its_name_in_the_questionnaire(
    form: str, english: str, chinese: str, below: str, below_zh: str
) -> None:
    label = getattr(level_labels, form)
    with translation.override("en"):
        assert (label(2), label(0)) == (english, below)
    with translation.override("zh-hans"):
        assert (label(2), label(0)) == (chinese, below_zh)


def test_every_level_has_its_forms() -> None:
    instrument = load_instrument()
    assert [label.full.zh_hans for label in instrument.level_labels] == [
        "未达一级",
        "一级（初始级）",
        "二级（规范级）",
        "三级（集成级）",
        "四级（协同级）",
    ]
    assert len(instrument.level_labels) == len(instrument.rule.gates) + 1


def test_no_translation_names_a_level_of_its_own() -> None:
    """Chinese texts take 二级 from the questionnaire, and never say "2 级", "0 级" or the name of a level."""
    own = re.compile(r"(?:\d|%\(\w+\)[ds]) ?级|(?:初始|规范|集成|协同)级")
    for catalogue in ROOT.rglob("locale/zh_Hans/LC_MESSAGES/django.po"):
        lines = catalogue.read_text(encoding="utf-8").splitlines()
        found = [line for line in lines if line.startswith(("msgstr", '"')) and own.search(line)]
        assert not found, catalogue
