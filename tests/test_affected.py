"""The tests that a change concerns are found by name, by import, and by the feature map."""

from __future__ import annotations

import pytest

from tests.affected import find_affected_tests

TESTS = [
    "tests/accounts/test_phones.py",
    "tests/assessments/test_reports.py",
    "tests/assessments/verification/test_visits.py",
    "tests/config/test_catalogues.py",
    "tests/test_strangers.py",
]
TEXTS = {
    "tests/test_strangers.py": "from accounts.phones import mask\nfrom tests import factories, one_time_code\n",
    "tests/assessments/test_reports.py": "from accounts.phones.other import x\nfrom tests.factories import make\n",
    "docs/features.md": "| rounds | `assessments/rounds/` | `tests/assessments/test_reports.py`, `tests/accounts/` |\n",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("platform/accounts/phones.py", ["tests/accounts/test_phones.py", "tests/test_strangers.py"]),
        ("assessments/reports/files.py", ["tests/assessments/test_reports.py"]),
        ("assessments/verification/desk.py", ["tests/assessments/verification/test_visits.py"]),
        ("tests/accounts/test_phones.py", ["tests/accounts/test_phones.py"]),
        ("tests/factories.py", ["tests/assessments/test_reports.py", "tests/test_strangers.py"]),
        (
            "assessments/rounds/closing.py",
            ["tests/accounts/test_phones.py", "tests/assessments/test_reports.py"],
        ),
        ("platform/accounts/locale/zh_Hans/LC_MESSAGES/django.po", ["tests/config/test_catalogues.py"]),
        ("README.md", []),
    ],
)
def test_change_concerns(changed: str, expected: list[str]) -> None:
    assert find_affected_tests([changed], TESTS, TEXTS) == expected


def test_nearest_tests_come_first() -> None:
    changed = ["tests/factories.py", "platform/accounts/phones.py"]
    assert find_affected_tests(changed, TESTS, TEXTS)[0] == "tests/accounts/test_phones.py"
