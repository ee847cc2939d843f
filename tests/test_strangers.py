"""The most dangerous class of defect: one company sees another's data.

Walks every address of the site. A new page, file or API object that takes an id fails here until it is named
in `addresses`, and then until a stranger gets "not found".
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, User
from accounts.roles import Role
from assessments.models import (
    Assessment,
)
from companies.models import Company
from tests import factories
from tests.addresses import API, OF_NO_COMPANY, OWN, values_for

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_the_walk_finds_the_site() -> None:
    assert len([entry for entry in OWN if entry[2]]) >= 10
    assert len([entry for entry in API if "pk" in entry[2]]) >= 8


@pytest.mark.parametrize(("namespace", "name", "arguments"), OWN, ids=lambda part: str(part))
@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_finds_nothing_of_the_company(
    client: Client,
    scored: Assessment,
    stranger: User,
    namespace: str,
    name: str,
    arguments: list[str],
    method: str,
) -> None:
    client.force_login(stranger, backend=BACKEND)
    values = values_for(namespace, name, arguments, scored)
    unnamed = [argument for argument in arguments if values[argument] is None]
    assert not unnamed, f"{namespace}:{name} takes {unnamed}; say in `addresses` whose object it is"
    address = reverse(f"{namespace}:{name}", kwargs=values)
    if f"{namespace}:{name}" in OF_NO_COMPANY:
        assert getattr(client, method)(address).status_code in {403, 404, 405}
        return
    if "pk" not in arguments:
        if arguments == ["token"]:
            # The link itself is the secret; one that was never made opens nothing.
            assert getattr(client, method)(address).status_code == 404
        elif method == "get":
            response = client.get(address)
            assert scored.company.name not in response.content.decode()
            assert not arguments or response.status_code in {403, 404}
        return

    response = getattr(client, method)(address)

    # "Method not allowed" is said of the address before anything is looked up.
    assert response.status_code in {404, 405}, f"{namespace}:{name} answered {response.status_code}"
    other = client.post if method == "get" else client.get
    assert 404 in {response.status_code, other(address).status_code}


@pytest.mark.parametrize(("namespace", "name", "arguments"), OWN, ids=lambda part: str(part))
def test_nobody_gets_anything_without_signing_in(
    client: Client, scored: Assessment, namespace: str, name: str, arguments: list[str]
) -> None:
    values = values_for(namespace, name, arguments, scored)

    response = client.get(reverse(f"{namespace}:{name}", kwargs=values))

    assert response.status_code in {302, 404, 405}
    if response.status_code == 302:
        assert reverse("account_login") in response["Location"]


@pytest.fixture
def foreign_key(scored: Assessment) -> str:
    """An access key with every scope, of a service account of another city's programme."""
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2024")
    account = factories.make_staff(elsewhere, Role.SERVICE_ACCOUNT, "Province")
    account.kind = User.Kind.SERVICE
    account.save()
    _, text = ApiKey.issue(
        user=account,
        name="everything",
        scopes=list(ApiKey.Scope.values),
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
    )
    return text


@pytest.mark.parametrize(("namespace", "name", "arguments"), API, ids=lambda part: str(part))
def test_key_of_another_city_finds_nothing(
    client: Client, scored: Assessment, foreign_key: str, namespace: str, name: str, arguments: list[str]
) -> None:
    headers = {"Authorization": f"Bearer {foreign_key}"}
    found: list[int] = []
    if "pk" in arguments:
        values = values_for(namespace, name, arguments, scored)
        assert None not in values.values(), f"{namespace}:{name}: say in `addresses` whose object it is"
        address = reverse(f"{namespace}:{name}", kwargs=values)
        for method in ("get", "post", "patch", "delete"):
            condition = {"If-Match": "*"} if method == "patch" else {}
            response = (
                getattr(client, method)(
                    address, content_type="application/json", headers={**headers, **condition}
                )
                if method != "get"
                else client.get(address, headers=headers)
            )
            assert response.status_code in {404, 405}, (method, response.content)
            found.append(response.status_code)
        assert 404 in found
        return
    values = values_for(namespace, name, arguments, scored)
    response = client.get(reverse(f"{namespace}:{name}", kwargs=values), headers=headers)
    body = response.getvalue().decode()
    company = Company.objects.get(pk=scored.company_id)
    assert company.credit_code not in body
    assert str(scored.pk) not in body
    assert str(company.pk) not in body


@pytest.mark.parametrize(("namespace", "name", "arguments"), API, ids=lambda part: str(part))
def test_api_without_a_key_gives_no_data(
    client: Client, scored: Assessment, namespace: str, name: str, arguments: list[str]
) -> None:
    kwargs = dict.fromkeys(arguments, scored.pk)

    response = client.get(reverse(f"{namespace}:{name}", kwargs=kwargs))

    assert response.status_code in ({401} if name not in {"schema", "docs"} else {200})
