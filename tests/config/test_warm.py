"""A process that has just started is ready before it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: the one that runs the tests is warm already.
SCRIPT = """
import gc
import sys
import config.wsgi
from django.template import engines

assert gc.get_freeze_count() > 100_000  # what stays is no longer searched for garbage

engine = engines["django"].engine
known = {name for loader in engine.template_loaders for name in loader.get_template_cache}
wanted = {"cohort/overview.html", "cohort/overview_panels.html", "assessments/section.html", "staff_base.html"}
assert wanted <= known, wanted - known
assert {"cohort.views.overview", "assessments.views.sections", "numpy"} <= set(sys.modules)
before = set(sys.modules)
from django.test import Client
from django.test.utils import override_settings

with override_settings(ALLOWED_HOSTS=["testserver"]):
    assert Client().get("/health/live").status_code == 200
print("loaded meanwhile:", sorted(name for name in set(sys.modules) - before if name.startswith("cohort")))
"""


def test_views_and_templates_are_there_before_the_first_request(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "loaded meanwhile: []" in done.stdout
