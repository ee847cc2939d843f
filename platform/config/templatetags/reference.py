"""The description of the interface as prose."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    """Render paragraphs, lines with a star as a list, words in backticks as code; escape all else."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        bullets = [line[2:] for line in lines if line.startswith("* ")]
        plain = " ".join(line.strip() for line in lines if not line.startswith("* "))
        if plain:
            parts.append(f'<p class="mb-2">{coded(plain)}</p>')
        if bullets:
            parts.append(f'<ul class="mb-2">{_format_list(bullets)}</ul>')
    return mark_safe("".join(parts))  # noqa: S308 - every word went through escape


@register.filter
def coded(line: str) -> SafeString:
    """Render one line of it: words between backticks as code, all else escaped."""
    return mark_safe(re.sub("`([^`]*)`", _format_code, escape(line)))  # noqa: S308


def _format_code(found: re.Match[str]) -> str:
    """Format a value; one of no characters at all is shown with its quotation marks."""
    return f"<code>{found[1] or '&quot;&quot;'}</code>"


def _format_list(lines: Iterable[str]) -> str:
    return "".join(f"<li>{coded(line)}</li>" for line in lines)
