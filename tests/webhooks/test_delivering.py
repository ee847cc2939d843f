"""Deliveries to a real receiver: signed, tried again, given up, sent again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from accounts.models import Notice, User
from audit.models import AuditEvent, Event
from companies import actions as companies
from companies.models import Company
from tests import factories
from tests.webhooks.receiver import Receiver
from webhooks import actions, delivering, sending
from webhooks.models import Attempt, Delivery, Webhook


def happen(company: Company, name: str) -> None:
    companies.update(company=company, changes={"name": name}, by=None)


def work() -> None:
    """What the worker does every few seconds."""
    for webhook_id in delivering.make_deliveries():
        delivering.send_due(webhook_id)


def make_due() -> None:
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def test_event_arrives_signed_and_without_answers(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    happen(company, "一")
    work()
    ((path, headers, body),) = receiver.requests
    event = Event.objects.get(type="company.changed")
    assert path == "/hook?a=1"
    assert headers["webhook-id"] == str(event.pk)
    assert headers["host"] == receiver.host
    told = Verifier(webhook.secret).verify(body, headers)
    assert told == json.loads(body)
    assert told["type"] == "company.changed"
    assert told["data"]["subject_id"] == str(company.pk)
    assert set(told["data"]) == {"id", "resource", "subject_id", "programme", "company"}
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.secret).verify(body.replace(b"changed", b"created"), headers)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)
    work()
    assert len(receiver.requests) == 1


def test_only_chosen_types_of_the_own_programme_are_told(
    webhook: Webhook, receiver: Receiver, company: Company, administrator: User
) -> None:
    actions.update(webhook=webhook, by=administrator, types=["score.stored"])
    happen(company, "一")
    actions.update(webhook=webhook, by=administrator, types=[])
    elsewhere = factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin-2025")
    happen(factories.make_company(elsewhere, number=9), "二")
    work()
    # Types count when the event is looked at, so the first is told; that of another city never is.
    assert [json.loads(body)["data"]["company"] for _, _, body in receiver.requests] == [str(company.pk)]


def test_type_that_was_not_chosen_is_passed_over(
    webhook: Webhook, receiver: Receiver, company: Company, administrator: User
) -> None:
    actions.update(webhook=webhook, by=administrator, types=["score.stored"])
    happen(company, "一")
    work()
    assert receiver.requests == []


def test_failure_is_logged_and_tried_again_with_growing_waits(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    receiver.answers = [(500, {}, b"broken \x00 here"), (503, {}, b"")]
    happen(company, "一")
    before = timezone.now()
    work()
    first = Delivery.objects.get()
    assert (first.state, first.status, first.attempts) == ("waiting", 500, 1)
    assert timedelta(seconds=4) < first.next_at - before < timedelta(seconds=60)
    work()
    assert len(receiver.requests) == 1
    make_due()
    work()
    assert Delivery.objects.get().next_at - timezone.now() > timedelta(minutes=4)
    make_due()
    work()
    assert Delivery.objects.get().state == "delivered"
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    assert [attempt.status for attempt in Attempt.objects.all()] == [204, 503, 500]
    assert Attempt.objects.last().excerpt == "broken  here"  # type: ignore[union-attr]
    webhook.refresh_from_db()
    assert webhook.failures == 0


def test_order_is_kept_and_a_failure_stops_the_round(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    receiver.answers = [(500, {}, b"")]
    happen(company, "一")
    happen(company, "二")
    work()
    assert len(receiver.requests) == 1
    make_due()
    work()
    ids = [headers["webhook-id"] for _, headers, _ in receiver.requests]
    first, second = (str(pk) for pk in Event.objects.order_by("position").values_list("pk", flat=True))
    assert ids == [first, first, second]


def test_delivery_is_given_up_after_the_last_wait(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    receiver.answers = [(500, {}, b"")] * 20
    happen(company, "一")
    for _ in range(len(delivering.WAITS) + 2):
        work()
        make_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", len(delivering.WAITS) + 1)


def test_webhook_is_switched_off_after_repeated_failure_and_people_are_told(
    webhook: Webhook, receiver: Receiver, company: Company, administrator: User
) -> None:
    Webhook.objects.update(failures=delivering.FAILURES_TO_DISABLE - 1)
    receiver.answers = [(500, {}, b"")]
    happen(company, "一")
    work()
    webhook.refresh_from_db()
    assert not webhook.is_enabled
    assert "20 attempts" in webhook.disabled_reason
    notice = Notice.objects.get(user=administrator)
    assert notice.link == f"/webhooks/{webhook.pk}/"
    assert AuditEvent.objects.filter(action="webhook.switched_off").exists()
    happen(company, "二")
    make_due()
    work()
    assert len(receiver.requests) == 1
    actions.enable(webhook=webhook, by=administrator)
    work()
    assert len(receiver.requests) == 3


def test_receiver_that_is_gone_is_told_no_more(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    receiver.answers = [(410, {}, b"")]
    happen(company, "一")
    work()
    webhook.refresh_from_db()
    assert not webhook.is_enabled


def test_redirect_is_not_followed(webhook: Webhook, receiver: Receiver, company: Company) -> None:
    receiver.answers = [(302, {"location": f"http://{receiver.host}/elsewhere"}, b"")]
    happen(company, "一")
    work()
    assert [path for path, _, _ in receiver.requests] == ["/hook?a=1"]
    assert Delivery.objects.get().status == 302


def test_long_answer_is_cut(webhook: Webhook, receiver: Receiver, company: Company) -> None:
    receiver.answers = [(200, {}, b"x" * 3_000_000)]
    happen(company, "一")
    work()
    assert len(Attempt.objects.get().excerpt) == sending.EXCERPT_BYTES
    assert Delivery.objects.get().state == "delivered"


def test_receiver_that_does_not_answer_is_hung_up_on(
    webhook: Webhook, receiver: Receiver, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    Webhook.objects.update(url="http://127.0.0.1:9/")
    monkeypatch.setattr("webhooks.addresses.settings.WEBHOOK_ALLOWED_HOSTS", ["127.0.0.1:9"])
    happen(company, "一")
    work()
    assert Attempt.objects.get().error.startswith("ConnectError")


def test_secret_changes_with_an_overlap(
    webhook: Webhook, receiver: Receiver, company: Company, administrator: User
) -> None:
    old = webhook.secret
    new = actions.rotate_secret(webhook=webhook, by=administrator)
    assert new != old
    happen(company, "一")
    work()
    _, headers, body = receiver.requests[-1]
    for secret in (old, new):
        Verifier(secret).verify(body, headers)
    Webhook.objects.update(previous_until=timezone.now())
    happen(company, "二")
    work()
    _, headers, body = receiver.requests[-1]
    Verifier(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(body, headers)


def test_one_delivery_is_sent_again_with_the_same_id(
    webhook: Webhook, receiver: Receiver, company: Company, administrator: User
) -> None:
    happen(company, "一")
    work()
    actions.replay(delivery=Delivery.objects.get(), by=administrator)
    work()
    assert len(receiver.requests) == 2
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1


def test_everything_since_a_time_is_sent_again_even_of_before_the_webhook(
    receiver: Receiver, company: Company, administrator: User
) -> None:
    happen(company, "一")
    (listing,) = company.listings.all()
    late = actions.create(
        programme=listing.programme, name="Late", url=receiver.address, types=[], by=administrator
    )
    work()
    assert receiver.requests == []
    assert actions.replay_events(webhook=late, since=timezone.now(), by=administrator) == 0
    assert (
        actions.replay_events(webhook=late, since=timezone.now() - timedelta(hours=1), by=administrator) == 1
    )
    work()
    assert len(receiver.requests) == 1


def test_delivery_that_another_worker_took_is_left_alone(
    webhook: Webhook, receiver: Receiver, company: Company
) -> None:
    happen(company, "一")
    delivering.make_deliveries()
    assert delivering._claim_next(webhook) is not None
    assert delivering.send_due(webhook.pk) == 0
    assert receiver.requests == []
