"""A client generated from the description by another project's tool works against a running server."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment
from tests.api.conftest import caller_for

PACKAGE = "readiness_client"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> Iterator[ModuleType]:
    """The package made by openapi-python-client; a warning of the generator is a failure."""
    described = tmp_path / "schema.json"
    described.write_bytes(client.get("/api/schema/", headers={"Accept": "application/json"}).content)
    settings = tmp_path / "settings.json"
    settings.write_text(
        json.dumps(
            {
                "post_hooks": [],
                # JSON lines are bytes to the generator.
                "content_type_overrides": {"application/x-ndjson": "application/octet-stream"},
            }
        )
    )
    subprocess.run(
        [
            str(Path(sys.executable).parent / "openapi-python-client"),
            "generate",
            "--path",
            str(described),
            "--config",
            str(settings),
            "--meta",
            "none",
            "--output-path",
            str(tmp_path / PACKAGE),
            "--fail-on-warning",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module(PACKAGE)
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def operation(resource: str, name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.api.{resource}.{name}")


def test_generated_client_reads_previews_and_is_told_of_faults(
    generated: ModuleType, scored: Assessment, site: str
) -> None:
    key = caller_for(scored.round.programme).text
    connected = generated.AuthenticatedClient(base_url=site, token=key)
    with connected:
        page = operation("scores", "scores_list").sync(client=connected, current=True, limit=10)
        (score,) = page.results
        assert score.company.credit_code == scored.company.credit_code
        assert score.synthetic_benchmark is True
        whole = operation("scores", "scores_retrieve").sync(id=score.id, client=connected)
        assert whole.readiness == score.readiness
        assert len(whole.contributions.items.additional_properties) == 60
        events = operation("events", "events_list").sync(client=connected)
        assert [event.type_.value for event in events.results][-1] == "score.stored"
        models = importlib.import_module(f"{PACKAGE}.models")
        body = models.PreviewRequest.from_dict({"answers": {"B2": "C"}})
        preview = operation("preview", "preview").sync(client=connected, body=body)
        assert preview.official_level.level == 0
        wrong = models.PreviewRequest.from_dict({"answers": {"B2": "Z"}})
        refused = operation("preview", "preview").sync_detailed(client=connected, body=wrong)
        assert refused.status_code == 400
        assert json.loads(refused.content)["errors"][0]["pointer"] == "#/answers/B2"
