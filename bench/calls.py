"""A program that uses the interface over HTTP with a key."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.actions import issue_key
from accounts.models import ApiKey, User
from bench.processes import SITE
from companies.models import Programme
from companies.service_accounts import open_account

BLOCK_BYTES = 1 << 18


def issue_bench_key(programme: Programme) -> tuple[str, User]:
    """Issue a key that reads the programme; return it and its account."""
    account = open_account(programme=programme, name=f"Bench {time.time_ns()}", by=None)
    _key, text = issue_key(
        user=account,
        name="bench",
        scopes=list(ApiKey.Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
    )
    return text, account


def build_request(path: str, key: str, body: bytes | None = None) -> urllib.request.Request:
    """Build a request with the key."""
    url = path if path.startswith("http") else SITE + path
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return urllib.request.Request(url, data=body, headers=headers)


def download(path: str, key: str, target: Path) -> None:
    """Download a file to disk."""
    with urllib.request.urlopen(build_request(path, key)) as response, target.open("wb") as file:
        while block := response.read(BLOCK_BYTES):
            file.write(block)


def read_pages(path: str, key: str, rows: int) -> None:
    """Read all pages, each as JSON."""
    found, url = 0, path
    while url:
        with urllib.request.urlopen(build_request(url, key)) as response:
            page = json.load(response)
        found += len(page["results"])
        url = page["next"]
    assert found >= rows, (found, rows)


def read_json_lines(path: str, key: str) -> list[Any]:
    """Return the rows of an export as JSON lines, parsed in one go like any document of JSON."""
    with urllib.request.urlopen(build_request(path, key)) as response:
        rows: list[Any] = json.loads(b"[%s]" % b",".join(response.read().splitlines()))
    return rows


def post_body(path: str, key: str, body: bytes) -> None:
    """Send one request with a body."""
    with urllib.request.urlopen(build_request(path, key, body)) as response:
        response.read()
