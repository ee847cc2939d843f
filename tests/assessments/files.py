"""Small files of the kinds that people send as evidence."""

from __future__ import annotations

import zipfile
from io import BytesIO

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n9\n%%EOF\n"
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def photograph(form: str = "JPEG", size: tuple[int, int] = (6, 4), colour: str = "red") -> bytes:
    """A picture with the place and the camera in it, lying on its side."""
    picture = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[MAKE] = "Camera of Alice"
    exif[GPS] = {1: "N", 2: (24.0, 19.0, 34.0), 3: "E", 4: (109.0, 24.0, 42.0)}
    content = BytesIO()
    picture.save(content, form, exif=exif)
    return content.getvalue()


def workbook() -> bytes:
    """A real workbook with one cell."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.add_worksheet("equipment").write_string(0, 0, "press")
    book.close()
    return content.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip file with these members."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return content.getvalue()


def upload(content: bytes, name: str = "acceptance.pdf", kind: str = "application/pdf") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content, kind)
