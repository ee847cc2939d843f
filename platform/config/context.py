"""What every template knows besides its own context."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.roles import Role, Verb, verbs_of
from companies.choosing import chosen
from companies.models import Programme, ProgrammeRole
from companies.models.scope import current


@dataclass(frozen=True, slots=True)
class Language:
    """The language that a page offers instead of its own."""

    code: str
    name: str
    site_name: str


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the staff navigation."""

    code: str
    icon: str
    name: str
    url: str


def other_language() -> Language:
    """English for Chinese pages and Chinese for all others, named in itself."""
    code, name = ("en", "English") if (get_language() or "").startswith("zh") else ("zh-hans", "中文")
    with override(code):
        return Language(code, name, _("Liuzhou AI Manufacturing Readiness"))


@dataclass(frozen=True, slots=True)
class Held:
    """The roles that a person holds in programmes today, in the order of the enumeration, and in which."""

    roles: list[Role]
    programmes: frozenset[uuid.UUID]

    @classmethod
    def by(cls, user: User) -> Held:
        """What this person holds; one query."""
        rows = ProgrammeRole.objects.filter(current(), user=user).values_list("role", "programme_id")
        held = set(rows)
        codes = {role for role, _programme in held}
        return cls(
            [role for role in Role if role.value in codes], frozenset(programme for _role, programme in held)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The programmes between which a person can switch, and the one that pages show now."""

    programmes: list[Programme]
    current: Programme


def programme_choice(request: HttpRequest, held: Held) -> Choice | None:
    """The choice for people who work for more than one programme; None for all others. One query."""
    if len(held.programmes) < 2:
        return None
    programmes = list(Programme.objects.filter(pk__in=held.programmes))
    named = request.GET.get("programme", "")
    code = named if any(programme.code == named for programme in programmes) else ""
    return Choice(programmes, chosen(request, programmes, code))


def staff_places(roles: list[Role]) -> list[Place]:
    """The parts of the staff side that these roles open."""
    verbs = verbs_of(roles)
    offered = [
        (Verb.SEE_COHORT, "overview", "layout-dashboard", _("Overview"), "cohort:overview"),
        (Verb.SEE_COHORT, "companies", "building-factory-2", _("Companies"), "cohort:companies"),
        (Verb.SEE_FLAGS, "queue", "clipboard-check", _("Review desk"), "cohort:queue"),
        (Verb.LOAD_COHORT, "files", "file-spreadsheet", _("Files"), "cohort:files"),
        (Verb.READ_MESSAGES, "messages", "message", _("Messages"), "cohort:messages"),
        (Verb.SEE_MODEL, "model", "ruler-measure", _("Benchmarks and model"), "benchmarks:overview"),
        (Verb.MANAGE_USERS, "people", "users", _("People and roles"), "people:list"),
        (Verb.SEE_PROGRAMME, "programme", "calendar", _("Programme and rounds"), "cohort:programme"),
        (Verb.SEE_COHORT, "costs", "coin", _("Typical costs of steps"), "cohort:costs"),
        (Verb.READ_BRIEFING, "briefing", "report", _("Monthly briefing"), "cohort:briefing"),
        (Verb.MANAGE_USERS, "api", "key", _("API keys"), "keys:list"),
        (Verb.SEE_AUDIT, "audit", "history", _("Who did what"), "audit_log:list"),
    ]
    return [
        Place(code, icon, name, url)
        for verb, code, icon, name, view in offered
        if verb in verbs and (url := _url(view))
    ]


def _url(view: str) -> str:
    """The address of a part of the site, empty where an installation does not have it."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def site(request: HttpRequest) -> dict[str, Any]:
    """Demonstration mode, the other language, and for staff where they may go (asked for only when used)."""
    user = getattr(request, "user", None)

    @cache
    def held() -> Held:
        return Held.by(user) if isinstance(user, User) else Held([], frozenset())

    def roles() -> list[Role]:
        return held().roles

    def own_layout() -> str:
        return "staff_base.html" if staff_places(roles()) else "company_base.html"

    @cache
    def unread_notices() -> int:
        return Notice.objects.visible_to(user).unread().count() if isinstance(user, User) else 0

    return {
        "demo": settings.DEMO,
        "other_language": other_language(),
        "return_path": request.get_full_path() if request.method == "GET" else request.path,
        "staff_places": SimpleLazyObject(lambda: staff_places(roles())),
        "staff_role": SimpleLazyObject(lambda: str(roles()[0].label) if roles() else ""),
        "programme_choice": SimpleLazyObject(lambda: programme_choice(request, held())),
        # The frame of pages that everybody has: a template calls these when it uses them.
        "own_layout": own_layout,
        "unread_notices": unread_notices,
        "needs_second_factor": SimpleLazyObject(lambda: settings.STAFF_SECOND_FACTOR and bool(roles())),
        "can_see_model": SimpleLazyObject(lambda: Verb.SEE_MODEL in verbs_of(roles())),
    }
