"""Every address and method of the site by every role: exactly those get in who are named in `permission_groups`.

Walks the addresses with one company's objects, as somebody who holds one role and no other, as somebody without any,
and without signing in; the programming interface also with a key that may do everything, and one that may do nothing.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest
from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.roles import COMPANY_ROLES, Role
from assessments.models import Assessment
from cohort.briefings.drafting import draft_month
from companies.models import Membership
from tests import factories
from tests.addresses import ALL, API, values_for
from tests.permission_groups import BY_KEY, GROUPS, NOBODY, PEOPLE, SIGNED_OUT, Who
from tests.test_strangers import BACKEND

METHODS = ("get", "patch", "delete", "put", "post")
KEPT_OUT = {401, 403, 404, 405}
# Pages of allauth answer any method as they answer POST or GET; they are about one's own account alone.
OF_ALLAUTH = ("account_", "mfa_", "usersessions_")
OPEN_API = {"api:schema", "api:docs"}


def name_of(namespace: str, name: str) -> str:
    return f"{namespace}:{name}" if namespace else name


def is_own_account(name: str) -> bool:
    return name.startswith(OF_ALLAUTH) and name not in {"account_settings", "account_forget_phone"}


def expected(name: str, method: str) -> set[Who]:
    """Who gets in."""
    groups = [group for group in GROUPS if name in (group.get if method == "get" else group.post).split()]
    assert len(groups) <= 1, f"{name} is in several groups: {[group.what for group in groups]}"
    return set(groups[0].who) if groups and method in {"get", "post"} else set()


def person(role: Role, scored: Assessment) -> User:
    """Somebody who holds this role towards the company, and no other."""
    if role in COMPANY_ROLES:
        user = factories.make_user(f"P {role.value}")
        Membership.objects.create(user=user, company=scored.company, role=role.value)
        return user
    area = scored.company.division if role == Role.COUNTY_REVIEWER else None
    return factories.make_staff(scored.round.programme, role, f"P {role.value}", area=area)


def address_of(namespace: str, name: str, arguments: list[str], scored: Assessment) -> str:
    """The address with an object of the company, which is made where there is none."""
    values = {
        argument: scored.pk if value is None else value
        for argument, value in values_for(namespace, name, arguments, scored).items()
    }
    return reverse(name_of(namespace, name), kwargs=values)


def details(name: str, scored: Assessment) -> dict[str, str]:
    """What a request has to name besides the address before it is asked who may do it."""
    programme = scored.round.programme.code
    return {
        "cohort:file_template": {"kind": "cohort"},
        "cohort:bulk": {"kind": "remind"},
        "cohort:instrument_difference": {"before": "2024.1", "after": "2024.1"},
        "cohort:draft_briefings": {"programme": programme},
        "cohort:roster_leave": {"programme": programme},
        "cohort:roster_return": {"programme": programme},
        "cohort:roster_extend": {"assessment": str(scored.pk)},
    }.get(name, {})


def gets_in(response: HttpResponseBase) -> bool:
    """Whether a request was let through; what is then wrong with the form is another matter."""
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return response.status_code not in KEPT_OUT and not to_sign_in


def read(response: HttpResponseBase) -> HttpResponseBase:
    """Read a file to its end, which closes it; closing the response would close the test's connection too."""
    if response.streaming:
        collections.deque(cast("StreamingHttpResponse", response), maxlen=0)
    return response


def answers(
    client: Client, user: User | None, scored: Assessment
) -> Iterator[tuple[str, str, HttpResponseBase]]:
    """What each address answers to each method, the changing one last; all that it changes is undone."""
    if user is not None:
        client.force_login(user, backend=BACKEND)
    # Once for all addresses that need one: counting the cohort takes long.
    draft_month(programme=scored.round.programme, by=None)
    for namespace, name, arguments in ALL:
        if user is None:
            client.cookies.clear()  # a session that a page began is undone with all else
        with transaction.atomic():
            address = address_of(namespace, name, arguments, scored)
            for method in METHODS:
                full = name_of(namespace, name)
                if is_own_account(full) and method not in {"get", "post"}:
                    continue
                data = details(full, scored) if method in {"get", "post"} else {}
                response = read(getattr(client, method)(address, data))
                yield full, method, response
            transaction.set_rollback(True)
        if name == "account_logout" and user is not None:
            client.force_login(user, backend=BACKEND)


def test_every_address_is_in_a_group() -> None:
    """A new address has to be written down with who may reach it; a group names none that is gone."""
    named = {name for group in GROUPS for name in f"{group.get} {group.post}".split()}
    addresses = {name_of(namespace, name) for namespace, name, _arguments in ALL}
    of_keys = {name_of(namespace, name) for namespace, name, _arguments in API} - OPEN_API
    assert addresses - of_keys - named == set()
    assert named - addresses == set()


@pytest.mark.parametrize("who", [*PEOPLE, NOBODY, SIGNED_OUT], ids=str)
def test_each_address_and_method_lets_in_exactly_who_may(
    client: Client, scored: Assessment, who: Who, settings: object
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # type: ignore[attr-defined]
    user = (
        person(who, scored)
        if isinstance(who, Role)
        else factories.make_user("Nobody")
        if who == NOBODY
        else None
    )
    wrong = {}
    for name, method, response in answers(client, user, scored):
        if response.status_code >= 500 or gets_in(response) != (who in expected(name, method)):
            wrong[name, method] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("scopes", [[], list(ApiKey.Scope.values)], ids=["no scope", "every scope"])
def test_key_opens_what_its_scopes_say(client: Client, scored: Assessment, scopes: list[str]) -> None:
    account = factories.make_staff(scored.round.programme, Role.SERVICE_ACCOUNT, "Province")
    account.kind = User.Kind.SERVICE
    account.save()
    day = timezone.now() + timedelta(days=1)
    _key, text = ApiKey.issue(user=account, name="matrix", scopes=scopes, expires_at=day, by=None)
    key = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    wrong = {}
    for namespace, name, arguments in API:
        full = name_of(namespace, name)
        if full in OPEN_API:
            continue
        with transaction.atomic():
            address = address_of(namespace, name, arguments, scored)
            for method in METHODS:
                kind = {} if method == "get" else {"content_type": "application/json"}
                response = read(getattr(client, method)(address, **kind, **key))
                if not scopes:
                    is_right = response.status_code == 403
                elif full in BY_KEY[method].split():
                    # "Not found" where it is not the account's own: a job.
                    is_right = response.status_code not in {401, 403, 405} and response.status_code < 500
                else:
                    is_right = response.status_code == 405
                if not is_right:
                    wrong[full, method] = response.status_code
            transaction.set_rollback(True)
    assert wrong == {}
