"""Filling the sentences of a notice: what is kept, and how it is shown in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, override

from accounts.models import Notice
from accounts.notice_registry import get_notice_template
from instrument.text import Text


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """The sentences of one notice in the language in use, and whether its score is of generated data."""

    subject: str
    title: str
    body: str
    action: str
    is_synthetic: bool
    is_mandatory: bool


def build_notice_message(notice: Notice) -> NoticeMessage:
    """Build what a notice says, in the language in use."""
    words = get_notice_template(notice.kind)
    values = {name: format_notice_value(value) for name, value in notice.parameters.items()}
    return NoticeMessage(
        subject=str(words.subject) % values,
        title=str(words.title) % values,
        body=str(words.body) % values,
        action=str(words.action),
        is_synthetic=words.mentions_score and notice.parameters.get("is_synthetic", True),
        is_mandatory=words.is_mandatory,
    )


def encode_notice_value(value: Any) -> Any:
    """Return a value as it is kept: plain where it is the same in both languages, else in both."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, str | int):
        return value
    if isinstance(value, Text):
        return {"en": value.en, "zh-hans": value.zh_hans}
    both = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            both[code] = str(value)
    return both


def format_notice_value(value: Any) -> str:
    """Format a kept value in the language that is in use."""
    if not isinstance(value, Mapping):
        return str(value)
    if "moment" in value:
        moment = parse_datetime(value["moment"])
        return date_format(timezone.localtime(moment), "DATE_FORMAT") if moment else ""
    if "day" in value:
        day = parse_date(value["day"])
        return date_format(day, "DATE_FORMAT") if day else ""
    return str(value.get(get_language() or "en") or value["en"])
