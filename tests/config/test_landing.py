"""The sign-in page's figures: right where they may be shown, and silent about fewer than five."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from benchmarks.models import Facility, Provenance, Tier
from companies.models import Company, Listing, Programme, Sector
from tests import factories

pytestmark = pytest.mark.django_db

SIZES = (8, 62, 75, 8)


def set_sizes(programme: Programme, sizes: tuple[int, ...]) -> None:
    """Make the programme have so many companies, and facilities at each of the three tiers."""
    companies, *facilities = sizes
    Listing.objects.all().delete()
    Company.objects.all().delete()
    for number in range(companies):
        factories.make_company(programme, number=number)
    Facility.objects.all().delete()
    sector = Sector.objects.first()
    assert sector is not None
    Facility.objects.bulk_create(
        Facility(
            code=f"{tier}-{number}",
            name="示例工厂",
            tier=tier,
            sector=sector,
            programme=programme,
            provenance=Provenance.SYNTHETIC,
            content="{}",
        )
        for tier, count in enumerate(facilities, Tier.WORKSHOP)
        for number in range(count)
    )


def read_section(client: Client, language: str = "en") -> bytes:
    """The section of the page with the staircase, without the values that differ for each request."""
    client.cookies["django_language"] = language
    response = client.get("/accounts/login/")
    assert response.status_code == 200
    found = re.search(rb'<section[^>]*aria-labelledby="stairs".*?</section>', response.content, re.S)
    assert found is not None
    return found[0]


def list_numbers(section: bytes) -> list[str]:
    """The numbers that the section states, dashes included."""
    return re.findall(r'class="n">\s*([^<\s]+)', section.decode())


def test_large_groups_are_shown_with_their_total(programme: Programme, client: Client) -> None:
    set_sizes(programme, SIZES)
    section = read_section(client)
    assert list_numbers(section) == ["8", "62", "75", "8"]
    assert b"8 pilot companies are compared with 145 reference facilities" in section


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("place", range(4))
def test_section_reads_the_same_whichever_tier_is_small(
    programme: Programme, client: Client, place: int, language: str
) -> None:
    """Small counts of 4, 3, 2 and 1 give the same bytes, and none of them is in the text."""
    sections = set()
    for small in (4, 3, 2, 1):
        sizes = (*SIZES[:place], small, *SIZES[place + 1 :])
        set_sizes(programme, sizes)
        sections.add(read_section(client, language))
        assert str(sum(sizes[1:])) not in re.sub(r"<[^>]*>", " ", read_section(client, language).decode())
    assert len(sections) == 1
    numbers = list_numbers(sections.pop())
    # The total of the facilities is known elsewhere, so no tier is shown beside a small one.
    assert numbers == (["–", "62", "75", "8"] if place == 0 else ["8", "–", "–", "–"])


def test_tier_without_facilities_reveals_nobody(programme: Programme, client: Client) -> None:
    set_sizes(programme, (8, 62, 75, 0))
    assert list_numbers(read_section(client)) == ["8", "62", "75", "0"]
