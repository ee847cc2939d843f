"""The lists that the bureau keeps: areas, parks, sectors and key industries.

A code that something refers to never changes, and nothing is deleted: what is no longer wanted is retired,
so that companies and past figures keep their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Area, City, Company, KeyIndustry, Park, Programme, ProgrammeRole, Sector
from companies.models.reference import Named
from companies.permissions import permissions_in_programme, require


class ListKind(StrEnum):
    """The lists that the bureau keeps."""

    DIVISION = "divisions"
    FUNCTIONAL = "functional-areas"
    PARK = "parks"
    SECTOR = "sectors"
    INDUSTRY = "key-industries"


class EntryRefused(ValueError):
    """An entry that cannot be made or changed as asked; the text says why."""


Entry = Area | Park | Sector | KeyIndustry


def list_entries(kind: ListKind, city: City) -> models.QuerySet[Any]:
    """List the entries of a list in its order; sectors and key industries are those of all cities."""
    match kind:
        case ListKind.DIVISION:
            return Area.objects.filter(city=city, kind=Area.Kind.DIVISION)
        case ListKind.FUNCTIONAL:
            return Area.objects.filter(city=city, kind=Area.Kind.FUNCTIONAL)
        case ListKind.PARK:
            return Park.objects.filter(city=city).select_related("area")
        case ListKind.SECTOR:
            return Sector.objects.all()
        case ListKind.INDUSTRY:
            return KeyIndustry.objects.all()


def is_used(entry: Named) -> bool:
    """Return whether a company, role, park or programme refers to the entry, so that its code stays."""
    if isinstance(entry, Area):
        return (
            Company.objects.filter(models.Q(division=entry) | models.Q(functional_area=entry)).exists()
            or ProgrammeRole.objects.filter(area=entry).exists()
            or Park.objects.filter(area=entry).exists()
        )
    if isinstance(entry, Park):
        return Company.objects.filter(park=entry.name_zh, division__city=entry.city).exists()
    if isinstance(entry, Sector):
        return (
            Company.objects.filter(sector=entry).exists() or Programme.objects.filter(sectors=entry).exists()
        )
    return Company.objects.filter(key_industry=entry.pk).exists()


def add(*, kind: ListKind, programme: Programme, values: Mapping[str, Any], by: User) -> Entry:
    """Add an entry at the end of its list. Raises `EntryRefused` or `Forbidden`."""
    require(permissions_in_programme(by, programme), Permission.EDIT_LISTS)
    present = list_entries(kind, programme.city)
    with transaction.atomic():
        if present.filter(code=values["code"]).exists() or (
            kind in (ListKind.DIVISION, ListKind.FUNCTIONAL)
            and Area.objects.filter(city=programme.city, code=values["code"]).exists()
        ):
            raise EntryRefused(_("There is an entry with this code already."))
        last = present.aggregate(last=models.Max("position"))["last"] or 0
        entry: Entry = _build_entry(kind, programme.city)
        for name, value in values.items():
            setattr(entry, name, value)
        entry.position = last + 1
        entry.save()
        record(
            CompanyAuditCode.LIST_ENTRY_ADDED,
            entry,
            by=by,
            programme_id=programme.pk,
            list=kind.value,
            code=entry.code,
        )
    return entry


def change(
    *, kind: ListKind, programme: Programme, entry: Entry, values: Mapping[str, Any], by: User
) -> list[str]:
    """Change what differs; the names of what changed. Raises `EntryRefused` or `Forbidden`."""
    require(permissions_in_programme(by, programme), Permission.EDIT_LISTS)
    with transaction.atomic():
        locked: Entry = list_entries(kind, programme.city).select_for_update(of=("self",)).get(pk=entry.pk)
        changed = [name for name, value in values.items() if getattr(locked, name) != value]
        used = is_used(locked) if {"code", "name_zh"} & set(changed) else False
        if "code" in changed:
            if used:
                raise EntryRefused(_("The code is in use and stays as it is."))
            if list_entries(kind, programme.city).filter(code=values["code"]).exists():
                raise EntryRefused(_("There is an entry with this code already."))
        if "name_zh" in changed and kind is ListKind.PARK and used:
            raise EntryRefused(_("Companies name the park by its Chinese name, which therefore stays."))
        if not changed:
            return []
        before = {name: str(getattr(locked, name)) for name in changed}
        for name in changed:
            setattr(locked, name, values[name])
        locked.save(update_fields=changed)
        record(
            CompanyAuditCode.LIST_ENTRY_CHANGED,
            entry,
            by=by,
            programme_id=programme.pk,
            list=kind.value,
            before=before,
        )
    return changed


def set_retired(*, kind: ListKind, programme: Programme, entry: Entry, retired: bool, by: User) -> bool:
    """Take an entry out of the choices or put it back; False if it is so already. Raises `Forbidden`."""
    require(permissions_in_programme(by, programme), Permission.EDIT_LISTS)
    with transaction.atomic():
        now = timezone.now()
        rows = list_entries(kind, programme.city).filter(pk=entry.pk, retired_at__isnull=retired)
        if not rows.update(retired_at=now if retired else None):
            return False
        action = CompanyAuditCode.LIST_ENTRY_RETIRED if retired else CompanyAuditCode.LIST_ENTRY_RESTORED
        record(action, entry, by=by, programme_id=programme.pk, list=kind.value, code=entry.code)
    return True


def _build_entry(kind: ListKind, city: City) -> Entry:
    match kind:
        case ListKind.DIVISION:
            return Area(city=city, kind=Area.Kind.DIVISION)
        case ListKind.FUNCTIONAL:
            return Area(city=city, kind=Area.Kind.FUNCTIONAL)
        case ListKind.PARK:
            return Park(city=city)
        case ListKind.SECTOR:
            return Sector()
        case ListKind.INDUSTRY:
            return KeyIndustry()
