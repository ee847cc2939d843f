"""The audit log: who reads it, narrowing, paging, taking it along, and that nothing changes it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Company, Programme
from tests import factories

pytestmark = pytest.mark.django_db
CHANGED, LOGGED = CompanyAuditCode.COMPANY_CHANGED, CompanyAuditCode.CONTACT_LOGGED
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def reader(client: Client, auditor: User) -> Client:
    client.force_login(auditor, backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def test_event_names_person_company_and_details(reader: Client, company: Company, owner: User) -> None:
    record(CompanyAuditCode.COMPANY_CHANGED, company, by=owner, company_id=company.pk, changed=["park"])

    page = reader.get("/audit/").content.decode()

    for text in (owner.name, owner.email, company.name, "Profile changed", "company.changed", "park"):
        assert text in page
    # What can be chosen reads as words, in their order.
    context = reader.get("/audit/").context
    assert ("companies.company", "Company") in context["subjects"]
    words = [choice[1] for choice in context["actions"]]
    assert words == sorted(words)
    assert not any("." in choice[1] for choice in context["subjects"])


def test_details_have_names_in_the_language_of_the_page(
    reader: Client, company: Company, owner: User
) -> None:
    record(
        CHANGED, company, by=owner, company_id=company.pk,
        kind="remind", origin="county", items=["G1", "G2"], shared=True,
    )  # fmt: skip

    reader.cookies["django_language"] = "zh-hans"
    (line,) = reader.get("/audit/").context["lines"]

    with override("zh-hans"):
        # PostgreSQL keeps the members of JSON in an order of its own.
        assert dict(line.details) == {
            "类型": "催办",
            "来源": "县区审核",
            "题目": "G1、G2",
            "是否共享": "是",
        }


@pytest.mark.parametrize("role", [Role.OFFICER, Role.COUNTY_REVIEWER, Role.ASSESSOR])
@pytest.mark.parametrize("address", ["/audit/", "/audit/retention/"])
def test_other_staff_may_not_read_it(
    programme: Programme, company: Company, role: Role, address: str
) -> None:
    area = company.division if role is Role.COUNTY_REVIEWER else None
    client = Client()
    client.force_login(factories.make_staff(programme, role, area=area), backend=BACKEND)

    assert client.get(address).status_code == 403


def test_events_of_another_city_are_not_there(reader: Client, owner: User) -> None:
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    company = factories.make_company(elsewhere, number=9)
    record(CompanyAuditCode.PROGRAMME_CHANGED, elsewhere, by=owner, programme_id=elsewhere.pk)
    record(CompanyAuditCode.COMPANY_CHANGED, company, by=owner, company_id=company.pk)

    assert reader.get("/audit/?person=alice").context["lines"] == []


def test_list_is_narrowed_by_person_action_company_and_time(
    reader: Client, company: Company, other_company: Company, owner: User, officer: User
) -> None:
    record(CHANGED, company, by=owner, company_id=company.pk)
    record(LOGGED, other_company, by=officer, company_id=other_company.pk)
    today = timezone.localdate().isoformat()

    def actions(query: str) -> list[str]:
        return [line.event.action for line in reader.get(f"/audit/?{query}").context["lines"]]

    assert actions("person=alice") == [CHANGED]
    assert actions(f"action={LOGGED.value}") == [LOGGED]
    assert actions(f"company={other_company.credit_code}") == [LOGGED]
    assert actions(f"company={company.credit_code}&since={today}&until={today}") == [CHANGED]
    assert actions(f"until={(timezone.localdate() - timedelta(days=1)).isoformat()}") == []
    assert actions("subject=companies.company&since=nonsense") == [LOGGED, CHANGED]


def test_pages_stay_the_same_while_events_are_added(reader: Client, company: Company, owner: User) -> None:
    for number in range(60):
        record(LOGGED, company, by=owner, company_id=company.pk, number=number)
    first = reader.get("/audit/?person=alice")

    record(CHANGED, company, by=owner, company_id=company.pk)
    second = reader.get(f"/audit/{first.context['older']}")

    shown = [line.event.details["number"] for page in (first, second) for line in page.context["lines"]]
    assert shown == list(reversed(range(60)))
    assert second.context["older"] == ""


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_safe_filtered_and_itself_on_record(
    reader: Client, company: Company, owner: User, auditor: User, form: str
) -> None:
    company.name = "=cmd()"
    company.save()
    record(CHANGED, company, by=owner, company_id=company.pk)
    record(LOGGED, company, by=auditor, company_id=company.pk)

    response = reader.post("/audit/export/", {"as": form, "person": "alice"})

    if form == "csv":
        text = response.content.decode("utf-8-sig")
        assert "'=cmd()" in text
        rows = text.strip().splitlines()
    else:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
        rows = [",".join(str(cell) for cell in row) for row in sheet.to_python()]
    assert len(rows) == 2
    assert f",{CHANGED.value}," in rows[1]
    event = AuditEvent.objects.get(action="audit.exported")
    assert (event.by, event.details["rows"]) == (auditor, 1)


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET action = 'other'", "DELETE FROM audit_event"])
def test_database_refuses_to_change_or_delete_an_event(owner: User, statement: str) -> None:
    record(CompanyAuditCode.ACCOUNT_CLOSED, owner, by=owner)

    with (
        pytest.raises(DatabaseError, match="audit event"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert AuditEvent.objects.filter(action="account.closed").exists()


def test_young_events_are_never_cleared() -> None:
    with pytest.raises(CommandError, match="at least"):
        call_command("clear_audit", older_than=183)


def test_old_events_are_cleared_and_that_is_on_record(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    record(CompanyAuditCode.ACCOUNT_OPENED, owner, by=owner)
    years_ago = timezone.now() - timedelta(days=1200)
    monkeypatch.setattr("django.db.models.fields.timezone.now", lambda: years_ago)
    record(CompanyAuditCode.ACCOUNT_CLOSED, owner, by=owner)
    monkeypatch.undo()

    call_command("clear_audit", older_than=1100, dry_run=True)
    assert AuditEvent.objects.filter(action="account.closed").exists()
    call_command("clear_audit", older_than=1100)

    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"account.opened", "audit.cleared"}


def test_retention_page_states_the_rules(reader: Client) -> None:
    page = reader.get("/audit/retention/").content.decode()

    assert "At least 1,095 days" in page
    assert "clear_audit" in page
    rules = {rule.what: rule.how_long for rule in reader.get("/audit/retention/").context["rules"]}
    assert rules["Uploaded workbooks, and ledgers"] == "7 days"
    assert rules["Reports made to download"] == rules["Evidence that was removed"] == "30 days"
    assert rules["Nightly samples of the cohort"] == "400 days"
