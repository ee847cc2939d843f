"""The sentences of each kind of notice: each app has its own in `notice_templates.py`, and registers them at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.notice_kinds import NoticeKind

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """The sentences of one kind of notice, and how they are sent.

    `label` names the kind where people choose their e-mails. `subject` heads the e-mail, `title` the notice;
    `action` is on the button. A mandatory e-mail cannot be switched off. Where a score is spoken of, the line
    about generated reference facilities is added, unless the notice's parameter `is_synthetic` says that they
    are real.
    """

    label: Promise
    subject: Promise
    title: Promise
    body: Promise
    action: Promise
    is_mandatory: bool = False
    is_for_staff: bool = False
    mentions_score: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """The names that the sentences need."""
        texts = (self.subject, self.title, self.body)
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(str(text)))


_templates: dict[str, NoticeTemplate] = {}


def register_notice_templates(templates: Mapping[NoticeKind, NoticeTemplate]) -> None:
    """Register what an app's notices say. Raises `ValueError` for a kind that another app has registered."""
    taken = [
        kind.value for kind, template in templates.items() if _templates.get(kind, template) is not template
    ]
    if taken:
        raise ValueError(f"These notices are registered by another app: {', '.join(taken)}.")
    _templates.update({kind.value: template for kind, template in templates.items()})


def get_notice_template(kind: str) -> NoticeTemplate:
    """Return what the notices of a kind say. Raises `KeyError` if no app has registered it."""
    return _templates[kind]
