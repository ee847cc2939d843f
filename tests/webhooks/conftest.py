"""A webhook of the programme that leads to a real receiver."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from companies.models import Programme
from tests.webhooks.receiver import Receiver, receiving
from webhooks import actions
from webhooks.models import Webhook


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    with receiving() as found:
        settings.WEBHOOK_ALLOWED_HOSTS = [found.host]
        yield found


@pytest.fixture
def webhook(programme: Programme, administrator: User, receiver: Receiver) -> Webhook:
    return actions.create(
        programme=programme, name="Province", url=receiver.address, types=[], by=administrator
    )


@pytest.fixture
def run_settings(tmp_path: Path) -> Callable[[dict[str, str]], tuple[int, str]]:
    """Reads the settings in a process of its own; its exit code and what it said."""

    def run(environment: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", "import config.settings"],
            env={**os.environ, "VAR_DIR": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    return run
