"""The same read in RDMO 2.5: all answers of so many companies, unpaged, as its own interface gives them.

Run `python bench/rdmo_peer.py COMPANIES FOLDER`. RDMO gets an environment of its own in FOLDER (from the package
index, once) and a database `readiness_rdmo` on the same PostgreSQL; a project stands for a company, a value for an
answer. Prints the seconds of each run inside the process, without a server, which favours RDMO.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "2.5.2"
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
DATABASE = "readiness_rdmo"
ITEMS = 60
RUNS = 3

SETTINGS = """
from rdmo.core.settings import *
SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "peer_urls"
MULTISITE = False
LANGUAGES = (("en", "English"),)
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "{database}", "HOST": "{host}",
    "PORT": "{port}", "USER": "{user}", "PASSWORD": "{password}"}}}}
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("", include("rdmo.core.urls")), path("api/v1/", include("rdmo.core.urls.v1"))]
"""
READ = """
import json, sys, time
import django
django.setup()
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.test import Client
from rdmo.domain.models import Attribute
from rdmo.projects.models import Project, Value
from rdmo.questions.models import Catalog
companies, items, runs = (int(text) for text in sys.argv[1:])
call_command("migrate", verbosity=0)
if Value.objects.count() != companies * items:
    Value.objects.all().delete(), Project.objects.all().delete(), Attribute.objects.all().delete()
    catalog = Catalog.objects.create(uri_prefix="https://example.test", uri_path="bench")
    attributes = []
    for number in range(items):
        attributes.append(Attribute.objects.create(uri_prefix="https://example.test", key=f"item-{number}"))
    for number in range(companies):
        project = Project.objects.create(title=f"Company {number}", catalog=catalog)
        Value.objects.bulk_create(
            Value(project=project, attribute=attribute, text=str(place % 5))
            for place, attribute in enumerate(attributes)
        )
user, _ = get_user_model().objects.get_or_create(username="bench", is_superuser=True, is_staff=True)
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
times = []
for _ in range(runs):
    started = time.perf_counter()
    response = client.get("/api/v1/projects/values/", headers={"accept": "application/json"})
    rows = response.json()
    times.append(time.perf_counter() - started)
    assert response.status_code == 200 and len(rows) == companies * items, (response.status_code, len(rows))
print(json.dumps(times))
"""


def main(companies: int, folder: Path) -> None:
    """Install, fill and read."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", f"rdmo[postgres]=={VERSION}"], check=True)
    user, _, server = POSTGRES.removeprefix("postgres://").partition("@")
    name, _, password = user.partition(":")
    host, _, port = server.partition(":")
    settings = SETTINGS.format(database=DATABASE, host=host, port=port, user=name, password=password)
    (folder / "peer_settings.py").write_text(settings)
    (folder / "peer_urls.py").write_text(URLS)
    (folder / "peer_read.py").write_text(READ)
    subprocess.run(["createdb", "-h", host, "-p", port or "5432", "-U", name, DATABASE], check=False)
    subprocess.run(
        [python, "peer_read.py", str(companies), str(ITEMS), str(RUNS)],
        cwd=folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "peer_settings", "PYTHONPATH": str(folder)},
        check=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]).resolve())
