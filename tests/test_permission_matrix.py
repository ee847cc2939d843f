"""Every page and method of the staff side by every role: nobody gets in who may not, and nothing answers with a fault.

Walks the addresses with one company's objects. No role of a company gets into any of them, and who gets into the
review desk is written down by address.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment
from companies.models import Membership
from tests import factories
from tests.test_strangers import BACKEND, OF_NO_COMPANY, OTHER_ARGUMENTS, OWN, id_for

# The parts of the site on which staff work; every address of them is checked for every role.
STAFF_ONLY = {"cohort"}
# A service account has no password: it never signs in, and pages are not for it.
PEOPLE = [role for role in Role if role != Role.SERVICE_ACCOUNT]
COMPANY_SIDE = (Role.OWNER, Role.DELEGATE, Role.MEMBER, Role.PROVIDER)
# Who may do what on the review desk: GET and POST alike.
DESK: dict[str, set[Role]] = {
    "queue": {Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.OFFICER, Role.AUDITOR},
    "flags": {Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.OFFICER, Role.AUDITOR},
    "samples": {Role.COUNTY_REVIEWER, Role.ASSESSOR, Role.OFFICER, Role.AUDITOR},
    "batches": {Role.OFFICER},
    "check": {Role.COUNTY_REVIEWER},
    "visit": {Role.ASSESSOR},
    "grade": {Role.ASSESSOR},
    "finish": {Role.ASSESSOR},
    "acceptance": {Role.OFFICER},
    "accept": {Role.OFFICER},
    "documents": {Role.OFFICER},
    "batch": {Role.OFFICER},
    "batch_table": {Role.OFFICER},
}


def person(role: Role, scored: Assessment) -> User:
    """Somebody who holds this role towards the company, and no other."""
    if role in COMPANY_SIDE:
        user = factories.make_user(f"P {role.value}")
        Membership.objects.create(user=user, company=scored.company, role=role.value)
        return user
    area = scored.company.division if role == Role.COUNTY_REVIEWER else None
    return factories.make_staff(scored.round.programme, role, f"P {role.value}", area=area)


@pytest.mark.parametrize("role", PEOPLE, ids=lambda role: role.value)
def test_every_page_and_method_answers_each_role_without_a_fault(
    client: Client, scored: Assessment, role: Role
) -> None:
    client.force_login(person(role, scored), backend=BACKEND)
    got: dict[tuple[str, str, str], int] = {}
    for namespace, name, arguments in OWN:
        if namespace not in STAFF_ONLY:
            continue
        # What an address needs and what a request changes is undone, so that addresses do not disturb each other.
        with transaction.atomic():
            values = OF_NO_COMPANY.get(f"{namespace}:{name}") or {
                argument: id_for(namespace, name, scored) if argument == "pk" else OTHER_ARGUMENTS[argument]
                for argument in arguments
            }
            address = reverse(f"{namespace}:{name}", kwargs=values)
            for method in ("get", "post"):
                got[namespace, name, method] = getattr(client, method)(address).status_code
            transaction.set_rollback(True)

    assert {key: status for key, status in got.items() if status >= 500} == {}
    inside = {
        key: status for key, status in got.items() if key[0] in STAFF_ONLY and status not in {403, 404, 405}
    }
    if role in COMPANY_SIDE:
        assert inside == {}
    for name, roles in DESK.items():
        statuses = {got["cohort", name, method] for method in ("get", "post")}
        if role in roles and name == "grade":
            # Without an open visit the item is closed (403) for whoever may grade, too.
            continue
        if role in roles:
            assert statuses - {403, 404, 405}, f"{name} keeps {role.value} out: {statuses}"
        else:
            assert statuses <= {403, 404, 405}, f"{name} lets {role.value} in: {statuses}"
