"""Exports of whole tables: the same rows as CSV, JSON lines, XLSX and Parquet, streamed.

`tables` says what a row is, `reading` how rows leave the database, `writing` what becomes of them.
"""

from __future__ import annotations

from assessments.exports.tables import ANSWERS, SCORES, Column, Kind, Table
from assessments.exports.writing import CONTENT_TYPES, Export, Form

__all__ = ["ANSWERS", "CONTENT_TYPES", "SCORES", "Column", "Export", "Form", "Kind", "Table"]
