"""Celery's queue of files for a start without services, so that a worker never meets a message half written.

Kombu's filesystem transport writes a message under the name by which workers look for it, and a worker that
reads it too early takes the broken message for an unrecoverable error and ends. Here every file is written under
another name first and renamed, which is atomic within a folder.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """The filesystem transport's channel with whole files only."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        bound = self.get_table(exchange)
        if binding not in bound:
            # The published types of the library lag behind its code.
            _write_whole(self._exchange_file(exchange), dumps([binding, *bound]))  # type: ignore[attr-defined]


class Transport(filesystem.Transport):
    """The transport that `CELERY_BROKER_TRANSPORT` names by its path."""

    Channel = Channel


def _write_whole(path: Path, content: str) -> None:
    # The name of a draft ends in neither `.msg` nor `.exchange`, so nobody reads it.
    draft = path.with_name(f"{path.name}.{uuid.uuid4()}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(content, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise ChannelError(f"Cannot write {path}: {error}") from error
