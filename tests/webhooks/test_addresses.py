"""Where webhooks may not be sent: whatever leads into the own network."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from accounts.models import User
from audit.models import Event
from companies.models import Programme
from webhooks import actions, sending
from webhooks.addresses import AddressRefused, check_form, is_public, resolve
from webhooks.models import Webhook

PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:db8::1",
    "not an address",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_address_that_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://user:password@example.com/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://example.com:99999/",
        "https://example.com/a b",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/#part",
        "https://exämple.com/",
        "javascript:alert(1)",
        "",
    ],
)
def test_url_that_is_refused_when_it_is_typed(programme: Programme, administrator: User, url: str) -> None:
    with pytest.raises(AddressRefused):
        check_form(url)
    with pytest.raises(actions.WebhookRefused) as refused:
        actions.create(programme=programme, name="x", url=url, types=[], by=administrator)
    assert refused.value.field == "url"


def test_refusal_is_in_the_language_of_the_reader_and_in_the_log_in_english() -> None:
    with translation.override("zh-hans"):
        with pytest.raises(AddressRefused, match="公网域名"):
            check_form("https://localhost/")
        outcome = sending.send_delivery(Webhook(url="https://localhost/"), Event(), timezone.now())
    assert outcome.error == "The host must be a public name."


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names lead to these addresses, another answer each time they are asked for; the hosts asked for."""
    pending = list(answers)
    asked: list[str] = []

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (pending.pop(0) if len(pending) > 1 else pending[0])
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        resolve("https://example.com/")


def test_odd_spelling_of_the_loopback_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, ["127.0.0.1"])
    for url in ("https://0x7f.1/", "https://127.0.0.1.nip.example/", "https://2130706433.example/"):
        with pytest.raises(AddressRefused):
            resolve(url)


def test_name_is_asked_for_once_and_the_checked_address_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere at the second question (DNS rebinding) is never asked twice."""
    asked = leads_to(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    connected: list[str] = []

    def refuse(address: tuple[str, int], *_: Any, **__: Any) -> None:
        connected.append(address[0])
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "create_connection", refuse)
    target = resolve("https://example.com/hook")
    assert (target.ip, target.host, target.host_header) == ("93.184.215.14", "example.com", "example.com")
    with pytest.raises(Exception, match="no network in tests"):
        sending._post("https://example.com/hook", target, {}, b"{}")
    assert connected == ["93.184.215.14"]
    assert asked == ["example.com"]


def test_allow_list_names_host_and_port(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1:8181"]
    assert resolve("http://127.0.0.1:8181/").ip == "127.0.0.1"
    for url in ("http://127.0.0.1:8182/", "http://127.0.0.1/", "https://127.0.0.1/"):
        with pytest.raises(AddressRefused):
            resolve(url)


def test_allow_list_stops_the_start_outside_of_tests(
    run_settings: Callable[[dict[str, str]], tuple[int, str]],
) -> None:
    allowed = {"WEBHOOK_ALLOWED_HOSTS": "127.0.0.1:8181"}
    code, output = run_settings(allowed)
    assert code != 0
    assert "WEBHOOK_ALLOWED_HOSTS" in output
    assert run_settings({**allowed, "DEMO": "true"})[0] == 0
