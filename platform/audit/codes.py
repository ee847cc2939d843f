"""The codes of the audit log: each app defines its own in `audit_codes.py`, and registers them at start.

A code that is no longer written stays in its class: stored rows have it, and keep their label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.db.models import TextChoices
from django.utils.functional import Promise

from audit.event_types import EventType


class AuditCode(TextChoices):
    """Base of an app's codes: the code as it is stored, the event if other programs are told, and the label."""

    event: EventType | None

    def __new__(cls, code: str, event: EventType | None = None) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.event = event
        return member


@dataclass(frozen=True, slots=True)
class AuditSubject:
    """A kind of object that something is done to: its label, and how other programs find it.

    `resource` is the list of the interface that has the object. An event that is about another object names in
    `told_of` the model of that one, and the field that holds its id.
    """

    label: Promise
    resource: str = ""
    told_of: tuple[str, str] | None = None


_codes: dict[str, AuditCode] = {}
_subjects: dict[str, AuditSubject] = {}


def register_audit_codes(codes: type[AuditCode], subjects: Mapping[str, AuditSubject]) -> None:
    """Register an app's codes, and its subjects by the label of their model.

    Raises `ValueError` for a code that another app has registered.
    """
    taken = [code.value for code in codes if _codes.get(code.value, code) is not code]
    if taken:
        raise ValueError(f"These audit codes are registered by another app: {', '.join(taken)}.")
    _codes.update({code.value: code for code in codes})
    _subjects.update(subjects)


def list_audit_codes() -> list[AuditCode]:
    """List the codes of all apps."""
    return list(_codes.values())


def map_audit_subjects() -> dict[str, AuditSubject]:
    """Map the label of each model that the log knows to what is known of it."""
    return dict(_subjects)


def get_action_label(action: str) -> str:
    """Return the label of a stored code, in the language in use; the code itself if no app knows it."""
    code = _codes.get(action)
    return action if code is None else str(code.label)


def get_subject_label(label: str) -> str:
    """Return the label of a kind of object by its model, in the language in use; the model's label otherwise."""
    subject = _subjects.get(label)
    return label if subject is None else str(subject.label)


def get_resource(label: str) -> str:
    """Return the list of the interface that has the objects of a model. Raises `KeyError` if none has."""
    resource = _subjects[label].resource
    if not resource:
        raise KeyError(f"The interface has no list of {label}.")
    return resource


def find_event_subject(label: str) -> tuple[str, str]:
    """Return the model that an event about an object of this model leads to, and the field with the id."""
    subject = _subjects.get(label)
    return subject.told_of if subject is not None and subject.told_of else (label, "pk")


def list_resources() -> list[str]:
    """List the lists of the interface that events lead to, by name."""
    return sorted(subject.resource for subject in _subjects.values() if subject.resource)
