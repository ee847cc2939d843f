"""The queue of files: what a worker reads is whole, however its reading and the writing fall together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from config.files_transport import Transport

MESSAGES = 300
# Long enough to be written in more than one piece.
BODY = "x" * 200_000


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    folders = {
        "data_folder_in": tmp_path / "messages",
        "data_folder_out": tmp_path / "messages",
        "control_folder": tmp_path / "control",
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    options = {name: str(folder) for name, folder in folders.items()}
    with Connection("filesystem://", transport=Transport, transport_options=options) as opened:
        yield opened


def test_messages_read_while_they_are_written_are_whole(connection: Connection) -> None:
    """One side writes, the other takes whatever is there at once."""
    writing: Any = connection.channel()
    reading: Any = connection.channel()

    def write() -> None:
        for number in range(MESSAGES):
            writing._put("work", {"number": number, "body": BODY})

    writer = threading.Thread(target=write)
    writer.start()
    taken: list[dict[str, Any]] = []
    while len(taken) < MESSAGES:
        try:
            taken.append(reading._get("work"))
        except Empty:
            if not writer.is_alive() and reading._size("work") == 0:
                break
    writer.join()

    assert sorted(message["number"] for message in taken) == list(range(MESSAGES))
    assert all(message["body"] == BODY for message in taken)


def test_a_queue_is_bound_once_and_others_stay(connection: Connection) -> None:
    channel: Any = connection.channel()
    for queue in ("work", "work", "mail"):
        channel._queue_bind("direct", queue, "", queue)

    assert sorted(binding.queue for binding in channel.get_table("direct")) == ["mail", "work"]


def test_nothing_but_messages_is_left_in_the_folder(connection: Connection, tmp_path: Path) -> None:
    channel: Any = connection.channel()
    channel._put("work", {"number": 1})

    assert [path.suffix for path in (tmp_path / "messages").iterdir()] == [".msg"]
