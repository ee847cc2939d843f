"""PDF files from typst templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst

from documents.fonts import load_typefaces

# Templates import "/page.typ" from here: paper, type sizes, colours, tables.
LAYOUT: Final = Path(__file__).resolve().parent / "layout"
# A document whose maker names no time; a fixed one, because repeats have to be byte-identical.
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)

# One compiler serves a process; it keeps the parsed fonts and layouts between documents.
_ONE_AT_A_TIME = Lock()


class Unset(Exception):
    """Failure of a template that does not fit its data, or asks for a font that is not shipped."""


@cache
def _get_compiler() -> typst.Compiler:
    return typst.Compiler(root=LAYOUT, font_paths=load_typefaces(), ignore_system_fonts=True)


@cache
def _read_source(template: Path) -> bytes:
    return template.read_bytes()


def render_pdf(template: Path, data: Mapping[str, Any], *, made_at: datetime = EPOCH) -> bytes:
    """Render the PDF of `template` with `data` (plain JSON; a drawing is its SVG text).

    The same template, data and `made_at` give the same bytes. The template reads its data by
    `#import "/page.typ": data`.
    """
    return run_typst(_read_source(template), {"data": json.dumps(data, ensure_ascii=False)}, made_at=made_at)


def run_typst(
    source: bytes, inputs: dict[str, str], *, made_at: datetime = EPOCH, ppi: float | None = None
) -> bytes:
    """Return what typst makes of `source`: a PDF, or a PNG of one page if `ppi` says how fine.

    Raises `Unset` for errors and also for warnings, such as an unknown font.
    """
    with _ONE_AT_A_TIME:
        try:
            made, warnings = _get_compiler().compile_with_warnings(
                input=source,
                format="png" if ppi else "pdf",
                ppi=ppi,
                sys_inputs=inputs,
                timestamp=int(made_at.timestamp()),
            )
        except typst.TypstError as error:
            raise Unset(error.diagnostic) from error
    if warnings:
        raise Unset("; ".join(warning.message for warning in warnings))
    if not isinstance(made, bytes):
        raise Unset("A picture has one page.")
    return made
