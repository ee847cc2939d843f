"""A result on paper and as a workbook. Everything starts from `assessments.results`, as the page does."""

from __future__ import annotations

from assessments.reports.result_pdf import render_result_pdf

__all__ = ["render_result_pdf"]
