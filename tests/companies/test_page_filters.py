"""Filters of lists: what an address narrows a list to, and what it says when a value means nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.audit_trail import AuditFilters
from companies.models import Programme
from companies.people_filters import PeopleFilters
from tests import factories


@pytest.fixture
def auditor(programme: Programme) -> User:
    """Somebody who may read the record of the programme."""
    return factories.make_staff(programme, Role.AUDITOR)


def list_actions(auditor: User, query: str) -> set[str]:
    return {event.action for event in AuditFilters(QueryDict(query), user=auditor).qs}


def test_the_audit_log_is_narrowed_by_person_action_and_day(auditor: User, programme: Programme) -> None:
    record(CompanyAuditCode.PROGRAMME_CHANGED, programme, by=auditor, programme_id=programme.pk)
    record(CompanyAuditCode.LIST_ENTRY_ADDED, programme, by=None, programme_id=programme.pk)
    today = timezone.localdate()
    both = {"programme.changed", "list.entry_added"}
    assert both <= list_actions(auditor, "")
    assert list_actions(auditor, "action=programme.changed") == {"programme.changed"}
    assert list_actions(auditor, f"person={auditor.email.upper()}&action=list.entry_added") == set()
    assert both <= list_actions(auditor, f"since={today}&until={today}")
    assert list_actions(auditor, f"since={today + timedelta(days=1)}") == set()
    assert list_actions(auditor, f"until={today - timedelta(days=1)}") == set()
    assert list_actions(auditor, "action=nonsense") == set()
    assert both <= list_actions(auditor, "since=nonsense&until=2026-02-30")


def test_an_address_holds_the_filters_that_are_set_and_mean_something(auditor: User) -> None:
    filters = AuditFilters(QueryDict("person= 李 &since=2026-01-05&until=nonsense&before=x"), user=auditor)
    assert filters.parameters == {"person": "李", "since": "2026-01-05"}
    assert filters.build_query(before="y") == "?person=%E6%9D%8E&since=2026-01-05&before=y"
    assert AuditFilters(QueryDict(""), user=auditor).build_query() == ""


def test_people_are_found_by_the_end_of_their_number_and_by_the_state_of_the_account(
    auditor: User, programme: Programme
) -> None:
    closed = factories.make_staff(programme, Role.OFFICER)
    User.objects.filter(pk=closed.pk).update(is_active=False, phone="+8613800001234")

    def find(query: str) -> set[User]:
        return set(PeopleFilters(QueryDict(query), queryset=User.objects.all()).qs)

    assert find("q=1234") == {closed}
    assert find("q=234") == set()
    assert find("state=closed") == {closed}
    assert closed not in find("state=open")
    assert find("role=officer") == {closed}
    assert find("role=nonsense&state=nonsense") == set(User.objects.all())
