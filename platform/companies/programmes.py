"""Changes to programmes, and new ones for further cities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission, Role
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import City, Programme, ProgrammeRole, Sector
from companies.permissions import Forbidden, permissions_in_programme, require

FIELDS = ("name_en", "name_zh", "starts_on", "ends_on", "target_level", "instrument_version")


class ProgrammeRefused(ValueError):
    """A programme that cannot be made or changed as asked; the text says why."""


def change(
    *, programme: Programme, values: Mapping[str, Any], sectors: Iterable[Sector], by: User
) -> list[str]:
    """Change what differs of `FIELDS` and of the sectors; the names of what changed.

    Raises `ProgrammeRefused` or `Forbidden`.
    """
    require(permissions_in_programme(by, programme), Permission.RUN_PROGRAMME)
    _check(values)
    with transaction.atomic():
        locked = Programme.objects.select_for_update().get(pk=programme.pk)
        changed = [name for name in FIELDS if name in values and getattr(locked, name) != values[name]]
        before = {name: str(getattr(locked, name)) for name in changed}
        for name in changed:
            setattr(locked, name, values[name])
        if changed:
            locked.save(update_fields=changed)
        chosen = set(sectors)
        if chosen != set(locked.sectors.all()):
            before["sectors"] = ", ".join(sorted(sector.code for sector in locked.sectors.all()))
            locked.sectors.set(chosen)
            changed.append("sectors")
        if changed:
            record(
                CompanyAuditCode.PROGRAMME_CHANGED,
                programme,
                by=by,
                programme_id=programme.pk,
                changed=changed,
                before=before,
            )
    for name in changed:
        if name != "sectors":
            setattr(programme, name, getattr(locked, name))
    return changed


def create(
    *,
    code: str,
    city: Mapping[str, str],
    values: Mapping[str, Any],
    sectors: Iterable[Sector],
    by: User,
) -> Programme:
    """Create a further programme, of a city that is there or a new one; `by` administers it.

    `city` has code, name_en and name_zh; for a city that is there only the code counts. `by` must be an
    administrator somewhere. Raises `ProgrammeRefused` or `Forbidden`.
    """
    if not Programme.objects.allowing(by, Permission.MANAGE_USERS).exists():
        raise Forbidden(Permission.MANAGE_USERS)
    _check(values)
    with transaction.atomic():
        if Programme.objects.filter(code=code).exists():
            raise ProgrammeRefused(_("There is a programme with this code already."))
        place, is_new = City.objects.get_or_create(
            code=city["code"], defaults={"name_en": city["name_en"], "name_zh": city["name_zh"]}
        )
        programme = Programme.objects.create(code=code, city=place, **values)
        programme.sectors.set(sectors)
        ProgrammeRole.objects.create(
            user=by, programme=programme, role=Role.ADMINISTRATOR.value, granted_by=by
        )
        record(
            CompanyAuditCode.PROGRAMME_CREATED, programme, by=by, programme_id=programme.pk, code=code, city=place.code,
            city_is_new=is_new,
        )  # fmt: skip
    return programme


def _check(values: Mapping[str, Any]) -> None:
    if values["ends_on"] <= values["starts_on"]:
        raise ProgrammeRefused(_("The programme ends after it starts."))
