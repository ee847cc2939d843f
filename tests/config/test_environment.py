"""Values from the environment: booleans as people write them, and a clear word about anything else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import flag


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", True), ("yes", True), ("Yes", True), ("ON", True), ("true", True), ("True", True), (" TRUE ", True),
        ("0", False), ("no", False), ("NO", False), ("off", False), ("false", False), ("False", False),
    ],
)  # fmt: skip
def test_boolean_is_read_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: bool
) -> None:
    monkeypatch.setenv("SOME_FLAG", written)

    assert flag("SOME_FLAG", default=not meant) is meant


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("written", ["", "  ", None])
def test_boolean_that_is_not_set_is_the_default(
    monkeypatch: pytest.MonkeyPatch, written: str | None, default: bool
) -> None:
    monkeypatch.delenv("SOME_FLAG", raising=False)
    if written is not None:
        monkeypatch.setenv("SOME_FLAG", written)

    assert flag("SOME_FLAG", default=default) is default


@pytest.mark.parametrize("written", ["y", "2", "ture", "enabled", "是"])
def test_other_word_stops_the_start_and_says_what_to_write(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("SOME_FLAG", written)

    with pytest.raises(ImproperlyConfigured) as refused:
        flag("SOME_FLAG", default=False)

    for part in ("SOME_FLAG", written, "true, yes, on, 1, false, no, off, 0"):
        assert part in str(refused.value)
