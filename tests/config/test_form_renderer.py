"""The look of each kind of control, and that no form sets it by hand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django import forms

ROOT = Path(__file__).resolve().parents[2]


class Sample(forms.Form):
    text = forms.CharField(help_text="A hint")
    number = forms.IntegerField(widget=forms.NumberInput(attrs={"class": "num"}))
    choice = forms.ChoiceField(choices=[("a", "A")])
    ticked = forms.BooleanField()
    several = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    hidden = forms.CharField(widget=forms.HiddenInput)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("text", 'class="form-control"'),
        ("number", 'class="form-control num"'),
        ("choice", 'class="form-select"'),
        ("ticked", 'class="form-check-input d-block"'),
    ],
)
def test_control_has_the_look_of_its_kind(name: str, expected: str) -> None:
    assert expected in str(Sample()[name])


def test_each_box_of_several_is_a_control_and_their_frame_is_none() -> None:
    drawn = str(Sample()["several"])
    assert drawn.count('class="form-check-input"') == 2
    assert all('class="form-check-input"' in str(box) for box in Sample()["several"])


def test_hidden_field_has_no_look() -> None:
    assert "class=" not in str(Sample()["hidden"])


def test_drawing_twice_adds_no_class_twice() -> None:
    form = Sample()
    assert str(form["number"]) == str(form["number"])


def test_field_is_drawn_with_label_hint_and_error() -> None:
    form = Sample({"choice": "a", "ticked": "on", "several": "a", "number": 1})
    drawn = form["text"].as_field_group()
    assert "form-label" in drawn
    assert "A hint" in drawn
    assert f'id="{form["text"].auto_id}_error"' in drawn


def test_no_form_sets_the_look_by_hand() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    looks = re.compile(r"form-(?:control|select|check-input)")
    by_hand = [
        path
        for path in listed
        if not path.startswith("tests/")
        and not path.endswith("form_renderer.py")
        and (ROOT / path).exists()
        and looks.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not by_hand
