"""Adding and changing companies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from audit.models import AuditEvent
from companies import actions
from companies.models import Company, Listing, Programme
from companies.permissions import Forbidden
from companies.profile import InvalidProfile, YearFigures
from companies.size import SizeClass
from tests import factories

pytestmark = pytest.mark.django_db
FULL_WIDTH_CODE = "９１３５０１００ｍ０００ 100y43"
CODE = "91350100M000100Y43"
WRONG_CHECK = "91350100M000100Y44"


def profile(programme: Programme, **fields: Any) -> dict[str, Any]:
    return {
        "credit_code": CODE,
        "name": "示例有限公司",
        "division": factories.make_division(programme.city),
        "sector": factories.make_sector(),
        **fields,
    }


def test_create_normalises_the_code_and_lists_the_company(programme: Programme, officer: User) -> None:
    company = actions.create(
        programme=programme,
        profile=profile(programme, credit_code=FULL_WIDTH_CODE),
        years=[YearFigures(year=2024, employees=68, revenue_wan=Decimal(4200))],
        by=officer,
    )

    company.refresh_from_db()
    assert company.credit_code == CODE
    assert company.size == SizeClass.SMALL
    assert Listing.objects.filter(company=company, programme=programme).exists()
    recorded = set(AuditEvent.objects.filter(company_id=company.pk).values_list("action", flat=True))
    assert recorded == {"company.created", "company.listed"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91350100M000100Y4", "has 17"),
        ("91350100M000100YO3", "“O” does not occur"),
        (WRONG_CHECK, "should be 3"),
    ],
)
def test_create_with_wrong_code_says_what_is_wrong_and_stores_nothing(
    programme: Programme, code: str, said: str
) -> None:
    with translation.override("en"), pytest.raises(InvalidProfile) as caught:
        actions.create(programme=programme, profile=profile(programme, credit_code=code), by=None)

    assert said in caught.value.problems[0].message
    assert not Company.objects.exists()


def test_create_with_accepted_check_character_is_recorded(programme: Programme) -> None:
    company = actions.create(
        programme=programme,
        profile=profile(programme, credit_code=WRONG_CHECK),
        by=None,
        accept_check_character=True,
    )

    assert AuditEvent.objects.filter(
        action="company.check_character_accepted", company_id=company.pk
    ).exists()


def test_accepting_check_characters_does_not_accept_a_wrong_alphabet(programme: Programme) -> None:
    with pytest.raises(InvalidProfile):
        actions.create(
            programme=programme,
            profile=profile(programme, credit_code="91350100M000100YO3"),
            by=None,
            accept_check_character=True,
        )


def test_create_with_more_digital_machines_than_machines_is_refused(programme: Programme) -> None:
    with pytest.raises(InvalidProfile) as caught:
        actions.create(
            programme=programme, profile=profile(programme, machines_total=4, machines_digital=5), by=None
        )

    assert caught.value.problems[0].field == "machines_digital"


def test_create_with_functional_area_as_division_is_refused(programme: Programme) -> None:
    area = factories.make_functional_area(programme.city)

    with pytest.raises(InvalidProfile) as caught:
        actions.create(programme=programme, profile=profile(programme, division=area), by=None)

    assert [problem.field for problem in caught.value.problems] == ["division"]


def test_update_with_nothing_new_records_nothing(company: Company) -> None:
    before = AuditEvent.objects.count()

    changed = actions.update(company=company, changes={"name": company.name}, by=None)

    assert changed == []
    assert AuditEvent.objects.count() == before


def test_update_recomputes_the_size_class(company: Company) -> None:
    actions.update(
        company=company,
        changes={"main_products": "支架"},
        years=[YearFigures(year=2025, employees=320, revenue_wan=Decimal(2500))],
        by=None,
    )

    company.refresh_from_db()
    assert company.size == SizeClass.MEDIUM


def test_update_leaves_figures_that_are_not_given(company: Company) -> None:
    actions.update(
        company=company,
        changes={},
        years=[YearFigures(year=2025, employees=30, cost_wan=Decimal(5))],
        by=None,
    )

    actions.update(company=company, changes={}, years=[YearFigures(year=2025, employees=31)], by=None)

    row = company.years.get(year=2025)
    assert (row.employees, row.cost_wan) == (31, Decimal(5))


def test_update_by_a_stranger_is_forbidden(company: Company, stranger: User) -> None:
    with pytest.raises(Forbidden):
        actions.update(company=company, changes={"name": "别的名称"}, by=stranger)
