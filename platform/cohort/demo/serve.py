"""Builds the demonstration where it is not there yet, and serves it until somebody ends it."""

from __future__ import annotations

import fcntl
import http.client
import io
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from accounts.roles import Role
from assessments.actions.rounds import open_round
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Round
from assessments.tasks.flags import FLAG_ROUND
from audit.record import record
from cohort.demo import desk, funnel, month, plan
from cohort.demo.companies import COUNT, build_credit_code
from cohort.demo.people import KEY_FILE, Account, make_people
from cohort.demo.processes import Children
from cohort.demo.workbook import DemoCohort, invent_cohort, write_cohort
from cohort.installation import Say, prepare_installation
from cohort.loading import load_cohort
from companies.models import Company, Programme
from jobs.models import Job

HOST = "127.0.0.1"
PROGRAMME = "liuzhou-2024"
WORKBOOK = "demo-cohort.xlsx"
LOCK = "demo.lock"
START_SECONDS = 90.0
JOB_SECONDS = 300.0
POLL_SECONDS = 0.2
# Days ago that a round opened, and days from now that it ends.
_ROUND_DAYS = {"T0": (400, -310), "T1": (62, 30)}
# A demonstration that was built long ago shows a round that still runs for a while.
_LEAST_DAYS_LEFT = 14


class NotPossible(Exception):
    """A reason why the demonstration cannot be made here; the message says what to change."""


def serve(*, port: int, say: Say) -> None:
    """Build what is missing, serve, and return only by an exception; no process is left behind.

    Raises `NotPossible`, `processes.ChildEnded` if the site or the worker ends, `processes.Stopped` when asked.
    """
    _refuse_if_not_demo(port)
    started = time.monotonic()
    with lock_folder(Path(settings.VAR_DIR)), Children(Path(settings.VAR_DIR) / "logs") as children:
        say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
        _refuse_if_real()
        call_command("messages", compile=True, verbosity=0, stdout=io.StringIO())
        if not _is_static_current():
            say("Collecting style sheets and scripts …")
            call_command("collectstatic", verbosity=0, interactive=False)
        environment = {
            "DEMO": "true",
            "VAR_DIR": str(Path(settings.VAR_DIR).resolve()),
            # E-mails and examples name the address at which this demonstration is found.
            "SITE_URL": os.environ.get("SITE_URL", f"http://127.0.0.1:{port}"),
        }
        children.start("worker", _build_worker_command(), environment)
        accounts = build_demonstration(children, say)
        # The site makes connections of its own; this process only watches from here on.
        connection.close()
        children.start("site", _build_site_command(port), environment)
        _wait_until_ready(children, port)
        say(f"Ready after {time.monotonic() - started:.0f} seconds.")
        _print_accounts(accounts, port, say)
        while True:
            time.sleep(POLL_SECONDS)
            children.check()


def build_demonstration(children: Children, say: Say) -> list[Account]:
    """Build everything that is in the database of the demonstration; what is there is left alone."""
    programme = prepare_installation(programme_code=PROGRAMME, say=say)
    rounds = {code: _get_or_open_round(programme, code) for code in _ROUND_DAYS}
    keep_open(rounds["T1"])
    if not rounds["T0"].is_frozen:
        cohort = invent_cohort()
        _load(cohort, programme, children, say)
        _make_people(programme)
        say("Moving the companies along: invitations, site visits, acceptance …")
        assessor = User.objects.get(programme_roles__role=Role.ASSESSOR.value)
        _await_job(funnel.verify(cohort=cohort, round_=rounds["T1"], by=assessor), children, say)
        manager = User.objects.get(memberships__role=Role.OWNER.value)
        funnel.answer_half(cohort=cohort, assessment=_get_own_assessment(rounds["T1"]), by=manager)
        # Closes the baseline round: from here on the companies are there.
        funnel.set_stages(cohort=cohort, rounds=rounds)
    else:
        say(f"The {COUNT} invented companies are there already.")
    accounts = _make_people(programme)
    _lay_out(programme, rounds["T1"], children, say)
    return accounts


def _lay_out(programme: Programme, round_: Round, children: Children, say: Say) -> None:
    """Lay out desk and briefings. Each step is done wholly or not at all, and never a second time."""
    if not desk.is_filled(programme):
        say("Laying out the desk: visits, hints, messages, batches …")
        desk.fill(programme=programme, round_=round_, managed=_get_own_assessment(round_))
    if not desk.is_settled(round_):
        _await_job(_find_flagging_job(round_), children, say)
        desk.settle_some(round_)
    if not month.is_briefed(programme):
        month.draft_demo_briefings(programme)


