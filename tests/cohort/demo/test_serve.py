"""The demonstration refuses what would be unsafe; the whole of it runs in one test with real processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.roles import Role
from assessments.models import Message
from audit.models import AuditEvent
from cohort.demo import desk, serve
from cohort.demo.people import ACCOUNTS_FILE, KEY_FILE
from cohort.demo.processes import Children
from cohort.models import Briefing, SavedView
from companies import actions as companies
from tests import factories

ROOT = Path(__file__).resolve().parents[3]
BUILD_SECONDS = 600.0
END_SECONDS = 30.0
HOLD = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_demo_without_its_switch_is_refused(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("demo", port=free_port())


def test_demo_on_a_port_in_use_is_refused(settings: Settings) -> None:
    settings.DEMO = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(CommandError, match="is taken"):
            call_command("demo", port=taken.getsockname()[1])


@pytest.mark.django_db
def test_demo_never_opens_onto_real_companies() -> None:
    factories.make_company(factories.make_programme(), is_fictitious=False)

    with pytest.raises(serve.NotPossible, match="not invented"):
        serve._refuse_if_real()


@pytest.mark.django_db
def test_demo_starts_again_after_somebody_added_a_company(settings: Settings) -> None:
    programme = factories.make_programme()
    listed = factories.make_company(programme, number=1)
    profile = {
        "credit_code": factories.make_credit_code(2),
        "name": "柳州示例零部件有限公司",
        "division": listed.division,
        "sector": listed.sector,
    }
    settings.DEMO = True

    companies.create(programme=programme, profile=profile, by=None)

    serve._refuse_if_real()
    settings.DEMO = False
    companies.create(
        programme=programme, profile={**profile, "credit_code": factories.make_credit_code(3)}, by=None
    )
    with pytest.raises(serve.NotPossible, match="not invented"):
        serve._refuse_if_real()


def test_second_demo_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with serve.lock_folder(tmp_path):
        held = subprocess.run(
            [sys.executable, "-c", HOLD, str(tmp_path / serve.LOCK)], capture_output=True, check=False
        )
        with pytest.raises(serve.NotPossible, match="already"), serve.lock_folder(tmp_path):
            pass
    assert b"BlockingIOError" in held.stderr

    with serve.lock_folder(tmp_path):
        pass


def test_demo_says_which_folder_is_in_use(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path

    with serve.lock_folder(tmp_path), pytest.raises(CommandError, match=f"runs on {tmp_path}"):
        call_command("demo", port=free_port())


@pytest.mark.django_db
@pytest.mark.parametrize(("days_left", "expected"), [(-100, 29), (13, 29), (20, 19)])
def test_old_demo_goes_on_with_an_open_round(days_left: int, expected: int) -> None:
    deadline = timezone.now() + timedelta(days=days_left)
    opened = deadline - timedelta(days=200)
    found = factories.make_round(factories.make_programme(), "T1", opens_at=opened, deadline=deadline)

    moved = serve.keep_open(found)

    found.refresh_from_db()
    assert found.days_left == expected
    assert moved is (expected == 29)
    assert AuditEvent.objects.filter(action="round.deadline_moved").exists() is moved


@pytest.mark.django_db
def test_demo_that_was_interrupted_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = factories.make_programme()
    round_ = factories.make_round(programme, "T1")
    officer = factories.make_staff(programme, Role.OFFICER, "Olive")
    company = factories.make_company(programme)
    factories.make_staff(programme, Role.COUNTY_REVIEWER, "County", area=company.division)
    factories.make_staff(programme, Role.ASSESSOR, "Anna")
    factories.make_member(company, "Owner")
    managed = factories.make_assessment(company, round_)
    said: list[str] = []
    monkeypatch.setattr(serve, "_get_own_assessment", lambda _round: managed)
    for step in ("_attach_evidence", "_check", "_visit", "_accept", "draw_sample"):
        monkeypatch.setattr(desk, step, lambda *_given, **_named: None)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(desk, "_accept", _stop)
        with pytest.raises(KeyboardInterrupt):
            serve._lay_out(programme, round_, Children(Path()), said.append)
    # Of a step that was interrupted nothing stays.
    assert not Message.objects.exists()

    for _start in range(2):
        serve._lay_out(programme, round_, Children(Path()), said.append)

    assert Message.objects.count() == 3
    assert SavedView.objects.get().owner == officer
    assert Briefing.objects.filter(scope="city").count() == 1
    assert len(said) == 2


def _stop(*_given: object) -> None:
    raise KeyboardInterrupt


def answers_ready(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/health/ready")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


@pytest.mark.services
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_demo_serves_and_leaves_no_process_behind(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment |= {"DEMO": "true", "VAR_DIR": str(tmp_path), "PORT": str(port)}
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + BUILD_SECONDS
        while not answers_ready(port):
            assert demo.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.5)
        accounts = json.loads((tmp_path / ACCOUNTS_FILE).read_text(encoding="utf-8"))
        assert {account["role"] for account in accounts} >= {"owner", "officer", "administrator"}
        for name in (ACCOUNTS_FILE, KEY_FILE):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert demo.stdout is not None
        # The site answers a moment before the sign-ins are printed.
        said: list[str] = []
        while not said or "Ctrl-C" not in said[-1]:
            said.append(demo.stdout.readline())
            assert said[-1], said
        demo.send_signal(signal.SIGINT)
        rest, _error = demo.communicate(timeout=END_SECONDS)
        out = "".join(said) + rest
    finally:
        demo.kill()
        demo.wait()
    assert f"http://127.0.0.1:{port}/" in out
    assert accounts[0]["password"] in out
    assert processes_with(str(tmp_path)) == []
    assert not answers_ready(port)


def processes_with(value: str) -> list[str]:
    """Command lines of running processes whose environment names this folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if value.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    return found
