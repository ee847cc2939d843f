"""Every string is translated, as the sources have it now."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, override

from config import catalogues
from config.catalogues import CataloguePart, Key

PARTS = catalogues.list_parts()


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CataloguePart:
    """An app with one module, made for the test."""
    monkeypatch.setattr("django.conf.settings.BASE_DIR", tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "words.py").write_text(
        '_ = gettext\nA = _("One")\nB = ngettext("%(n)d day", "%(n)d days", n)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% if x %}\n  {% translate "Two" %}\n{% endif %}\n'
        "{% blocktranslate trimmed with n=1 %}\n  Three {{ n }}\n{% endblocktranslate %}\n"
        '{% translate "May" context "month" %} it\'s (not'
    )
    return CataloguePart("words", tmp_path)


def translate(part: CataloguePart, **strings: str) -> None:
    text = part.path.read_text(encoding="utf-8")
    for message, string in strings.items():
        text = text.replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{string}"')
    part.path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_catalogue_is_complete_and_current(part: CataloguePart) -> None:
    assert catalogues.list_problems(part) == []


def test_no_message_is_translated_in_two_ways() -> None:
    assert catalogues.list_contradictions(PARTS) == []


def test_messages_are_found_in_python_and_in_templates(part: CataloguePart) -> None:
    assert set(catalogues.extract(part)) == {
        Key(None, "One"),
        Key(None, "%(n)d day", "%(n)d days"),
        Key(None, "Two"),
        Key(None, "Three %(n)s"),
        Key("month", "May"),
    }


def test_update_keeps_translations_and_drops_what_is_gone(part: CataloguePart) -> None:
    catalogues.update(part)
    translate(part, One="一", Two="二")
    (part.folder / "templates" / "page.html").unlink()

    assert catalogues.update(part)
    assert not catalogues.update(part)
    assert catalogues.map_translations(catalogues.load(part))[Key(None, "One")] == "一"
    assert Key(None, "Two") not in catalogues.map_translations(catalogues.load(part))


def test_missing_translation_is_a_problem(part: CataloguePart) -> None:
    assert "words: not in the catalogue: 'One'" in catalogues.list_problems(part)
    catalogues.update(part)

    assert "words: not translated: 'One'" in catalogues.list_problems(part)


def test_lost_placeholder_and_half_width_punctuation_are_problems(part: CataloguePart) -> None:
    catalogues.update(part)
    translate(part, One="一,二", **{"Three %(n)s": "三"})

    found = catalogues.list_problems(part)

    assert "words: placeholders differ: 'Three %(n)s'" in found
    assert "words: half-width punctuation: '一,二'" in found


def test_unknown_part_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(CommandError, match="templates"):
        call_command("messages", "nothing")


def test_compiled_catalogue_reaches_the_pages() -> None:
    with override("zh-hans"):
        assert gettext("Skip to main content") == "跳到主要内容"
    with override("en"):
        assert gettext("Skip to main content") == "Skip to main content"