def _get_own_assessment(round_: Round) -> Assessment:
    """Return the questionnaire of the company whose people can sign in."""
    return Assessment.objects.select_related("company", "round").get(
        round=round_, company=_get_managed_company()
    )


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; raises `NotPossible` while another demonstration runs on it.

    The lock ends with the process, however that ends; the file stays and means nothing by itself.
    """
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotPossible(
                f"A demonstration runs on {folder} already. End it first, or set a VAR_DIR of its own."
            ) from error
        yield


def keep_open(round_: Round) -> bool:
    """Move a deadline that is near or past ahead again; return whether it was moved."""
    now = timezone.now()
    if round_.deadline - now >= timedelta(days=_LEAST_DAYS_LEFT):
        return False
    round_.deadline = now + timedelta(days=_ROUND_DAYS[round_.code][1])
    with transaction.atomic():
        round_.save(update_fields=["deadline"])
        record(
            AssessmentAuditCode.ROUND_DEADLINE_MOVED,
            round_,
            by=None,
            programme_id=round_.programme_id,
            deadline=round_.deadline.isoformat(),
        )
    return True


def _load(cohort: DemoCohort, programme: Programme, children: Children, say: Say) -> None:
    """Load through the door that every bureau uses: a workbook, the loader, the worker."""
    path = Path(settings.VAR_DIR) / WORKBOOK
    say(f"Writing {path}: {COUNT} invented companies …")
    with override("zh-hans"):
        write_cohort(path, cohort)
    say("Loading the workbook …")
    loaded = load_cohort(content=path.read_bytes(), name=path.name, programme=programme, by=None)
    say(
        f"Loaded {loaded.created} companies and {loaded.answers} answers; {loaded.submitted} questionnaires are "
        f"submitted, {loaded.drafts} unfinished."
    )
    _await_job(loaded.job, children, say)


def _await_job(job: Job | None, children: Children, say: Say) -> None:
    """Wait for the worker to finish a job, and say how far it is."""
    if job is None:
        return
    said = -1
    deadline = time.monotonic() + JOB_SECONDS
    while job.is_open:
        if time.monotonic() > deadline:
            raise NotPossible(f"The worker did not finish in {JOB_SECONDS:.0f} seconds; see its log.")
        time.sleep(POLL_SECONDS)
        children.check()
        job.refresh_from_db()
        if job.percent // 25 > said:
            said = job.percent // 25
            say(f"Scoring: {job.done} of {job.total}")
    if job.state != Job.State.DONE:
        raise NotPossible(f"Scoring failed: {job.error}")


def _find_flagging_job(round_: Round) -> Job | None:
    """Return the job that looks for hints in the round, which scoring has asked for."""
    return (
        Job.objects.filter(kind=FLAG_ROUND, parameters__round=str(round_.pk)).order_by("-created_at").first()
    )


def _get_or_open_round(programme: Programme, code: str) -> Round:
    found = programme.rounds.filter(code=code).first()
    if found is not None:
        return found
    since, until = _ROUND_DAYS[code]
    now = timezone.now()
    return open_round(
        programme=programme,
        code=code,
        opens_at=now - timedelta(days=since),
        deadline=now + timedelta(days=until),
        by=None,
    )


def _make_people(programme: Programme) -> list[Account]:
    return make_people(programme=programme, managed=_get_managed_company(), folder=Path(settings.VAR_DIR))


def _get_managed_company() -> Company:
    return Company.objects.select_related("division", "functional_area").get(
        credit_code=build_credit_code(plan.MANAGED + 1)
    )


def _refuse_if_not_demo(port: int) -> None:
    if not settings.DEMO:
        raise NotPossible(
            "The demonstration needs DEMO=true and a VAR_DIR of its own. “make demo” sets both."
        )
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NotPossible(f"Port {port} is taken. Choose another: PORT=8001 make demo") from error


def _refuse_if_real() -> None:
    """Refuse to open onto companies that exist: a demonstration prints passwords."""
    if Company.objects.filter(is_fictitious=False).exists():
        raise NotPossible("This database holds companies that are not invented. Use a VAR_DIR of its own.")


def _is_static_current() -> bool:
    """Return whether the collected files are newer than all their sources."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    collected = manifest.stat().st_mtime
    return all(
        Path(storage.path(name)).stat().st_mtime <= collected
        for finder in finders.get_finders()
        for name, storage in finder.list([])
    )


def _build_worker_command() -> list[str]:
    return [
        sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--pool", "solo",
        "--loglevel", "warning", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def _build_site_command(port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{HOST}:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "8", "--log-level", "warning",
    ]  # fmt: skip


def _wait_until_ready(children: Children, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(port):
        children.check()
        if time.monotonic() > deadline:
            raise NotPossible(f"The site did not become ready in {START_SECONDS:.0f} seconds; see its log.")
        time.sleep(POLL_SECONDS)


def _is_ready(port: int) -> bool:
    link = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        link.request("GET", "/health/ready")
        return link.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        link.close()


def _print_accounts(accounts: list[Account], port: int, say: Say) -> None:
    say("")
    say(f"The demonstration is at http://{HOST}:{port}/ (all companies are invented). Sign in as:")
    for account in accounts:
        say(f"  {account.role:<16} {account.email:<28} {account.password}")
    say(
        f"The key of the service account is in {Path(settings.VAR_DIR) / KEY_FILE}; the API is at /api/docs/."
    )
    say("Press Ctrl-C to end.")
