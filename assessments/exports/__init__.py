"""Exports of whole tables: the same rows as CSV, JSON lines, XLSX and Parquet, streamed.

`tables` says what a row is, `reading` how rows leave the database, `writing` what becomes of them.
"""

from __future__ import annotations

from assessments.exports.tables import ANSWERS, SCORES, ColumnKind, ExportColumn, ExportTable
from assessments.exports.writing import CONTENT_TYPES, Export, ExportFormat

__all__ = [
    "ANSWERS",
    "CONTENT_TYPES",
    "SCORES",
    "ColumnKind",
    "Export",
    "ExportColumn",
    "ExportFormat",
    "ExportTable",
]
