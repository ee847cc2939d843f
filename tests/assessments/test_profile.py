"""The company's own profile: facts and the figures of three years, with what they were before."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment
from audit.models import AuditEvent
from companies.models import CompanyYear, YearRevision
from tests import factories
from tests.assessments.pages import sign_in

pytestmark = pytest.mark.django_db
LAST = timezone.localdate().year - 1
YEARS = (LAST - 2, LAST - 1, LAST)


@pytest.fixture
def page(assessment: Assessment) -> str:
    return reverse("assessments:profile", args=[assessment.pk])


def sent(client: Client, page: str, **changes: str) -> dict[str, str]:
    """What a browser sends back of the page, with changes."""
    context = client.get(page).context
    values = {"seen": context["seen"]}
    for form in (context["form"], context["years"]):
        values |= {
            name: str(value)
            for name in form.fields
            if (value := form[name].value()) is not None and value is not False
        }
    return values | changes


def test_owner_enters_three_years_and_the_record_names_them(
    client: Client, assessment: Assessment, owner: User, page: str
) -> None:
    sign_in(client, owner)
    figures = {f"revenue_wan_{year}": "2000.50" for year in YEARS}
    figures |= {f"employees_{year}": "80" for year in YEARS}
    figures |= {f"digital_spend_wan_{LAST}": "120"}

    assert client.post(page, sent(client, page, **figures)).status_code == 302

    stored = {row.year: row for row in CompanyYear.objects.filter(company=assessment.company)}
    assert set(stored) == set(YEARS)
    assert (stored[LAST].revenue_wan, stored[LAST].digital_spend_wan) == (Decimal("2000.50"), Decimal(120))
    assessment.company.refresh_from_db()
    assert assessment.company.size == "small"
    event = AuditEvent.objects.get(action="company.changed")
    assert (event.by, event.details["changed"]) == (owner, [f"year {year}" for year in YEARS])
    assert not YearRevision.objects.exists()


def test_figures_that_give_way_are_kept_and_a_field_can_be_emptied(
    client: Client, assessment: Assessment, owner: User, page: str
) -> None:
    CompanyYear.objects.create(company=assessment.company, year=LAST, revenue_wan=900, employees=30)
    sign_in(client, owner)

    client.post(page, sent(client, page, **{f"revenue_wan_{LAST}": "950", f"employees_{LAST}": ""}))

    row = CompanyYear.objects.get()
    assert (row.revenue_wan, row.employees) == (Decimal(950), None)
    before = YearRevision.objects.get()
    assert (before.year, before.revenue_wan, before.employees, before.changed_by) == (
        LAST,
        Decimal(900),
        30,
        owner,
    )
    shown = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "Earlier figures" in shown
    client.post(page, sent(client, page))
    assert YearRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({f"cost_wan_{LAST}": "-1"}, f"cost_wan_{LAST}", "Enter zero or more for cost"),
        ({f"energy_tce_{LAST}": "much"}, f"energy_tce_{LAST}", "number"),
        (
            {f"revenue_wan_{LAST}": "20000000", f"employees_{LAST}": "80"},
            f"revenue_wan_{LAST}",
            "check the unit",
        ),
        ({f"revenue_wan_{LAST - 2}": "100"}, f"revenue_wan_{LAST - 2}", "founded in"),
    ],
)
def test_wrong_figure_is_named_and_nothing_is_stored(
    client: Client,
    assessment: Assessment,
    owner: User,
    page: str,
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    assessment.company.founded_on = timezone.localdate().replace(year=LAST - 1, day=1)
    assessment.company.save()
    sign_in(client, owner)

    response = client.post(page, sent(client, page, **changes), headers={"accept-language": "en"})

    assert response.status_code == 422
    assert words in str(response.context["years"].errors[field])
    assert f'href="#id_{field}"' in response.content.decode()
    assert not CompanyYear.objects.exists()


def test_mistakes_are_said_without_rules_of_the_database(
    client: Client, assessment: Assessment, owner: User, page: str
) -> None:
    sign_in(client, owner)
    changes = {"machines_total": "10", "machines_digital": "11", "machines_networked": "12"}
    figures = {f"revenue_wan_{LAST}": "9" * 13, f"employees_{LAST}": "many"}
    client.cookies["django_language"] = "zh-hans"

    machines = client.post(page, sent(client, page, **changes)).content.decode()
    years = client.post(page, sent(client, page, **figures)).content.decode()

    assert "数字化设备数不能大于生产设备总数。" in machines
    assert "联网设备数不能大于生产设备总数。" in machines
    assert "companies_company_" not in machines
    assert f"{LAST} 年营业收入位数过多，请核对单位是否为万元。" in years
    assert f"{LAST} 年员工人数请填整数。" in years


def test_two_people_do_not_undo_each_other(
    client: Client, assessment: Assessment, owner: User, page: str
) -> None:
    sign_in(client, owner)
    first = sent(client, page, **{f"employees_{LAST}": "31"})
    second = sent(client, page, **{f"employees_{LAST}": "32"})
    client.post(page, first)

    assert client.post(page, second).status_code == 422

    assert CompanyYear.objects.get().employees == 31


def test_officer_sets_figures_right_in_the_company_file(
    client: Client, assessment: Assessment, officer: User
) -> None:
    page = reverse("cohort:profile", args=[assessment.company_id])
    sign_in(client, officer)
    assert client.post(page, sent(client, page, **{f"cost_wan_{LAST}": "77"})).status_code == 302
    assert CompanyYear.objects.get().cost_wan == 77


def test_members_read_and_do_not_change(client: Client, assessment: Assessment, page: str) -> None:
    member = factories.make_member(assessment.company, "Mia", Role.MEMBER)
    assert sign_in(client, member).get(page).status_code == 403
