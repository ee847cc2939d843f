"""What a file really is, told from its content, and what is kept of it.

The name and the type that a browser states are not believed. Pictures are drawn anew, which leaves out where
and with what they were taken, and whatever else hides in them.
"""

from __future__ import annotations

import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any

import filetype
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from assessments.models import Evidence

Kind = Evidence.Kind
EXTENSIONS = {
    Kind.PDF: (".pdf",),
    Kind.JPEG: (".jpg", ".jpeg"),
    Kind.PNG: (".png",),
    Kind.WEBP: (".webp",),
    Kind.XLSX: (".xlsx",),
}
PICTURES = {
    Kind.JPEG.value: (Kind.JPEG, "JPEG"),
    Kind.PNG.value: (Kind.PNG, "PNG"),
    Kind.WEBP.value: (Kind.WEBP, "WEBP"),
}
MAX_NAME = 160
HEAD = 8192
TAIL = 4096
# A picture of so many pixels takes about 180 MB of memory while it is drawn anew.
MAX_PIXELS = 60_000_000
# JPEG at this quality cannot be told from the original by eye.
QUALITY = 90
# Pixels along the longer side, for about 48 on a page with a fine screen.
THUMBNAIL = (160, 160)
THUMBNAIL_QUALITY = 80
MAX_PARTS = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
XLSX_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class EvidenceRefused(Exception):
    """The refusal of a file as evidence; its message says why and what to do, in the reader's language."""


@dataclass(frozen=True)
class Accepted:
    """A file as it will be stored."""

    kind: Evidence.Kind
    content: IO[bytes]


def accept_file(upload: IO[bytes]) -> Accepted:
    """Look into the file and return what is to be stored; raise `EvidenceRefused`."""
    upload.seek(0)
    head = upload.read(HEAD)
    if not head:
        raise EvidenceRefused(_("The file is empty. Choose it again."))
    if head.startswith(b"%PDF-"):
        return _accept_pdf(upload)
    if head.startswith(b"PK\x03\x04"):
        return _accept_workbook(upload)
    guessed = filetype.guess(head)
    mime = guessed.mime if guessed else ""
    if mime in PICTURES:
        return _accept_picture(upload, *PICTURES[mime])
    if mime in ("image/heic", "image/heif", "image/avif"):
        raise EvidenceRefused(
            _(
                "This is a HEIC picture, which many computers cannot open. Choose the picture from the album of "
                "the phone, or set the camera to “most compatible”, and send it as JPEG."
            )
        )
    if head.startswith(OLD_OFFICE):
        raise EvidenceRefused(_("This is an old Office file. Save it as XLSX or PDF and send that."))
    raise EvidenceRefused(
        _("This is no PDF, picture (JPEG, PNG, WebP) or XLSX workbook. Save it as one of these.")
    )


def _accept_pdf(upload: IO[bytes]) -> Accepted:
    size = upload.seek(0, 2)
    upload.seek(max(0, size - TAIL))
    if b"%%EOF" not in upload.read(TAIL):
        raise EvidenceRefused(
            _("The PDF is not complete. Open it to see whether it is damaged, and send it again.")
        )
    upload.seek(0)
    return Accepted(Kind.PDF, upload)


def _accept_workbook(upload: IO[bytes]) -> Accepted:
    not_xlsx = EvidenceRefused(
        _("This is no XLSX workbook. Save it as XLSX without macros, or as PDF, and send that.")
    )
    too_much = EvidenceRefused(
        _("This workbook unpacks to far more than a workbook holds. Save it anew and send that.")
    )
    try:
        with zipfile.ZipFile(upload) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise too_much
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise not_xlsx
            if any("vbaproject" in name.lower() for name in names):
                raise not_xlsx
            if XLSX_MAIN not in archive.read("[Content_Types].xml"):
                raise not_xlsx
            # Sizes in the table of contents may lie; reading all shows it and finds damage.
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise EvidenceRefused(
            _("The workbook is damaged or protected by a password. Save it anew and send that.")
        ) from None
    upload.seek(0)
    return Accepted(Kind.XLSX, upload)


def _accept_picture(upload: IO[bytes], kind: Evidence.Kind, form: str) -> Accepted:
    upload.seek(0)
    too_large = EvidenceRefused(
        _("The picture has more than 60 million pixels. Take it with a lower resolution and send that.")
    )
    try:
        with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise too_large
            content = _redraw_picture(picture, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise EvidenceRefused(
            _("The picture is damaged. Open it to see whether it is complete, and send it again.")
        ) from None
    return Accepted(kind, content)


def _redraw_picture(picture: Image.Image, form: str) -> BytesIO:
    """Return the pixels alone, upright; of the metadata only colours and transparency are kept."""
    upright = ImageOps.exif_transpose(picture)
    if form == "JPEG" and upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    for name in set(upright.info) - {"icc_profile", "transparency"}:
        del upright.info[name]
    options: dict[str, Any] = {"quality": QUALITY} if form in ("JPEG", "WEBP") else {}
    content = BytesIO()
    upright.save(content, form, **options)
    content.seek(0)
    return content


def make_thumbnail(picture: IO[bytes]) -> bytes:
    """Return a stored picture as a small JPEG, for a list of files; transparent parts turn white."""
    with Image.open(picture, formats=["JPEG", "PNG", "WEBP"]) as opened:
        # A JPEG is read at a fraction of its size at once, which takes a tenth of the time.
        opened.draft("RGB", THUMBNAIL)
        opened.thumbnail(THUMBNAIL)
        small = Image.new("RGB", opened.size, "white")
        small.paste(opened.convert("RGBA"), mask=opened.convert("RGBA").getchannel("A"))
    content = BytesIO()
    small.save(content, "JPEG", quality=THUMBNAIL_QUALITY)
    return content.getvalue()


def clean_name(name: str, kind: Evidence.Kind) -> str:
    """Return the name as given, without folders and invisible characters, ending as its content demands."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    stem, endings = shown, EXTENSIONS[kind]
    ending = endings[0]
    for known in endings:
        if shown.lower().endswith(known):
            stem, ending = shown[: -len(known)], shown[-len(known) :]
    return (stem.strip()[: MAX_NAME - len(ending)] or "file") + ending
