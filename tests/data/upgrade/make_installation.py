"""Make a small installation with the code of an earlier version, its queue full of messages; see README.md here.

It calls that version's functions by the names they had then, so it is run by that version's checkout alone.
"""
# mypy: ignore-errors

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import django

django.setup()

from celery import current_app  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from PIL import Image  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from assessments import tasks  # noqa: E402
from assessments.actions import evidence, releases, reports, rounds, submissions  # noqa: E402
from assessments.models import Assessment, Report, Submission  # noqa: E402
from benchmarks.models import Release  # noqa: E402
from cohort.actions.files import ask_for_ledger, hand_in  # noqa: E402
from cohort.demo.figures import YEARS  # noqa: E402
from cohort.demo.workbook import _company_rows, invent_cohort  # noqa: E402
from cohort.file_kinds import Kind  # noqa: E402
from cohort.loading.template import write_workbook  # noqa: E402
from companies.models import Membership, Programme, ProgrammeRole  # noqa: E402
from jobs.models import Job  # noqa: E402
from tests import factories  # noqa: E402

COMPANIES = 8
OPENED = datetime(2026, 6, 1, tzinfo=UTC)
# So late that no periodic task closes anything when the archive is unpacked years from now.
DEADLINE = datetime(2090, 12, 31, tzinfo=UTC)


def main(archive: Path) -> None:
    """Make it and pack it."""
    call_command("migrate", verbosity=0)
    call_command("setup", administrator="administrator@example.test")
    programme = Programme.objects.get()
    officer = factories.make_user("Officer")
    for role in (Role.OFFICER, Role.STEWARD):
        ProgrammeRole.objects.create(user=officer, programme=programme, role=role.value)
    load_companies(programme)
    t0 = rounds.open_round(programme=programme, code="T0", opens_at=OPENED, deadline=DEADLINE, by=officer)
    work_off()
    owners = {found: owner_of(found) for found in Assessment.objects.filter(round=t0).order_by("pk")}
    for number, (assessment, owner) in enumerate(list(owners.items())[:6]):
        factories.store_answers(assessment, factories.full_answers(number % 5), by=owner)
    first, *others = list(owners)
    evidence.attach(assessment=first, item="B2", name="picture.png", upload=picture(), by=owners[first])
    for assessment in [first, *others[:3]]:
        submissions.submit(assessment=assessment, declared=True, by=owners[assessment])
    work_off()
    reports.order_report(assessment=fresh(first), kind=Report.Kind.RESULT, language="en", by=owners[first])
    work_off()
    # From here on nobody works: what is asked for waits.
    fill_queue(programme, t0, [first, *others], owners, officer)
    pack(archive)


def fill_queue(programme, t0, found, owners, officer) -> None:
    """Ask for work of every kind, and send every message that beat sends."""
    second = factories.make_staff(programme, Role.STEWARD)
    late = submissions.submit(assessment=found[4], declared=True, by=owners[found[4]])  # score-submission
    own = Submission.objects.order_by("pk")
    tasks.request_scoring_of_many(list(own[:3]), by=officer)  # score-submissions
    old = Release.objects.get()
    columns = {
        field.attname: getattr(old, field.attname)
        for field in Release._meta.concrete_fields
        if field.attname not in {"id", "trained_at", "name"}
    }
    release = Release.objects.create(name="2099.01.1", **columns)
    releases.put_into_use(release=release, proposed_by=officer, confirmed_by=second)  # score-programme
    tasks.request_replay(by=officer)
    rounds.open_round(programme=programme, code="T1", opens_at=OPENED, deadline=DEADLINE, by=officer)
    rounds.change_times(round_=t0, deadline=DEADLINE + timedelta(days=1), closes_at=None, by=officer)
    tasks.request_flags(late)
    tasks.request_round_flags(t0, occasion="upgrade", by=officer)
    reports.order_report(assessment=fresh(found[1]), kind=Report.Kind.RESULT, language="zh-hans", by=officer)
    ids = [assessment.pk for assessment in found[:3]]
    reports.order_packet(round=t0, assessments=ids, language="en", by=officer)
    ask_for_ledger(programme=programme, round_=t0, filters={}, filter_words="", has_phones=False, by=officer)
    hand_in(
        programme=programme,
        kind=Kind.COHORT,
        name="companies.xlsx",
        content=workbook(),
        accept_check_character=False,
        by=officer,
    )
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        current_app.send_task(entry["task"], ignore_result=True)


def workbook() -> bytes:
    """The companies that are loaded, as an officer hands them in."""
    cohort = invent_cohort()
    few = replace(cohort, companies=cohort.companies[:COMPANIES], business=cohort.business[:COMPANIES])
    path = Path(settings.VAR_DIR) / "companies.xlsx"
    write_workbook(path, years=YEARS, companies=_company_rows(few), answers=[])
    content = path.read_bytes()
    path.unlink()
    return content


def load_companies(programme) -> None:
    """Load them by the command."""
    path = Path(settings.VAR_DIR) / "cohort.xlsx"
    path.write_bytes(workbook())
    call_command("load_cohort", str(path), programme=programme.code)
    path.unlink()


def owner_of(assessment) -> User:
    """Somebody who owns the company."""
    user = factories.make_user(f"Owner {assessment.company.credit_code}")
    Membership.objects.create(user=user, company=assessment.company, role=Role.OWNER.value)
    return user


def fresh(assessment) -> Assessment:
    """As it is stored now."""
    return Assessment.objects.get(pk=assessment.pk)


def picture() -> BytesIO:
    """A small picture."""
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "steelblue").save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def work_off() -> None:
    """Let a worker do all that waits."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo"]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    quiet = 0
    while quiet < 4:
        time.sleep(0.5)
        waiting = list((settings.QUEUE_DIR / "messages").glob("*.msg"))
        is_open = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()
        quiet = 0 if waiting or is_open else quiet + 1
    worker.terminate()
    worker.wait()
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def pack(archive: Path) -> None:
    """The database, the queue and the files, as they lie in VAR_DIR, and what waits there."""
    folder = Path(settings.VAR_DIR)
    with closing(connection.cursor()) as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    waiting = sorted(
        json.loads(path.read_text())["headers"]["task"]
        for path in (settings.QUEUE_DIR / "messages").glob("*.msg")
    )
    (folder / "waiting.json").write_text(json.dumps(waiting, indent=1))
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in {".pid", ".log"} and "processed" not in path.parts:
                packed.add(path, arcname=str(path.relative_to(folder)))
    sys.stdout.write(f"{archive} {archive.stat().st_size} {waiting}\n")


if __name__ == "__main__":
    main(Path(os.environ["ARCHIVE"]))
