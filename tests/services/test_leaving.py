"""A client that leaves in the middle of an export, at a real server: nothing goes on working for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from assessments.models import Answer, Assessment
from benchmarks.models import Release
from tests import factories
from tests.api.conftest import caller_for
from tests.services.conftest import ROOT, test_database_url, wait_until

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
# Far more than the buffers of two sockets hold, so that the server has to wait for the client.
COMMENT = "很长的说明。" * 20_000
FEWEST_BYTES = 15_000_000
BUFFER = 4_096


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(tmp_path: Path) -> Iterator[int]:
    """The site as in operation, with one process of one thread: whoever keeps it busy is noticed. Gives the port."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "1"]
    environment = {
        **os.environ,
        "DATABASE_URL": test_database_url(),
        "REDIS_PREFIX": settings.REDIS_PREFIX,
        "VAR_DIR": str(tmp_path),
    }
    with (tmp_path / "worker-of-the-site.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_until(lambda: answers(port, "/health/live"), "the server")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def answers(port: int, path: str, **headers: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=5).status_code == 200
    return False


def copies() -> int:
    """How many COPY statements are at work for this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY %'"
        )
        count: int = cursor.fetchone()[0]
        return count


@pytest.fixture
def long_answers(committed_release: Release) -> Assessment:
    """An assessment whose answers make a long file."""
    company = factories.make_company(committed_release.programme)
    assessment = factories.make_assessment(company, factories.make_round(committed_release.programme))
    factories.store_answers(assessment, by=factories.make_member(company))
    Answer.objects.update(comment=COMMENT)
    return assessment


# The other two are made from the same statement, and packed: too small for anybody to wait for.
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_client_that_leaves_in_mid_stream_frees_database_and_thread(
    long_answers: Assessment, tmp_path: Path, form: str
) -> None:
    key = caller_for(long_answers.round.programme).text
    path, bearer = f"/api/v1/exports/answers?format={form}", f"Bearer {key}"
    with server(tmp_path) as port:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            client.connect(("127.0.0.1", port))
            request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {bearer}\r\n\r\n"
            client.sendall(request.encode())
            assert client.recv(BUFFER).startswith(b"HTTP/1.1 200")
            wait_until(lambda: copies() == 1, "the statement that the client waits for")
        wait_until(lambda: copies() == 0, "the end of a statement that nobody waits for", seconds=10)
        wait_until(
            lambda: answers(port, "/api/v1/programmes/", Authorization=bearer), "the thread", seconds=10
        )
        whole = httpx.get(f"http://127.0.0.1:{port}{path}", headers={"Authorization": bearer}, timeout=60)
        assert whole.status_code == 200
        assert len(whole.content) > FEWEST_BYTES
