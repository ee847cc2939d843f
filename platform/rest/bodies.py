"""Bodies of requests: how long they may be, and keeping one as what a job works on."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser

from jobs.models import Job, JobInput
from jobs.work import enqueue


class BodyTooLarge(APIException):
    """A request body that is longer than the server reads."""

    status_code = 413
    default_code = "body-too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body may have at most {limit} bytes. Send it in several requests.")


class LinesParser(BaseParser):
    """JSON lines of bounded length, left unread: the work reads each line and says what is wrong with it."""

    media_type = "application/x-ndjson"

    def parse(  # type: ignore[override]
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body as it came."""
        return read_bounded_body(stream, parser_context)


def read_bounded_body(stream: IO[Any], parser_context: Mapping[str, Any] | None) -> bytes:
    """Read the body; raise `BodyTooLarge` beyond `view.body_limit` or else the setting."""
    view = (parser_context or {}).get("view")
    limit: int = getattr(view, "body_limit", None) or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge(limit)
    return body


def enqueue_with_input(kind: str, content: bytes, *, by: AbstractBaseUser, total: int) -> Job:
    """Enqueue a new job of its own that works on `content`, woken after commit."""
    with transaction.atomic():
        job = enqueue(kind, key=f"{kind}:{uuid.uuid4()}", parameters={}, by=by, total=total)
        JobInput.objects.create(job=job, content=zlib.compress(content, 1))
    return job


def load_job_input(job: Job) -> bytes:
    """Return what the job was given."""
    return zlib.decompress(bytes(JobInput.objects.get(job=job).content))
