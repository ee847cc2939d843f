"""Health checks, as a load balancer calls them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from benchmarks.models import Activation, Release
from config import health


@pytest.mark.parametrize("address", ["/health/live", "/health/live/"])
def test_live_asks_nothing_of_the_database(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.json()) == (200, {"status": "live"})
    assert "no-store" in response["Cache-Control"]


def test_containers_check_the_site_on_the_loopback_address() -> None:
    """Whatever names the installation answers to in public."""
    names = subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(*s.ALLOWED_HOSTS)"],
        env={**os.environ, "ALLOWED_HOSTS": "readiness.example.gov.cn"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert names == ["readiness.example.gov.cn", "127.0.0.1"]


@pytest.mark.parametrize("address", ["/health/ready", "/health/ready/"])
def test_ready_with_everything_there(client: Client, release: Release, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "failed": [],
        "checks": {"database": {"status": "ok"}, "broker": {"status": "ok"}, "model": {"status": "ok"}},
    }


def test_not_ready_without_a_release_in_use(client: Client, db: None) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["failed"] == ["model"]
    assert "No release" in response.json()["checks"]["model"]["reason"]


def test_not_ready_with_a_release_that_ended(client: Client, release: Release) -> None:
    Activation.objects.update(ended_at=release.trained_at)
    assert client.get("/health/ready").status_code == 503


def test_not_ready_with_a_database_that_is_down(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("password=secret")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["failed"] == ["database", "model"]
    assert "secret" not in response.content.decode()


def test_not_ready_with_a_queue_folder_that_is_gone(
    client: Client, release: Release, settings: Settings
) -> None:
    settings.REDIS_URL = ""
    settings.QUEUE_DIR = "/nowhere"
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["failed"] == ["broker"]


def test_not_ready_with_a_redis_that_is_down(client: Client, release: Release, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/health/ready")
    assert response.json()["failed"] == ["broker"]


def test_ready_is_read_only(client: Client, db: None) -> None:
    assert client.post("/health/ready").status_code == 405


def test_checks_name_what_is_needed() -> None:
    assert list(health.CHECKS) == ["database", "broker", "model"]
