"""The bureau's pages, through the door: who sees what, what filters leave, what is escaped, what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Company, CompanyYear, Listing, Membership, Programme
from tests import factories
from tests.cohort.crowd import Crowd, make_crowd, make_release

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OVERVIEW = reverse("cohort:overview")
COMPANIES = reverse("cohort:companies")


@pytest.fixture
def crowd(programme: Programme) -> Crowd:
    return make_crowd(programme, 16)


@pytest.fixture
def visit(client: Client) -> Callable[..., str]:
    """Opens a page as somebody, in English; the text of the page, or the status where it is not 200."""

    def open_page(user: User | None, path: str, **headers: str) -> str:
        if user is not None:
            client.force_login(user, backend=BACKEND)
        response = client.get(path, headers={"accept-language": "en", **headers})
        return response.content.decode() if response.status_code == 200 else str(response.status_code)

    return open_page


def names_in(page: str) -> list[str]:
    """The companies named in the list, in order."""
    return re.findall(r'class="fw-bold"[^>]*>([^<]+)<', unescape(page))


def file_of(company: Company) -> str:
    return reverse("cohort:company", args=[company.pk])


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, Role.ASSESSOR])
def test_staff_of_the_whole_programme_see_all(role: Role, crowd: Crowd, visit: Callable[..., str]) -> None:
    user = factories.make_staff(crowd.programme, role)
    assert "16 companies" in visit(user, OVERVIEW)
    assert len(names_in(visit(user, COMPANIES))) == 16
    page = visit(user, file_of(crowd.known[7].company))
    assert "Rounds side by side" in page
    assert (
        reverse("assessments:result", args=[crowd.known[7].company.assessments.get(round=crowd.now).pk])
        in page
    )


def test_county_reviewer_sees_own_area_alone(crowd: Crowd, visit: Callable[..., str]) -> None:
    area = factories.make_division(crowd.programme.city, 2)
    user = factories.make_staff(crowd.programme, Role.COUNTY_REVIEWER, area=area)
    # A company in a functional area is reviewed there, not by its division.
    own = [
        known.company
        for known in crowd.known
        if known.company.division == area and known.company.functional_area is None
    ]
    assert sorted(names_in(visit(user, COMPANIES))) == sorted(company.name_en for company in own)
    assert f"{len(own)} companies" in visit(user, OVERVIEW)
    assert "Rounds side by side" in visit(user, file_of(own[0]))
    assert visit(user, file_of(crowd.known[0].company)) == "404"


def test_steward_sees_the_cohort_and_no_results(crowd: Crowd, visit: Callable[..., str]) -> None:
    user = factories.make_staff(crowd.programme, Role.STEWARD)
    known = next(known for known in crowd.known if known.run is not None)
    page = visit(user, COMPANIES)
    assert len(names_in(page)) == 16
    assert "Level, self" not in page
    assert "lz-pips" not in page
    assert file_of(known.company) not in page
    assert visit(user, file_of(known.company)) == "403"
    # Filters by result, and on the overview any filter, would tell what a single company got.
    assert len(names_in(visit(user, f"{COMPANIES}?level=0&tier=1&sort=-readiness"))) == 16
    overview = visit(user, OVERVIEW)
    narrowed = visit(user, f"{OVERVIEW}?q={known.company.credit_code}&sector=steel")
    assert re.findall(r"<dd>\s*\S+", overview) == re.findall(r"<dd>\s*\S+", narrowed)


def test_company_people_are_refused(crowd: Crowd, visit: Callable[..., str]) -> None:
    own, other = crowd.known[0].company, crowd.known[1].company
    owner = factories.make_member(own, "Alice")
    assert visit(owner, OVERVIEW) == "403"
    assert visit(owner, COMPANIES) == "403"
    assert visit(owner, file_of(own)) == "403"
    assert visit(owner, file_of(other)) == "404"


def test_administrator_is_refused_and_told_whose_permission_is_needed(
    crowd: Crowd, administrator: User, client: Client
) -> None:
    client.force_login(administrator, backend=BACKEND)
    for path in (OVERVIEW, COMPANIES, file_of(crowd.known[0].company)):
        response = client.get(path, headers={"accept-language": "en"})
        assert response.status_code == 403
        assert "Bureau officer" in response.content.decode()


def test_anonymous_is_sent_to_sign_in(crowd: Crowd, client: Client) -> None:
    for path in (OVERVIEW, COMPANIES, file_of(crowd.known[0].company)):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_expired_role_and_other_programme_are_out_of_reach(crowd: Crowd, visit: Callable[..., str]) -> None:
    city = factories.make_city("450300", "Guilin")
    elsewhere = factories.make_staff(factories.make_programme(city, "guilin"), Role.OFFICER, name="Elsewhere")
    assert "0 companies" in visit(elsewhere, OVERVIEW) or "No round" in visit(elsewhere, OVERVIEW)
    assert visit(elsewhere, f"{OVERVIEW}?programme={crowd.programme.code}") == "404"
    assert visit(elsewhere, file_of(crowd.known[0].company)) == "404"
    former = factories.make_staff(crowd.programme, Role.OFFICER, name="Former")
    former.programme_roles.update(expires_at=timezone.now() - timedelta(days=1))
    assert visit(former, OVERVIEW) == "403"


def test_owner_who_reviews_a_county_opens_no_file_outside_it(crowd: Crowd, visit: Callable[..., str]) -> None:
    area = factories.make_division(crowd.programme.city, 2)
    user = factories.make_staff(crowd.programme, Role.COUNTY_REVIEWER, area=area)
    own = crowd.known[3].company
    Membership.objects.create(user=user, company=own, role=Role.OWNER.value)
    assert visit(user, file_of(own)) == "403"


def test_every_panel_has_its_numbers_as_a_table_and_links(
    crowd: Crowd, officer: User, visit: Callable[..., str]
) -> None:
    page = visit(officer, OVERVIEW)
    for chart in ("chart-levels", "chart-tiers", "chart-scores", "chart-change"):
        assert f'data-src="{chart}"' in page
    assert page.count("Show as table") == 5
    for query in ("?level=target", "?risk=any", "?reached=accepted", "?division=450201", "?before="):
        assert COMPANIES + query in page
    assert "Synthetic benchmark data" in page
    assert "Provincial benchmark 68 to 82" in page
    assert "style=" not in page


def test_links_behind_figures_lead_to_as_many_companies(
    crowd: Crowd, officer: User, visit: Callable[..., str]
) -> None:
    page = unescape(visit(officer, f"{OVERVIEW}?reached=invited"))
    links = re.findall(rf'href="({COMPANIES}\?[^"]+)">(\d+)<', page)
    assert len(links) > 20
    for path, count in links:
        assert "reached=" in path
        assert len(names_in(visit(officer, path))) == int(count), path


def test_marks_of_charts_lead_to_as_many_companies(
    crowd: Crowd, officer: User, client: Client, visit: Callable[..., str]
) -> None:
    page = visit(officer, OVERVIEW)

    def listed(address: str) -> int:
        return int(client.get(address).context["page"].paginator.count)

    def data(chart: str) -> dict[str, Any]:
        found = re.search(rf'<script id="{chart}" type="application/json">(.*?)</script>', page)
        assert found is not None
        drawn: dict[str, Any] = json.loads(found[1])
        return drawn

    for chart in ("chart-levels", "chart-tiers"):
        for series, links in zip(data(chart)["series"], data(chart)["links"], strict=True):
            assert series["n"] == [listed(link) for link in links]
    scores = data("chart-scores")
    assert scores["counts"] == [listed(link) for link in scores["links"][0]]
    compared = sum(
        known.own is not None
        and known.own_before is not None
        and known.own.release_id == known.own_before.release_id
        for known in crowd.known
    )
    assert {listed(link) for links in data("chart-change")["links"] for link in links} == {compared}
    named = crowd.known[0].company
    Listing.objects.filter(company=named).update(provider_name="Provider")
    assert listed(f"{COMPANIES}?provider=none") == len(crowd.known) - 1


def test_no_notice_where_no_row_is_generated(
    programme: Programme, officer: User, visit: Callable[..., str]
) -> None:
    factories.make_assessment(factories.make_company(programme), factories.make_round(programme))
    make_release(programme, provenance="audited")
    assert "Synthetic" not in visit(officer, OVERVIEW)


def test_filter_bar_keeps_its_choice_and_htmx_gets_only_the_panels(
    crowd: Crowd, officer: User, client: Client
) -> None:
    client.force_login(officer, backend=BACKEND)
    path = f"{OVERVIEW}?round=T1&sector=steel&division=&level="
    whole = client.get(path, headers={"accept-language": "en"})
    assert '<option value="steel" selected>' in whole.content.decode()
    part = client.get(path, headers={"hx-request": "true", "hx-target": "panels", "accept-language": "en"})
    assert "<html" not in part.content.decode()
    assert "lz-kpis" in part.content.decode()
    assert part["HX-Push-Url"] == f"{OVERVIEW}?round=T1&sector=steel"
    assert "HX-Target" in part["Vary"]
    back = client.get(
        path, headers={"hx-request": "true", "hx-target": "panels", "hx-history-restore-request": "true"}
    )
    assert "<html" in back.content.decode()


def test_unknown_round_is_not_found(crowd: Crowd, officer: User, visit: Callable[..., str]) -> None:
    assert visit(officer, f"{OVERVIEW}?round=T9") == "404"


def test_filters_that_match_nothing_say_so(crowd: Crowd, officer: User, visit: Callable[..., str]) -> None:
    for path in (OVERVIEW, COMPANIES):
        page = visit(officer, f"{path}?sector=<script>alert(1)</script>")
        assert "No company matches these filters" in page
        assert "<script>alert" not in page
        assert "Clear all" in page


@pytest.mark.parametrize(
    ("searched", "found"),
    [
        ("柳江 齿轮", ["柳江力德齿轮有限公司"]),
        ("力德", ["柳江力德齿轮有限公司"]),
        ("LIDE gear", ["柳江力德齿轮有限公司"]),
        ("ｌｉｄｅ", ["柳江力德齿轮有限公司"]),
        ("100%", ["百分百100%汽配"]),
        ("_", []),
        ("91450200TE5T00901", ["柳江力德齿轮有限公司"]),
        ("没有这家", []),
    ],
)
def test_search_finds_chinese_latin_and_codes(
    searched: str, found: list[str], programme: Programme, officer: User, client: Client
) -> None:
    factories.make_round(programme)
    factories.make_company(
        programme, number=901, name="柳江力德齿轮有限公司", name_en="Liujiang Lide Gearworks"
    )
    factories.make_company(programme, number=902, name="百分百100%汽配")
    factories.make_company(programme, number=903, name="其他公司1000")
    client.force_login(officer, backend=BACKEND)
    response = client.get(COMPANIES, {"q": searched}, headers={"accept-language": "zh-hans"})
    assert names_in(response.content.decode()) == found


def test_names_are_escaped_everywhere(programme: Programme, officer: User, visit: Callable[..., str]) -> None:
    name = "<img src=x onerror=alert(1)>"
    company = factories.make_company(
        programme, name=name, contact_name="</script><b>", contact_phone="13800001234"
    )
    factories.make_assessment(
        company, factories.make_round(programme, opens_at=timezone.now() - timedelta(days=40))
    )
    for path in (OVERVIEW, COMPANIES, file_of(company), f"{COMPANIES}?q=%3Cimg"):
        page = visit(officer, path)
        assert "&lt;img" in page, path
        assert "<img" not in page
        assert "</script><b>" not in page


def test_list_is_ordered_and_paged_without_gaps(
    programme: Programme, officer: User, visit: Callable[..., str]
) -> None:
    make_crowd(programme, 60)
    for order in ("-readiness", "name", "-stage", "change", "-verified", "activity", "division", "bogus"):
        pages = [names_in(visit(officer, f"{COMPANIES}?sort={order}&page={page}")) for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [25, 25, 10]
        assert len({name for page in pages for name in page}) == 60
    shown = re.findall(r"<strong>([\d.]+)</strong>", visit(officer, f"{COMPANIES}?sort=-readiness"))
    assert [float(points) for points in shown] == sorted((float(points) for points in shown), reverse=True)
    assert names_in(visit(officer, f"{COMPANIES}?sort=name&page=99"))


def test_empty_states(programme: Programme, officer: User, visit: Callable[..., str]) -> None:
    assert "No round has been started yet" in visit(officer, OVERVIEW)
    assert "No round has been started yet" in visit(officer, COMPANIES)
    factories.make_round(programme)
    assert "No company is listed yet" in visit(officer, OVERVIEW)
    assert "No company is listed yet" in visit(officer, COMPANIES)
    factories.make_company(programme)
    assert "No company is scored yet" in visit(officer, OVERVIEW)


def test_file_shows_years_answers_and_history(
    scored: Assessment, officer: User, auditor: User, visit: Callable[..., str]
) -> None:
    company = scored.company
    company.contact_name, company.contact_phone = "蒙洁", "13800001234"
    company.save()
    CompanyYear.objects.create(company=company, year=2025, revenue_wan=14_200, employees=186)
    page = visit(officer, f"{file_of(company)}?dimension=D5")
    assert "¥142,000,000" in page
    assert "C06" in page
    assert "T0 self-assessed" in page
    assert "Chance of this tier or above" in page
    assert "do not reach a chance of 100%" in page
    assert scored.submissions.get().number in page
    assert "13800001234" in page
    assert "138****1234" in visit(auditor, file_of(company))


def test_file_of_a_company_without_a_round(
    programme: Programme, officer: User, visit: Callable[..., str]
) -> None:
    page = visit(officer, file_of(factories.make_company(programme)))
    assert "Results appear here" in page
    assert "not entered any figures" in page


@pytest.mark.parametrize("path", [OVERVIEW, COMPANIES, f"{OVERVIEW}?verified=1", f"{COMPANIES}?risk=any"])
def test_queries_do_not_grow_with_the_companies(
    path: str, programme: Programme, officer: User, client: Client
) -> None:
    client.force_login(officer, backend=BACKEND)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    crowd = make_crowd(programme, 30)
    queries()  # the first request reads content types and the like
    many = queries()
    kept = [crowd.known[place].company.pk for place in (2, 6, 7)]
    Listing.objects.exclude(company__in=kept).delete()
    assert queries() == many
    assert many <= 24


def test_queries_of_a_file_do_not_grow_with_its_history(crowd: Crowd, officer: User, client: Client) -> None:
    client.force_login(officer, backend=BACKEND)
    company = crowd.known[7].company

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(file_of(company)).status_code == 200
        return len(captured)

    queries()
    short = queries()
    for _ in range(20):
        record(CompanyAuditCode.COMPANY_CHANGED, company, by=officer, company_id=company.pk)
    assert queries() == short
