"""Exported files in a real spreadsheet program: codes of eighteen digits survive."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from assessments.models import Submission
from tests.api.conftest import Caller
from tests.api.test_exports import SCORES, body, stored
from tests.programs import require_program

__all__ = ["stored"]
pytestmark = pytest.mark.django_db
CODE = "914502003333333334"
SECONDS = 120
# Comma, quotation marks, UTF-8, from the first line; the third column (credit_code) is text.
IMPORT = "Text - txt - csv (StarCalc):44,34,76,1,3/2"


@pytest.fixture
def spreadsheet() -> str:
    """LibreOffice without a window."""
    return require_program("soffice", package="libreoffice-calc-nogui")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_code_of_eighteen_digits_survives_the_spreadsheet(
    caller: Caller, stored: list[Submission], spreadsheet: str, tmp_path: Path, form: str
) -> None:
    company = stored[3].assessment.company
    company.credit_code = CODE
    company.save()
    content = body(caller.get(f"{SCORES}?format={form}&credit_code={CODE}"))
    source = tmp_path / f"scores.{form}"
    source.write_bytes(content)
    subprocess.run(
        [
            spreadsheet,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            *([f"--infilter={IMPORT}"] if form == "csv" else []),
            *("--convert-to", "fods", "--outdir", str(tmp_path), str(source)),
        ],
        check=True,
        timeout=SECONDS,
        capture_output=True,
    )
    opened = (tmp_path / "scores.fods").read_text(encoding="utf-8")
    assert f"<text:p>{CODE}</text:p>" in opened
    assert 'office:value-type="string"' in opened
