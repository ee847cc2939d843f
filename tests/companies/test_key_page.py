"""The page of access keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, User
from accounts.roles import Role
from companies.models import Programme
from tests import factories

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator, backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def wanted(programme: Programme) -> dict[str, Any]:
    return {
        "programme": str(programme.pk),
        "account": "Statistics office",
        "name": "Export",
        "scopes": ["companies:read"],
        "days": "90",
    }


def test_new_key_is_shown_once_and_works(desk: Client, programme: Programme, administrator: User) -> None:
    response = desk.post(reverse("keys:list"), wanted(programme))
    text = response.context["text"]
    assert text in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert text not in desk.get(reverse("keys:list")).content.decode()
    assert ApiKey.objects.get().created_by == administrator
    listed = Client().get("/api/v1/companies/", headers={"Authorization": f"Bearer {text}"})
    assert listed.status_code == 200


@pytest.mark.parametrize("change", [{"scopes": []}, {"name": ""}, {"days": "9999"}, {"programme": "1"}])
def test_incomplete_key_is_not_issued(desk: Client, programme: Programme, change: dict[str, Any]) -> None:
    assert desk.post(reverse("keys:list"), {**wanted(programme), **change}).status_code == 422
    assert not ApiKey.objects.exists()


def test_withdrawing_asks_for_the_name(desk: Client, programme: Programme) -> None:
    text = desk.post(reverse("keys:list"), wanted(programme)).context["text"]
    key = ApiKey.objects.get()
    address = reverse("keys:withdraw", args=[key.pk])
    assert desk.post(address, {"name": "another"}).status_code == 422
    assert desk.post(address, {"name": "Export"}).status_code == 302
    assert desk.get(address).status_code == 404
    refused = Client().get("/api/v1/companies/", headers={"Authorization": f"Bearer {text}"})
    assert refused.json()["code"] == "key-withdrawn"


def test_keys_of_another_city_are_not_found(desk: Client, programme: Programme) -> None:
    desk.post(reverse("keys:list"), wanted(programme))
    key = ApiKey.objects.get()
    other = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2025")
    desk.force_login(
        factories.make_staff(other, Role.ADMINISTRATOR, name="Other administrator"), backend=BACKEND
    )
    assert key.hint not in desk.get(reverse("keys:list")).content.decode()
    assert desk.get(reverse("keys:withdraw", args=[key.pk])).status_code == 404
    assert desk.post(reverse("keys:list"), wanted(programme)).status_code == 422


def test_page_is_for_administrators(client: Client, officer: User, owner: User) -> None:
    assert client.get(reverse("keys:list")).status_code == 302
    client.force_login(officer, backend=BACKEND)
    assert client.get(reverse("keys:list")).status_code == 403
    client.force_login(owner, backend=BACKEND)
    assert client.get(reverse("keys:list")).status_code == 404
