"""How files that are sent to the site are received: bounded in size, and without a trace when the disk is full.

Django reads a form with files before any view runs, as the check against forged forms needs its fields. So
the bounds are here; the view asks `refusal_of` why no file has arrived.
"""

from __future__ import annotations

import errno
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

REFUSAL = "readiness.upload_refusal"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class UploadRefusal(StrEnum):
    """The reasons why a file was not received."""

    TOO_LARGE = "too_large"
    DISK_FULL = "disk_full"


def find_upload_refusal(request: HttpRequest) -> UploadRefusal | None:
    """Return why the file of this request was dropped while it came in; None where nothing was dropped."""
    found = request.META.get(REFUSAL)
    return found if isinstance(found, UploadRefusal) else None


def is_disk_full(error: OSError) -> bool:
    """Return whether the disk, or the share of it that the site may use, is full."""
    return error.errno in NO_SPACE


class RefusingUpload(FileUploadHandler):
    """A handler that knows what the browser says it will send, and the headers that take a refusal's reason."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Note both; the browser cannot send more than it says."""
        self.meta = META
        self.is_too_large = content_length > settings.UPLOAD_REQUEST_MAX_BYTES

    def refuse(self, reason: UploadRefusal) -> StopUpload:
        """Write the reason down; the rest of the request is read and thrown away once this is raised."""
        self.meta[REFUSAL] = reason
        return StopUpload(connection_reset=False)


class BoundedUpload(RefusingUpload):
    """A handler that drops files of a request larger than any page of the site takes; earlier fields are kept.

    The rest is read and thrown away, so that the browser gets an answer instead of a broken connection.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop at the first file of a request that is too large."""
        if self.is_too_large:
            raise self.refuse(UploadRefusal.TOO_LARGE)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the content to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class DiskUpload(RefusingUpload, TemporaryFileUploadHandler):
    """A handler into a temporary file, which goes by itself; a full disk drops the file, not the request."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece to the temporary file."""
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            if not is_disk_full(error):
                raise
            self.file.close()
            raise self.refuse(UploadRefusal.DISK_FULL) from error
        return None
