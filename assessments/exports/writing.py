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
from django.db.models import QuerySet, TextChoices
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from assessments.exports.reading import (
    BLOCK_BYTES,
    format_utc,
    iter_csv_blocks,
    iter_json_blocks,
    iter_plain_rows,
)
from assessments.exports.tables import ColumnKind, ExportTable
from documents.workbook_writer import (
    MIME_TYPE,
    USUAL_WIDTH,
    SheetColumn,
    WorkbookSheet,
    guard_formula,
    write_workbook,
)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Text that becomes one group of rows in Parquet; making one takes some ten times as much memory.
GROUP_BYTES = 2 * 1024 * 1024
ARROW_TYPES = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.WORDS: pa.string(),
    ColumnKind.ID: pa.string(),
    ColumnKind.NUMBER: pa.int64(),
    ColumnKind.SCALED: pa.float64(),
    ColumnKind.FACT: pa.bool_(),
    ColumnKind.TIME: pa.timestamp("us", tz="UTC"),
}


class ExportFormat(TextChoices):
    """The format of an exported file."""

    CSV = "csv", "CSV"
    JSON_LINES = "jsonl", "JSON lines"
    XLSX = "xlsx", "XLSX"
    PARQUET = "parquet", "Parquet"


CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON_LINES: "application/jsonl",
    ExportFormat.XLSX: MIME_TYPE,
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A table to export with its rows, how they were narrowed, and as of when."""

    table: ExportTable
    rows: QuerySet[Any, Any]
    filters: Mapping[str, str]
    moment: datetime

    def iter_blocks(self, form: ExportFormat) -> Generator[bytes, None, None]:
        """Yield the file, block by block."""
        match form:
            case ExportFormat.CSV:
                yield BYTE_ORDER_MARK
                yield from iter_csv_blocks(self.table, self.rows, guard=True)
            case ExportFormat.JSON_LINES:
                yield from iter_json_blocks(self.table, self.rows)
            case ExportFormat.PARQUET:
                yield from self._iter_parquet()
            case ExportFormat.XLSX:
                yield from self._iter_xlsx()

    def describe(self) -> dict[str, str]:
        """Describe what the file is, as of when, and by which filters."""
        told = ", ".join(f"{name}={value}" for name, value in self.filters.items())
        return {"table": self.table.name, "data_time": format_utc(self.moment), "filters": told or "none"}

    def _iter_parquet(self) -> Iterator[bytes]:
        schema = pa.schema(
            [(column.name, ARROW_TYPES[column.kind]) for column in self.table.columns],
            metadata=self.describe(),
        )
        lines = iter_csv_blocks(self.table, self.rows, guard=False)
        next(lines)  # the heading
        sink = _Sink()
        with parquet.ParquetWriter(sink, schema, compression="snappy") as writer:
            for group in _iter_groups(lines, GROUP_BYTES):
                writer.write_table(_parse_csv(group, schema))
                yield sink.take()
        yield sink.take()

    def _iter_xlsx(self) -> Iterator[bytes]:
        # A workbook is a ZIP archive whose parts come to light at the end, so it goes by way of a file.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.xlsx"
            self._write_workbook(path)
            with path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    yield block

    def _write_workbook(self, path: Path) -> None:
        lines = list(self.describe().items())
        about = WorkbookSheet([SheetColumn(width=USUAL_WIDTH)] * 2, lines, name="about")
        columns = [SheetColumn(name, width=USUAL_WIDTH) for name in self.table.list_column_names()]
        rows = (list(map(guard_formula, row)) for row in iter_plain_rows(self.table, self.rows))
        table = WorkbookSheet(columns, rows, name=self.table.name)
        write_workbook(path, [about, table], constant_memory=True)


def _iter_groups(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Yield blocks put together to about this size; each block ends with a whole line."""
    group = bytearray()
    for block in blocks:
        group += block
        if len(group) >= size:
            yield bytes(group)
            group.clear()
    if group:
        yield bytes(group)


def _parse_csv(lines: bytes, schema: pa.Schema) -> pa.Table:
    """Parse CSV as Arrow's columns. Arrow never reads on: its threads must not touch the database."""
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

    def take(self) -> bytes:
        """Return and forget what has been written since the last time."""
        taken = bytes(self._parts)
        self._parts.clear()
        return taken
