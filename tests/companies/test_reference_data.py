"""The lists that come with the product."""

from __future__ import annotations

import pytest

from companies.models import Area, KeyIndustry, Park, Programme, Sector
from companies.reference_data import UnknownProgramme, store_industry, store_programme

pytestmark = pytest.mark.django_db


def test_lists_hold_what_the_city_has() -> None:
    store_industry()
    programme, _added = store_programme("liuzhou-2024")

    divisions = Area.objects.filter(city=programme.city, kind=Area.Kind.DIVISION)
    tiles = set(divisions.values_list("tile_row", "tile_column"))
    assert divisions.count() == len(tiles) == 10
    assert divisions.get(code="450203").name_zh == "鱼峰区"
    assert Area.objects.filter(kind=Area.Kind.FUNCTIONAL).count() == 2
    parks = Park.objects.filter(city=programme.city)
    assert parks.count() == 13
    assert parks.get(name_zh="鹧鸪江钢铁深加工园").area == divisions.get(code="450205")
    assert KeyIndustry.objects.count() == 9
    assert programme.sectors.count() == Sector.objects.count() == 4


def test_storing_again_adds_nothing_and_keeps_corrections() -> None:
    store_industry()
    programme, _added = store_programme("liuzhou-2024")
    Programme.objects.filter(pk=programme.pk).update(name_zh="更正后的名称")

    assert store_industry() == 0
    same, added = store_programme("liuzhou-2024")

    assert (same.pk, added, same.name_zh) == (programme.pk, 0, "更正后的名称")


def test_unknown_programme_names_the_known_ones() -> None:
    with pytest.raises(UnknownProgramme) as caught:
        store_programme("atlantis-2030")

    assert caught.value.known == ["liuzhou-2024"]
