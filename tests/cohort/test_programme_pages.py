"""The pages of programmes, rounds, lists and versions, by every role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment, PublishedVersion, Round
from audit.models import AuditEvent
from companies.models import Area, Company, Listing, Park, Programme, ProgrammeRole
from instrument import CURRENT
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STAFF = [
    Role.OFFICER,
    Role.COUNTY_REVIEWER,
    Role.ASSESSOR,
    Role.STEWARD,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
]


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def desk(client: Client, officer: User) -> Client:
    client.force_login(officer, backend=BACKEND)
    return client


def staff(client: Client, programme: Programme, company: Company, role: Role) -> User:
    area = company.division if role is Role.COUNTY_REVIEWER else None
    user = factories.make_staff(programme, role, area=area)
    client.force_login(user, backend=BACKEND)
    return user


@pytest.mark.parametrize("role", STAFF)
def test_reading_is_for_all_staff_and_changing_for_some(
    client: Client, programme: Programme, company: Company, round_t0: Round, role: Role
) -> None:
    staff(client, programme, company, role)
    division = company.division
    runs, lists = {Role.OFFICER}, {Role.OFFICER, Role.ADMINISTRATOR}
    steward_sees = 404 if role is Role.STEWARD else 403
    place = reverse("cohort:roster", args=[company.pk])
    assert client.get(place).status_code == (200 if role in runs else steward_sees)
    for address in (
        reverse("cohort:programme"),
        reverse("cohort:round", args=[round_t0.pk]),
        reverse("cohort:round_progress", args=[round_t0.pk]),
        reverse("cohort:lists"),
        reverse("cohort:instruments"),
        reverse("cohort:instrument", args=[CURRENT]),
    ):
        assert client.get(address).status_code == 200, address
    for address, allowed in (
        (reverse("cohort:programme_edit", args=[programme.pk]), runs),
        (reverse("cohort:programme_create"), {Role.ADMINISTRATOR}),
        (reverse("cohort:round_open"), runs),
        (reverse("cohort:list_add", args=["parks"]), lists),
        (reverse("cohort:list_entry", args=["divisions", division.pk]), lists),
    ):
        assert client.get(address).status_code == (200 if role in allowed else 403), address
    for name in ("round_times", "round_freeze", "round_reopen", "round_add"):
        status = client.post(reverse(f"cohort:{name}", args=[round_t0.pk])).status_code
        assert (status != 403) == (role in runs), name
    status = client.post(reverse("cohort:instrument_publish", args=[CURRENT])).status_code
    assert (status != 403) == (role is Role.ADMINISTRATOR)


def test_officer_opens_a_round_with_one_request_and_sees_its_progress(
    desk: Client, programme: Programme, company: Company
) -> None:
    url = reverse("cohort:round_open")
    form = {"code": "T1", "opens_on": in_days(0), "deadline": in_days(30), "instrument_version": CURRENT}

    response = desk.post(url, form | {"closes_on": in_days(20)})
    assert response.status_code == 422
    assert not Round.objects.exists()
    response = desk.post(url, form | {"closes_on": in_days(40)}, follow=True)

    opened = Round.objects.get()
    assert opened.code == "T1"
    assert Job.objects.get().parameters == {"round": str(opened.pk)}
    assert not Assessment.objects.exists()
    assert "0/1" in response.content.decode()
    assert 'hx-get="' + reverse("cohort:round_progress", args=[opened.pk]) in response.content.decode()
    assert desk.post(url, form).status_code == 422  # T1 is no choice any more


def test_round_is_moved_frozen_and_reopened_from_its_page(desk: Client, round_t0: Round) -> None:
    def post(page: str, **form: str) -> int:
        return desk.post(reverse(f"cohort:{page}", args=[round_t0.pk]), form).status_code

    assert post("round_times", deadline=in_days(60), closes_on=in_days(60)) == 302
    round_t0.refresh_from_db()
    assert timezone.localdate(round_t0.deadline).isoformat() == in_days(60)
    assert post("round_freeze") == 302
    assert post("round_times", deadline=in_days(70)) == 422
    assert post("round_reopen", deadline=in_days(70), reason="") == 422
    assert post("round_reopen", deadline=in_days(70), reason="Flood") == 302
    round_t0.refresh_from_db()
    assert not round_t0.is_frozen


def test_extension_merger_and_leaving_from_the_place_of_a_company(
    desk: Client, assessment: Assessment, company: Company, other_company: Company, programme: Programme
) -> None:
    def post(page: str, **form: str) -> int:
        return desk.post(reverse(f"cohort:{page}", args=[company.pk]), form).status_code

    extension = {"assessment": str(assessment.pk), "until": in_days(90)}
    assert post("roster_extend", **extension) == 422
    assert post("roster_extend", **extension, reason="Flood") == 302
    assessment.refresh_from_db()
    assert assessment.extension_reason == "Flood"
    assert post("roster_extend", assessment=str(assessment.pk), withdraw="1") == 302
    assert post("roster_extend", assessment="no-id", until=in_days(90), reason="Flood") == 404
    assert post("roster_rename", name="柳州新名有限公司", name_en="", on=in_days(0)) == 302
    place = {"programme": programme.code}
    assert post("roster_leave", **place, on=in_days(3), reason="Moved") == 422
    assert post("roster_leave", **place, on=in_days(0), reason="Moved") == 302
    assert post("roster_return", **place, reason="Back") == 302
    merger = {"on": in_days(0), "reason": "Takeover"}
    assert post("roster_merge", **merger, into="91350100M000100Y43") == 422
    assert post("roster_merge", **merger, into=other_company.credit_code.lower()) == 302
    company.refresh_from_db()
    assert company.merged_into == other_company
    page = desk.get(reverse("cohort:company", args=[other_company.pk])).content.decode()
    assert reverse("cohort:company", args=[company.pk]) in page
    page = desk.get(reverse("cohort:company", args=[company.pk])).content.decode()
    assert "Takeover" in page
    assert other_company.name in page


def test_programme_is_changed_and_the_change_recorded(desk: Client, programme: Programme) -> None:
    url = reverse("cohort:programme_edit", args=[programme.pk])
    form = {
        "name_zh": "试点二",
        "name_en": "Second pilot",
        "starts_on": "2025-01-01",
        "ends_on": "2026-12-31",
        "target_level": "3",
        "sectors": [str(factories.make_sector("steel").pk)],
        "instrument_version": "",
    }
    assert desk.post(url, form | {"ends_on": "2024-12-31"}).status_code == 422
    assert desk.post(url, form).status_code == 302
    programme.refresh_from_db()
    assert (programme.name_en, programme.target_level) == ("Second pilot", 3)
    assert [sector.code for sector in programme.sectors.all()] == ["steel"]
    assert AuditEvent.objects.get(action="programme.changed").details["before"]["target_level"] == "2"


def test_two_cities_side_by_side(desk: Client, officer: User, programme: Programme, company: Company) -> None:
    """Whoever works for two cities switches between them, and each shows its own areas, rounds and companies."""
    guilin = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2025")
    factories.make_division(guilin.city, 9)
    theirs = factories.make_round(guilin, "T0")
    factories.make_company(guilin, number=50, name="桂林机械有限公司")
    strange = reverse("cohort:round", args=[theirs.pk])
    assert desk.get(strange).status_code == 404
    assert desk.post(reverse("cohort:programme_switch"), {"programme": guilin.code}).status_code == 404
    assert "guilin-2025" not in desk.get(reverse("cohort:programme")).content.decode()

    ProgrammeRole.objects.create(user=officer, programme=guilin, role=Role.OFFICER.value)

    assert 'class="lz-programme"' in desk.get(reverse("cohort:programme")).content.decode()
    assert desk.post(reverse("cohort:programme_switch"), {"programme": guilin.code}).status_code == 302
    lists = desk.get(reverse("cohort:lists")).content.decode()
    assert "450309" in lists
    assert "450201" not in lists
    companies = desk.get(reverse("cohort:companies")).content.decode()
    assert "桂林机械有限公司" in companies
    assert company.name not in companies
    # What the address names wins over the choice in the head.
    companies = desk.get(reverse("cohort:companies"), {"programme": programme.code}).content.decode()
    assert "桂林机械有限公司" not in companies
    assert desk.get(strange).status_code == 200


def test_administrator_makes_a_programme_of_another_city(
    client: Client, programme: Programme, administrator: User
) -> None:
    client.force_login(administrator, backend=BACKEND)
    form = {
        "code": "guilin-2025",
        "name_zh": "桂林试点",
        "name_en": "Pilot of Guilin",
        "city_code": "450300",
        "city_name_zh": "桂林市",
        "city_name_en": "Guilin",
        "starts_on": "2025-01-01",
        "ends_on": "2027-12-31",
        "target_level": "2",
        "sectors": [str(factories.make_sector("steel").pk)],
    }
    response = client.post(reverse("cohort:programme_create"), form, follow=True)
    made = Programme.objects.get(code="guilin-2025")
    assert made.city.name_en == "Guilin"
    assert "桂林试点" in response.content.decode()
    assert ProgrammeRole.objects.get(programme=made).user == administrator
    assert client.post(reverse("cohort:programme_create"), form).status_code == 422


def test_code_in_use_stays_and_entries_retire_instead_of_going(
    desk: Client, company: Company, programme: Programme
) -> None:
    division = company.division
    url = reverse("cohort:list_entry", args=["divisions", division.pk])
    form = {"name_zh": "新名区", "name_en": "Renamed", "tile_row": "1", "tile_column": "2"}
    assert desk.post(url, form | {"code": "other"}).status_code == 302
    code = division.code
    division.refresh_from_db()
    assert (division.name_en, division.code) == ("Renamed", code)
    assert desk.post(url, {"retired": "1"}).status_code == 302
    division.refresh_from_db()
    assert division.is_retired
    assert Company.objects.get(pk=company.pk).division == division
    assert desk.post(url, {"retired": "0"}).status_code == 302
    assert {event.action for event in AuditEvent.objects.filter(subject_id=str(division.pk))} == {
        "list.entry_changed",
        "list.entry_retired",
        "list.entry_restored",
    }


def test_entry_is_added_once_and_unused_codes_can_change(desk: Client, programme: Programme) -> None:
    url = reverse("cohort:list_add", args=["parks"])
    form = {"code": "hexi", "name_zh": "河西高新区", "name_en": "Hexi", "area": ""}
    assert desk.post(url, form).status_code == 302
    assert desk.post(url, form).status_code == 422
    park = Park.objects.get()
    entry = reverse("cohort:list_entry", args=["parks", park.pk])
    assert desk.post(entry, form | {"code": "hexi-1", "position": "3"}).status_code == 302
    park.refresh_from_db()
    assert (park.code, park.position) == ("hexi-1", 3)


def test_lists_of_another_city_are_not_found(desk: Client, programme: Programme) -> None:
    elsewhere = factories.make_division(factories.make_city("450300", "Guilin"))
    url = reverse("cohort:list_entry", args=["divisions", elsewhere.pk])
    assert desk.get(url).status_code == 404
    assert desk.post(url, {"retired": "1"}).status_code == 404
    assert not Area.objects.get(pk=elsewhere.pk).is_retired


def test_version_whose_files_changed_is_not_published_and_not_offered(
    client: Client, programme: Programme, administrator: User
) -> None:
    client.force_login(administrator, backend=BACKEND)
    publish = reverse("cohort:instrument_publish", args=[CURRENT])
    assert client.post(publish).status_code == 302
    row = PublishedVersion.objects.get()
    assert row.published_by == administrator
    client.post(publish)
    assert AuditEvent.objects.filter(action="instrument.published").count() == 1
    PublishedVersion.objects.update(sha256="0" * 64)
    page = client.get(reverse("cohort:instruments")).content.decode()
    assert "不再提供使用" in page
    assert "未发布" in client.post(publish, follow=True).content.decode()
    assert client.post(reverse("cohort:instrument_publish", args=["..%2f"])).status_code == 404


def test_listing_that_ended_shows_on_the_file(desk: Client, company: Company, round_t0: Round) -> None:
    Listing.objects.update(ended_on=timezone.localdate(), end_kind="left", end_reason="Moved away")
    assert "Moved away" in desk.get(reverse("cohort:company", args=[company.pk])).content.decode()
