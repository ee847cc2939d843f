"""Saving answers from 64 connections at once on PostgreSQL, against a view that only authenticates.

Run `make bench-autosave` (a PostgreSQL at DATABASE_URL, or on 127.0.0.1:5432). Makes a database of its own and drops
it. Both are asked of the same server process in turn; at the end every answer and every revision is read back and
compared with what was acknowledged. Fails on any error, on anything lost, and below `LEAST` of the throughput.
"""

from __future__ import annotations

import http.client
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 64
# Two people to a company, each with half of the questions: they share the lock and never a question.
COMPANIES = CONNECTIONS // 2
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 5
LEAST = 0.4
SINGLE = ("B2", "B5", "C01", "C03", "b51", "b52", "R3", "G4")


@dataclass
class Person:
    """A connection of its own, and what the server has acknowledged to it."""

    assessment: str
    items: tuple[str, ...]
    cookies: str
    csrf: str
    options: dict[str, tuple[str, ...]]
    saved: dict[str, tuple[int, str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    asked: int = 0


def main() -> int:
    """Make the database, start the server, measure, read back, clean up."""
    given = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    server, name = given.rsplit("/", 1)[0], f"readiness_bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as control:
        control.execute(f'CREATE DATABASE "{name}"')
        try:
            with tempfile.TemporaryDirectory() as folder:
                os.environ |= {
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                    "VAR_DIR": folder,
                    "DATABASE_URL": f"{server}/{name}",
                    "DEBUG": "false",
                    "LOG_LEVEL": "ERROR",
                }
                os.environ.pop("REDIS_URL", None)
                sys.path.insert(0, str(ROOT))
                return measure(folder)
        finally:
            control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(folder: str) -> int:
    """Print both throughputs and their ratio; return 1 if something failed, was lost or is too slow."""
    people = sign_in_people()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "bench.signed_in_only:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "60",
        "--log-level", "error", "--pythonpath", str(ROOT),
    ]  # fmt: skip
    environment = os.environ | {"STATIC_ROOT": folder}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until_ready(port)
        speeds: dict[str, list[float]] = defaultdict(list)
        for turn in range(ROUNDS + 1):
            for name in ("signed in only", "saving"):
                speed = run(people, port, saving=name == "saving")
                if turn:  # the first turn warms up
                    speeds[name].append(speed)
    finally:
        process.terminate()
        process.wait(timeout=30)
    return report(people, speeds)


def sign_in_people() -> list[Person]:
    """Make companies with two people each, signed in; needs the environment to be set first."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client

    from accounts.models import User
    from accounts.roles import Role
    from instrument import load_instrument
    from tests import factories

    call_command("migrate", verbosity=0)
    instrument = load_instrument()
    options = {code: tuple(option.key for option in instrument.get_item(code).options) for code in SINGLE}
    people = []
    with transaction.atomic():
        programme = factories.make_programme()
        round_ = factories.make_round(programme)
        for number in range(COMPANIES):
            company = factories.make_company(programme, number=number)
            assessment = factories.make_assessment(company, round_)
            for half, role in enumerate((Role.OWNER, Role.MEMBER)):
                user: User = factories.make_member(company, f"P{number} {role.value}", role)
                client = Client()
                client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
                csrf = "a" * 32
                cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={csrf}"
                people.append(Person(str(assessment.pk), SINGLE[half::2], cookies, csrf, options))
    connection.close()
    return people


def wait_until_ready(port: int) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/health/live")
            if asked.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("The server did not start.")


def run(people: list[Person], port: int, *, saving: bool) -> float:
    """Run all connections together and return how many requests a second were answered."""
    until = time.monotonic() + SECONDS
    counts = [0] * len(people)

    def send_requests(index: int) -> None:
        person = people[index]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < until:
            try:
                save(person, connection) if saving else ask(person, connection)
            except (OSError, http.client.HTTPException) as error:
                person.errors.append(repr(error))
                connection.close()
            counts[index] += 1
        connection.close()

    threads = [threading.Thread(target=send_requests, args=(index,)) for index in range(len(people))]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - started)


def post(
    person: Person, connection: http.client.HTTPConnection, path: str, fields: dict[str, str]
) -> http.client.HTTPResponse:
    """Send one request as the page's script does and read its reply to the end."""
    connection.request(
        "POST",
        path,
        urllib.parse.urlencode(fields),
        {
            "Cookie": person.cookies,
            "X-CSRFToken": person.csrf,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    reply = connection.getresponse()
    reply.read()
    return reply


def ask(person: Person, connection: http.client.HTTPConnection) -> None:
    """Ask who is signed in."""
    reply = post(person, connection, "/bench/signed-in-only/", {"nothing": "1"})
    if reply.status != 204:
        person.errors.append(f"signed in only: {reply.status}")


def save(person: Person, connection: http.client.HTTPConnection) -> None:
    """Change one answer to another value, from the revision that was acknowledged last."""
    item = random.choice(person.items)
    revision, before = person.saved.get(item, (0, ""))
    value = random.choice([option for option in person.options[item] if option != before])
    path = f"/assessments/{person.assessment}/answers/{item}/"
    reply = post(person, connection, path, {item: value, f"{item}-revision": str(revision)})
    if reply.status == 200 and reply.headers["X-Answer"] == "saved":
        person.saved[item] = (revision + 1, value)
    else:
        person.errors.append(f"{item}: {reply.status} {reply.headers['X-Answer']}")


def list_losses(people: list[Person]) -> list[str]:
    """List what was acknowledged and is not there, or is there and was not acknowledged."""
    from assessments.models import Answer, AnswerRevision, Assessment

    wanted = {(person.assessment, item): saved for person in people for item, saved in person.saved.items()}
    stored = {
        (str(answer.assessment_id), answer.item): (answer.revision, str(answer.value))
        for answer in Answer.objects.all()
    }
    found = [f"{key}: {wanted.get(key)} acknowledged, {stored.get(key)} stored"
             for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key)]  # fmt: skip
    revisions = sum(revision - 1 for revision, _value in wanted.values())
    if AnswerRevision.objects.count() != revisions:
        found.append(f"{AnswerRevision.objects.count()} earlier values stored, {revisions} expected")
    counted = sum(Assessment.objects.values_list("answered", flat=True))
    if counted != len(wanted):
        found.append(f"{counted} answers counted, {len(wanted)} given")
    return found


def report(people: list[Person], speeds: dict[str, list[float]]) -> int:
    """Print what was measured and return 1 if it is not good enough."""
    missing, errors = list_losses(people), [error for person in people for error in person.errors]
    saves = sum(revision for person in people for revision, _value in person.saved.values())
    plain, saving = (statistics.median(speeds[name]) for name in ("signed in only", "saving"))
    print(f"{CONNECTIONS} connections, PostgreSQL, {platform.machine()}, {os.cpu_count()} cores,")
    print(f"medians of {ROUNDS} interleaved turns of {SECONDS:g} s, load {os.getloadavg()[0]:.1f}")
    print(f"only finding out who is signed in: {plain:8.0f} requests a second")
    print(f"saving one answer:                 {saving:8.0f} requests a second, {saving / plain:.2f} of it")
    print(f"{saves} saves acknowledged and read back, {len(missing)} lost, {len(errors)} errors")
    for line in [*missing[:10], *errors[:10]]:
        print(line)
    return int(bool(missing or errors) or saving < LEAST * plain)


if __name__ == "__main__":
    sys.exit(main())
