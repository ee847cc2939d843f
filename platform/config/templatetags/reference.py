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
    """Paragraphs, lines that begin with a star as a list, words between backticks as code; all else is escaped."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        bullets = [line[2:] for line in lines if line.startswith("* ")]
        plain = " ".join(line.strip() for line in lines if not line.startswith("* "))
        if plain:
            parts.append(f'<p class="mb-2">{_coded(plain)}</p>')
        if bullets:
            parts.append(f'<ul class="mb-2">{_listed(bullets)}</ul>')
    return mark_safe("".join(parts))  # noqa: S308 - every word went through escape


def _listed(lines: Iterable[str]) -> str:
    return "".join(f"<li>{_coded(line)}</li>" for line in lines)


def _coded(line: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(line))
