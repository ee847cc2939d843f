"""Reference lists that come with the product: sectors, key industries, and each city with its programmes.

The lists are JSON in `reference/`: `industry.json` for all cities, one further file per city. Divisions and
their codes are those of GB/T 2260; the nine key industries are the city's "3+3+X" system; a programme's
window is that of its notice. Storing adds what is missing and leaves alone what is there, so that names and
dates which the bureau has corrected stay as corrected.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from companies.models import Area, City, KeyIndustry, Park, Programme, Sector

FOLDER = Path(__file__).parent / "reference"
INDUSTRY = "industry.json"


class UnknownProgramme(LookupError):
    """A programme code that is not in the reference data; `known` are those that are."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(code)
        self.code = code
        self.known = known


@transaction.atomic
def store_industry() -> int:
    """Add the sectors and key industries that are missing; how many were added."""
    lists = _read(INDUSTRY)
    added = 0
    for position, row in enumerate(lists["sectors"], start=1):
        added += Sector.objects.get_or_create(code=row["code"], defaults=_build_names(row, position))[1]
    for position, row in enumerate(lists["key_industries"], start=1):
        added += KeyIndustry.objects.get_or_create(code=row["code"], defaults=_build_names(row, position))[1]
    return added


@transaction.atomic
def store_programme(code: str) -> tuple[Programme, int]:
    """Store the programme of that code; count rows added for it, its city and the city's areas.

    Raises `UnknownProgramme`. Sectors must be stored already.
    """
    known: list[str] = []
    for path in sorted(FOLDER.glob("*.json")):
        if path.name == INDUSTRY:
            continue
        lists = _read(path.name)
        for row in lists["programmes"]:
            known.append(row["code"])
            if row["code"] == code:
                city, added = _store_city(lists)
                programme, is_new = _store_programme(row, city)
                return programme, added + is_new
    raise UnknownProgramme(code, known)


def _store_city(lists: dict[str, Any]) -> tuple[City, int]:
    city, is_new = City.objects.get_or_create(
        code=lists["city"]["code"], defaults=_build_names(lists["city"], position=0)
    )
    added = int(is_new)
    for kind, key in ((Area.Kind.DIVISION, "divisions"), (Area.Kind.FUNCTIONAL, "functional_areas")):
        for position, row in enumerate(lists[key], start=1):
            tile_row, tile_column = row.get("tile", (None, None))
            added += Area.objects.get_or_create(
                city=city,
                code=row["code"],
                defaults={
                    **_build_names(row, position),
                    "kind": kind,
                    "tile_row": tile_row,
                    "tile_column": tile_column,
                },
            )[1]
    areas = {area.code: area for area in city.areas.all()}
    for position, row in enumerate(lists["parks"], start=1):
        details = {**_build_names(row, position), "area": areas.get(row.get("area", ""))}
        added += Park.objects.get_or_create(city=city, code=row["code"], defaults=details)[1]
    return city, added


def _store_programme(row: dict[str, Any], city: City) -> tuple[Programme, bool]:
    programme, is_new = Programme.objects.get_or_create(
        code=row["code"],
        defaults={
            "city": city,
            "name_en": row["en"],
            "name_zh": row["zh"],
            "starts_on": date.fromisoformat(row["starts_on"]),
            "ends_on": date.fromisoformat(row["ends_on"]),
            "target_level": row["target_level"],
        },
    )
    if is_new:
        programme.sectors.set(Sector.objects.filter(code__in=row["sectors"]))
    return programme, is_new


def _build_names(row: dict[str, Any], position: int) -> dict[str, Any]:
    return {"name_en": row["en"], "name_zh": row["zh"], "position": position}


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content
