"""Files of an export, made while they are sent; memory stays flat whatever the number of rows."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from django.db.models import QuerySet, TextChoices
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from assessments.exports.reading import BLOCK_BYTES, csv_blocks, guarded, json_blocks, plain, utc_text
from assessments.exports.tables import Kind, Table

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Text that becomes one group of rows in Parquet; making one takes some ten times as much memory.
GROUP_BYTES = 2 * 1024 * 1024
# Rows of a sheet below its heading.
SHEET_ROWS = 1_000_000
ARROW_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.WORDS: pa.string(),
    Kind.ID: pa.string(),
    Kind.NUMBER: pa.int64(),
    Kind.SCALED: pa.float64(),
    Kind.FACT: pa.bool_(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
}


class Form(TextChoices):
    """The forms of a file."""

    CSV = "csv", "CSV"
    JSON_LINES = "jsonl", "JSON lines"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSON_LINES: "application/jsonl",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported, how it was narrowed, and as of when."""

    table: Table
    rows: QuerySet[Any, Any]
    filters: Mapping[str, str]
    moment: datetime

    def blocks(self, form: Form) -> Generator[bytes, None, None]:
        """The file, block by block."""
        match form:
            case Form.CSV:
                yield BYTE_ORDER_MARK
                yield from csv_blocks(self.table, self.rows, guard=True)
            case Form.JSON_LINES:
                yield from json_blocks(self.table, self.rows)
            case Form.PARQUET:
                yield from self._parquet()
            case Form.XLSX:
                yield from self._xlsx()

    def about(self) -> dict[str, str]:
        """What the file is, as of when, and by which filters."""
        told = ", ".join(f"{name}={value}" for name, value in self.filters.items())
        return {"table": self.table.name, "data_time": utc_text(self.moment), "filters": told or "none"}

    def _parquet(self) -> Iterator[bytes]:
        schema = pa.schema(
            [(column.name, ARROW_TYPES[column.kind]) for column in self.table.columns], metadata=self.about()
        )
        lines = csv_blocks(self.table, self.rows, guard=False)
        next(lines)  # the heading
        sink = _Sink()
        with parquet.ParquetWriter(sink, schema, compression="snappy") as writer:
            for group in _gathered(lines, GROUP_BYTES):
                writer.write_table(_parsed(group, schema))
                yield sink.taken()
        yield sink.taken()

    def _xlsx(self) -> Iterator[bytes]:
        # A workbook is a ZIP archive whose parts come to light at the end, so it goes by way of a file.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            self._write_workbook(path)
            with path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    yield block

    def _write_workbook(self, path: Path) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(path), options) as book:
            bold = book.add_format({"bold": True})
            about = book.add_worksheet("about")
            for place, line in enumerate(self.about().items()):
                about.write_row(place, 0, line)
            sheet, place = None, SHEET_ROWS
            for row in plain(self.table, self.rows):
                if place == SHEET_ROWS:
                    sheet, place = self._new_sheet(book, bold), 0
                place += 1
                assert sheet is not None
                for position, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(place, position, guarded(value))
                    elif value is not None:
                        sheet.write(place, position, value)
            if sheet is None:
                self._new_sheet(book, bold)

    def _new_sheet(self, book: Any, heading: Any) -> Any:
        number = len(book.worksheets())
        sheet = book.add_worksheet(self.table.name if number == 1 else f"{self.table.name} {number}")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, self.table.column_names(), heading)
        return sheet


def _gathered(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Blocks put together to about this size; each block ends with a whole line."""
    group = bytearray()
    for block in blocks:
        group += block
        if len(group) >= size:
            yield bytes(group)
            group.clear()
    if group:
        yield bytes(group)


def _parsed(lines: bytes, schema: pa.Schema) -> pa.Table:
    """CSV as Arrow's columns. Arrow never reads on by itself: its threads must not touch the database."""
    return arrow_csv.read_csv(
        io.BytesIO(lines),
        read_options=arrow_csv.ReadOptions(
            use_threads=False, column_names=schema.names, block_size=2 * GROUP_BYTES
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=schema,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
        ),
    )


class _Sink(io.RawIOBase):
    """A file to write to, from which what was written is taken away."""

    def __init__(self) -> None:
        self._parts, self._size = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts += part
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def taken(self) -> bytes:
        """What has been written since the last time."""
        taken = bytes(self._parts)
        self._parts.clear()
        return taken
