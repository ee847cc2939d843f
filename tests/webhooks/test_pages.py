"""The pages of webhooks."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from companies import actions as companies
from companies.models import Company, Programme
from tests import factories
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_delivering import work
from webhooks.models import Delivery, Webhook

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator, backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def test_secret_is_shown_once(desk: Client, programme: Programme) -> None:
    wanted = {"programme": str(programme.pk), "name": "Province", "url": "https://example.com/hook"}
    response = desk.post(reverse("webhooks:list"), {**wanted, "types": ["score.stored"]})
    secret = Webhook.objects.get().secret
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    listed = desk.get(reverse("webhooks:list")).content.decode()
    assert "Province" in listed
    assert secret not in listed
    assert (
        secret not in desk.get(reverse("webhooks:detail", args=[Webhook.objects.get().pk])).content.decode()
    )


def test_private_address_is_refused_in_words(desk: Client, programme: Programme) -> None:
    wanted = {"programme": str(programme.pk), "name": "x", "url": "https://10.0.0.1/"}
    response = desk.post(reverse("webhooks:list"), wanted)
    assert response.status_code == 422
    assert "not a public address" in response.content.decode()


def test_webhook_is_changed_operated_and_deleted(
    desk: Client, webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    companies.update(company=company, changes={"name": "一"}, by=None)
    receiver.answers = [(500, {}, b"<script>alert(1)</script>")]
    work()
    page = desk.get(reverse("webhooks:detail", args=[webhook.pk])).content.decode()
    assert "answer 500" in page
    assert "<script>alert(1)" not in page

    def do(what: str, **form: str) -> int:
        return desk.post(reverse("webhooks:act", args=[webhook.pk, what]), form).status_code

    old = webhook.secret
    assert do("again", delivery=str(Delivery.objects.get().pk)) == 302
    work()
    assert len(receiver.requests) == 2
    assert do("replay", since="2020-01-01T00:00") == 302
    assert do("replay", since="2999-01-01T00:00") == 422
    assert do("again", delivery="x") == 404
    assert do("rotate") == 200
    assert do("disable") == 302
    webhook.refresh_from_db()
    assert (webhook.is_enabled, webhook.secret == old) == (False, False)
    assert do("enable") == 302
    assert do("nothing") == 404
    changed = {"name": "Ministry", "url": webhook.url, "types": ["release.promoted"]}
    assert desk.post(reverse("webhooks:detail", args=[webhook.pk]), changed).status_code == 302
    webhook.refresh_from_db()
    assert (webhook.name, webhook.types) == ("Ministry", ["release.promoted"])
    assert desk.get(reverse("webhooks:delete", args=[webhook.pk])).status_code == 200
    assert desk.post(reverse("webhooks:delete", args=[webhook.pk])).status_code == 302
    assert not Webhook.objects.exists()


def test_webhooks_are_for_administrators_of_the_programme(
    client: Client, webhook: Webhook, officer: User, owner: User
) -> None:
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2025")
    other = factories.make_staff(elsewhere, Role.ADMINISTRATOR, name="Other")
    pages = [
        ("get", reverse("webhooks:detail", args=[webhook.pk])),
        ("post", reverse("webhooks:act", args=[webhook.pk, "rotate"])),
        ("post", reverse("webhooks:delete", args=[webhook.pk])),
    ]
    for person, expected in ((officer, 403), (owner, 404), (other, 404)):
        client.force_login(person, backend=BACKEND)
        for method, address in pages:
            assert getattr(client, method)(address).status_code == expected
    client.logout()
    assert client.get(reverse("webhooks:list")).status_code == 302
    assert Webhook.objects.get().secret == webhook.secret
