"""Rules of GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.credit_code import (
    ALPHABET,
    compute_check_character,
    has_valid_check,
    is_well_formed,
    normalise,
)

BODIES = st.text(alphabet=ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91440300708461136T", "91110000802100433B"])
def test_published_codes_are_valid(code: str) -> None:
    assert is_well_formed(code)
    assert has_valid_check(code)


@given(BODIES)
def test_every_body_has_one_check_character(body: str) -> None:
    valid = [character for character in ALPHABET if has_valid_check(body + character)]
    assert valid == [compute_check_character(body)]


@given(BODIES, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(body: str, position: int, other: str) -> None:
    code = body + compute_check_character(body)
    if body[position] != other:
        assert not has_valid_check(code[:position] + other + code[position + 1 :])


@given(BODIES)
def test_normalising_twice_equals_once(body: str) -> None:
    spelled = f" {body[:8].lower()} {body[8:]}\u3000"
    assert normalise(normalise(spelled)) == normalise(spelled) == body
