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
from accounts.roles import Permission, Role, combine_permissions
from companies.choosing import get_chosen_programme
from companies.models import Programme, ProgrammeRole
from companies.models.scope import build_current_condition


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


def get_other_language() -> Language:
    """Return English for Chinese pages and Chinese for all others, named in itself."""
    code, name = ("en", "English") if (get_language() or "").startswith("zh") else ("zh-hans", "中文")
    with override(code):
        return Language(code, name, _("Liuzhou AI Manufacturing Readiness"))


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """The roles that a person holds in programmes today, in the order of the enumeration, and in which."""

    roles: list[Role]
    programmes: frozenset[uuid.UUID]

    @classmethod
    def load(cls, user: User) -> HeldRoles:
        """Load what this person holds; one query."""
        rows = ProgrammeRole.objects.filter(build_current_condition(), user=user).values_list(
            "role", "programme_id"
        )
        held = set(rows)
        codes = {role for role, _programme in held}
        return cls(
            [role for role in Role if role.value in codes], frozenset(programme for _role, programme in held)
        )


@dataclass(frozen=True, slots=True)
class ProgrammeChoice:
    """The programmes between which a person can switch, and the one that pages show now."""

    programmes: list[Programme]
    current: Programme


def find_programme_choice(request: HttpRequest, held: HeldRoles) -> ProgrammeChoice | None:
    """Find the choice for people who work for several programmes; None for all others. One query."""
    if len(held.programmes) < 2:
        return None
    programmes = list(Programme.objects.filter(pk__in=held.programmes))
    named = request.GET.get("programme", "")
    code = named if any(programme.code == named for programme in programmes) else ""
    return ProgrammeChoice(programmes, get_chosen_programme(request, programmes, code))


def list_staff_places(roles: list[Role]) -> list[Place]:
    """List the parts of the staff side that these roles open."""
    verbs = combine_permissions(roles)
    offered = [
        (Permission.SEE_COHORT, "overview", "layout-dashboard", _("Overview"), "cohort:overview"),
        (Permission.SEE_COHORT, "companies", "building-factory-2", _("Companies"), "cohort:companies"),
        (Permission.SEE_FLAGS, "queue", "clipboard-check", _("Review desk"), "cohort:queue"),
        (Permission.LOAD_COHORT, "files", "file-spreadsheet", _("Data import"), "cohort:files"),
        (Permission.READ_MESSAGES, "messages", "message", _("Messages"), "cohort:messages"),
        (Permission.SEE_MODEL, "model", "ruler-measure", _("Benchmarks and model"), "benchmarks:overview"),
        (Permission.MANAGE_USERS, "people", "users", _("People and roles"), "people:list"),
        (Permission.SEE_PROGRAMME, "programme", "calendar", _("Programme and rounds"), "cohort:programme"),
        (Permission.SEE_COHORT, "costs", "coin", _("Reference costs of upgrades"), "cohort:costs"),
        (Permission.READ_BRIEFING, "briefing", "report", _("Monthly briefing"), "cohort:briefing"),
        (Permission.MANAGE_USERS, "api", "key", _("API keys"), "keys:list"),
        (Permission.SEE_AUDIT, "audit", "history", _("Audit log"), "audit_log:list"),
    ]
    return [
        Place(code, icon, name, url)
        for verb, code, icon, name, view in offered
        if verb in verbs and (url := _resolve_url(view))
    ]


def _resolve_url(view: str) -> str:
    """Return the address of a part of the site, empty where an installation does not have it."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def site(request: HttpRequest) -> dict[str, Any]:
    """Give demonstration mode, the other language, and where staff may go (asked for only when used)."""
    user = getattr(request, "user", None)

    @cache
    def load_held_roles() -> HeldRoles:
        return HeldRoles.load(user) if isinstance(user, User) else HeldRoles([], frozenset())

    def list_roles() -> list[Role]:
        return load_held_roles().roles

    def choose_layout() -> str:
        return "staff_base.html" if list_staff_places(list_roles()) else "company_base.html"

    @cache
    def count_unread_notices() -> int:
        return Notice.objects.visible_to(user).filter_unread().count() if isinstance(user, User) else 0

    return {
        "demo": settings.DEMO,
        "other_language": get_other_language(),
        "return_path": request.get_full_path() if request.method == "GET" else request.path,
        "staff_places": SimpleLazyObject(lambda: list_staff_places(list_roles())),
        "staff_role": SimpleLazyObject(lambda: str(list_roles()[0].label) if list_roles() else ""),
        "programme_choice": SimpleLazyObject(lambda: find_programme_choice(request, load_held_roles())),
        # The frame of pages that everybody has: a template calls these when it uses them.
        "own_layout": choose_layout,
        "unread_notices": count_unread_notices,
        "needs_second_factor": SimpleLazyObject(lambda: settings.STAFF_SECOND_FACTOR and bool(list_roles())),
        "can_see_model": SimpleLazyObject(lambda: Permission.SEE_MODEL in combine_permissions(list_roles())),
    }
