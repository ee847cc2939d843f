"""The examples of docs/api.md work as they are written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import orjson

from assessments.models import Assessment
from audit.events import number_committed
from audit.models import Event
from companies.models import Company
from tests import factories
from tests.api.conftest import caller_for
from tests.api.test_sending import document
from tests.programs import require_program
from webhooks.models import Webhook

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
# A command goes on while its lines end in a backslash.
EXAMPLES = [
    re.sub(r"\\\n\s+", "", found).strip() for found in re.findall(r"^ {4,}(curl (?:.*\\\n)*.*)$", TEXT, re.M)
]


def test_documentation_has_examples_of_every_kind() -> None:
    assert len(EXAMPLES) >= 8
    assert {"POST", "PATCH"} <= set(re.findall(r"-X (\w+)", " ".join(EXAMPLES)))


def command(example: str, site: str) -> str:
    """The example for this site, saying the status after the answer."""
    said = r"--silent --show-error --write-out '\n%{http_code}'"
    return f"{example.replace('https://readiness.example', site)} {said}"


def test_every_example_works(scored: Assessment, site: str, tmp_path: Path) -> None:
    require_program("curl", package="curl")
    caller = caller_for(scored.round.programme)
    (tmp_path / "submissions.jsonl").write_bytes(orjson.dumps(document(scored)) + b"\n")
    factories.make_division(scored.round.programme.city, 3)
    number_committed()
    first = Event.objects.order_by("position").first()
    assert first is not None
    for example in EXAMPLES:
        tag = caller.get(f"/api/v1/companies/{scored.company_id}/")["ETag"]
        done = subprocess.run(
            ["bash", "-c", command(example, site)],
            env={
                **os.environ,
                "KEY": caller.text,
                "COMPANY": str(scored.company_id),
                "ROUND": str(scored.round_id),
                "TAG": tag,
                "EVENT": str(first.pk),
                "no_proxy": "*",
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (example, done.stderr)
        status = int(done.stdout.rsplit("\n", 1)[1])
        expected = {304} if "If-None-Match" in example else {200, 201, 202}
        assert status in expected, (example, done.stdout)
    assert Company.objects.filter(park="北部生态新区").exists()
    assert Company.objects.filter(credit_code="91450200TE5T00077G").exists()
    assert Webhook.objects.get().types == ["score.stored"]
