"""The same read in RDMO 2.5: all answers of all companies, unpaged, as its own interface gives them.

Run by `bench/answers.py`; `python bench/rdmo_peer.py ANSWERS.json [RUNS]` measures it alone. RDMO gets an
environment of its own in `var/bench/rdmo` (from the package index, once) and a database `readiness_rdmo` in the same
PostgreSQL. A project stands for a company and a value for an answer; ANSWERS.json is a list of company, item and
value. A time is that inside the process, without a server and a network, which favours RDMO.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.installation import POSTGRES, ROOT

VERSION = "2.5.2"
ENVIRONMENT = ROOT / "var" / "bench" / "rdmo"
DATABASE = "readiness_rdmo"
# RDMO must not see our settings.
OURS = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH", "DATABASE_URL")

SETTINGS = """
from rdmo.core.settings import *
SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "peer_urls"
MULTISITE = False
LANGUAGES = (("en", "English"),)
STATIC_ROOT = COMPRESS_ROOT = "{folder}/static"
MEDIA_ROOT = "{folder}/media"
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "{database}", "HOST": "{host}",
    "PORT": "{port}", "USER": "{user}", "PASSWORD": "{password}"}}}}
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("", include("rdmo.core.urls")), path("api/v1/", include("rdmo.core.urls.v1"))]
"""
READ = """
import itertools, json, sys, time
import django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from rdmo.domain.models import Attribute
from rdmo.projects.models import Project, Value
from rdmo.questions.models import Catalog

call_command("migrate", verbosity=0)
answers = json.load(open(sys.argv[1]))
now = timezone.now()
for model in (Value, Project, Catalog, Attribute):
    model.objects.all().delete()
catalog = Catalog.objects.create(uri_prefix="https://example.test", uri_path="bench")
attributes = {
    item: Attribute.objects.create(uri_prefix="https://example.test", key=item.lower())
    for item in dict.fromkeys(item for _, item, _ in answers)
}
for company, rows in itertools.groupby(answers, key=lambda answer: answer[0]):
    project = Project.objects.create(title=company, catalog=catalog)
    Value.objects.bulk_create(
        Value(
            project=project,
            attribute=attributes[item],
            text=json.dumps(value, ensure_ascii=False),
            created=now,
            updated=now,
        )
        for _, item, value in rows
    )
user, _ = get_user_model().objects.get_or_create(username="bench", is_superuser=True, is_staff=True)
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
print("ready", flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    response = client.get("/api/v1/projects/values/", headers={"accept": "application/json"})
    rows = response.json()
    taken = time.perf_counter() - started
    assert response.status_code == 200 and len(rows) == len(answers), (response.status_code, len(rows))
    print(taken, flush=True)
"""


class Peer:
    """An RDMO with these answers, ready to be read."""

    version = VERSION

    def __init__(self, answers: Path) -> None:
        self._answers = answers.resolve()

    def __enter__(self) -> Self:
        """Install it where it is not there, fill its database and wait until it is ready."""
        self._process = subprocess.Popen(
            [_install(), "peer_read.py", str(self._answers)],
            cwd=ENVIRONMENT,
            env={
                **{name: value for name, value in os.environ.items() if name not in OURS},
                "DJANGO_SETTINGS_MODULE": "peer_settings",
                "PYTHONPATH": str(ENVIRONMENT),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read_answer() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        """End its process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def read(self) -> float:
        """Read all answers once and return the seconds that it took."""
        assert self._process.stdin is not None
        self._process.stdin.write("read\n")
        self._process.stdin.flush()
        return float(self._read_answer())

    def _read_answer(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip():
                return line.strip()
        sys.exit("RDMO ended before it answered.")


def _install() -> Path:
    """Install RDMO with our settings in an environment of its own and return its Python."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "peer_read.py").exists():
        venv.create(ENVIRONMENT, clear=True, symlinks=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"rdmo[postgres]=={VERSION}"], check=True)
    user, _, server = POSTGRES.removeprefix("postgres://").partition("@")
    name, _, password = user.partition(":")
    host, _, port = server.partition(":")
    settings = SETTINGS.format(
        database=DATABASE, host=host, port=port or "5432", user=name, password=password, folder=ENVIRONMENT
    )
    (ENVIRONMENT / "peer_settings.py").write_text(settings)
    (ENVIRONMENT / "peer_urls.py").write_text(URLS)
    (ENVIRONMENT / "peer_read.py").write_text(READ)
    listed = subprocess.run(
        ["psql", "-Atc", f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'", f"{POSTGRES}/postgres"],
        check=True,
        capture_output=True,
    )
    if not listed.stdout.strip():
        subprocess.run(["psql", "-qc", f"CREATE DATABASE {DATABASE}", f"{POSTGRES}/postgres"], check=True)
    return python


def main(answers: Path, runs: int) -> None:
    """Print the median of so many reads."""
    with Peer(answers) as peer:
        peer.read()
        times = [peer.read() for _ in range(runs)]
    count = len(json.loads(answers.read_text()))
    print(f"RDMO {VERSION}: {count} answers in {statistics.median(times):.2f} s, median of {runs}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
