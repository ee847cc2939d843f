"""A briefing as PDF and as a Word document."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import _Cell

from cohort.briefings.content import BriefingPart, Content
from documents import pdf, picture

TEMPLATE = Path(__file__).with_name("briefing.typ")
# Word shows the reader's fonts; these are on every office computer, the second for Chinese.
LATIN_FONT, CHINESE_FONT = "Arial", "Microsoft YaHei"
PICTURE_WIDTH = Cm(15)
WIDEST_NUMBER, LEAST_NAME = Cm(3), Cm(2.7)


def render_briefing_pdf(content: Content, made_at: datetime) -> bytes:
    """Render the PDF; the same content gives the same bytes."""
    data = asdict(content)
    data["language"] = "zh" if content.language.startswith("zh") else "en"
    return pdf.render_pdf(TEMPLATE, data, made_at=made_at)


def render_briefing_docx(content: Content, made_at: datetime) -> bytes:
    """Render the Word document, for those who edit it further; the same content gives the same bytes."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN_FONT, Pt(10.5)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), CHINESE_FONT)
    for name in ("Title", "Heading 1", "Heading 2"):
        heading = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        heading.set(qn("w:eastAsia"), CHINESE_FONT)
    properties = document.core_properties
    properties.title, properties.author = content.title, content.scope_name
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    document.add_paragraph(f"{content.heading} · {content.state}")
    document.add_heading(content.title, level=1)
    document.add_paragraph(content.lead)
    if content.synthetic:
        document.add_paragraph(content.synthetic, style="Intense Quote")
    tiles = document.add_table(rows=3, cols=len(content.tiles), style="Table Grid")
    for column, tile in enumerate(content.tiles):
        for row, text in enumerate((tile.label, tile.value.text, tile.remark)):
            tiles.cell(row, column).text = text
    document.add_paragraph()
    if content.requests:
        document.add_heading(content.requests_title, level=2)
    for request in content.requests:
        document.add_paragraph(request, style="List Number")
    for part in content.parts:
        _add(document, part)
    document.add_paragraph(content.source)
    made = io.BytesIO()
    document.save(made)
    return _strip_times(made.getvalue())


def _add(document: Document, part: BriefingPart) -> None:
    document.add_heading(part.title, level=2)
    # A title stands on one page with what it is the title of.
    if part.note:
        document.add_paragraph(part.note).paragraph_format.keep_with_next = True
    if part.svg:
        document.add_picture(io.BytesIO(picture.render_png(part.svg)), width=PICTURE_WIDTH)
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(part.head), style="Light Grid Accent 1")
    _fill(table.rows[0].cells, part.head)
    for row in part.rows:
        _fill(table.add_row().cells, [found.text for found in row])
    # Names need more room than numbers.
    table.autofit = False
    others = len(part.head) - 1
    first = Length(max(PICTURE_WIDTH - others * WIDEST_NUMBER, LEAST_NAME))
    for number, column in enumerate(table.columns):
        # Word goes by the cells, others by the column.
        column.width = first if number == 0 else Length((PICTURE_WIDTH - first) // others)
        for cell in column.cells:
            cell.width = column.width


def _fill(cells: Sequence[_Cell], texts: Sequence[str]) -> None:
    """Fill one row: the name to the left, numbers to the right, a little smaller than the text around."""
    for number, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(text).font.size = Pt(9)
        if number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _strip_times(content: bytes) -> bytes:
    """Return the archive with one fixed time on all its parts, so that repeats are the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return made.getvalue()
