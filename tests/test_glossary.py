"""The glossary has every model and every resource of the API."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from config.api.urls import router

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
OWN_MODELS = [
    model.__name__
    for app in apps.get_app_configs()
    if Path(app.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in app.path
    for model in app.get_models()
]
RESOURCES = [prefix for prefix, _view, _name in router.registry]


@pytest.mark.parametrize("name", OWN_MODELS)
def test_model_is_in_the_glossary(name: str) -> None:
    assert f"`{name}`" in GLOSSARY


@pytest.mark.parametrize("name", RESOURCES)
def test_resource_of_the_api_is_in_the_glossary(name: str) -> None:
    assert f"API `{name}`" in GLOSSARY


def test_each_entry_has_a_word_its_chinese_its_name_and_its_meaning() -> None:
    rows = [line for line in GLOSSARY.splitlines() if line.startswith("| ") and not line.startswith("| Word")]
    assert len(rows) > 60
    for row in rows:
        word, chinese, name, meaning = (cell.strip() for cell in row.strip("|").split("|"))
        assert word, row
        assert re.search(r"[一-鿿]", chinese), row
        assert name.count("`") >= 2, row
        assert meaning.endswith("."), row


def test_no_word_has_two_entries() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", GLOSSARY, re.M)
    words = [word for word in words if word != "Word" and not word.startswith("---")]
    assert len(words) == len(set(words))
