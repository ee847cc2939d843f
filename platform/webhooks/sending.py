"""Sending one delivery: signed as Standard Webhooks says, to a checked address, in bounded time and size."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from django.utils import translation
from standardwebhooks import Webhook as Signer

from audit.models import Event
from webhooks.addresses import AddressRefused, DeliveryTarget, resolve
from webhooks.models import Webhook

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
# However slowly the receiver answers, it is hung up on after this.
WHOLE_SECONDS = 15.0
EXCERPT_BYTES = 1_000
USER_AGENT = "liuzhou-readiness-webhooks/1"


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of an attempt: the status that was answered, or why there was none."""

    status: int | None
    duration_ms: int
    excerpt: str = ""
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_unwanted(self) -> bool:
        """Whether the receiver said that it wants nothing any more (410 Gone)."""
        return self.status == httpx.codes.GONE


def build_payload(event: Event) -> bytes:
    """Build the body of a delivery: type, time and ids."""
    return orjson.dumps(
        {
            "type": event.type,
            "timestamp": event.at,
            "data": {
                "id": event.pk,
                "resource": event.resource,
                "subject_id": event.subject_id,
                "programme": event.programme_id,
                "company": event.company_id,
            },
        },
        option=orjson.OPT_UTC_Z,
    )


def build_signed_headers(webhook: Webhook, event: Event, body: bytes, now: datetime) -> dict[str, str]:
    """Build id, time and signatures; the id is the event's, so a repeated delivery is known by it."""
    identity = str(event.pk)
    signatures = [Signer(secret).sign(identity, now, body.decode()) for secret in webhook.list_secrets(now)]
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
    }


@translation.override("en")  # the log is read by programs too
def send_delivery(webhook: Webhook, event: Event, now: datetime) -> DeliveryOutcome:
    """Try to deliver once. Never raises for what the receiver does or is."""
    body = build_payload(event)
    started = time.monotonic()
    try:
        target = resolve(webhook.url)
        status, excerpt = _post(webhook.url, target, build_signed_headers(webhook, event, body, now), body)
    except AddressRefused as refused:
        return DeliveryOutcome(None, _measure_milliseconds(started), error=str(refused)[:200])
    except httpx.TimeoutException:
        return DeliveryOutcome(None, _measure_milliseconds(started), error="No answer in time.")
    except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError) as error:
        return DeliveryOutcome(
            None, _measure_milliseconds(started), error=f"{type(error).__name__}: {error}"[:200]
        )
    return DeliveryOutcome(status, _measure_milliseconds(started), excerpt=excerpt)


def _post(url: str, target: DeliveryTarget, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    """Return status and first bytes of the answer. Follows no redirect, uses no proxy, no cookie."""
    address = f"[{target.ip}]" if ":" in target.ip else target.ip
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    checked = f"{target.scheme}://{address}:{target.port}{parts.path or '/'}{query}"
    extensions: dict[str, Any] = {"sni_hostname": target.host} if target.scheme == "https" else {}
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    with httpx.Client(follow_redirects=False, trust_env=False, timeout=timeout) as client:
        # The timeouts of the library begin anew with each byte; this one does not.
        hang_up = Timer(WHOLE_SECONDS, client.close)
        hang_up.daemon = True
        hang_up.start()
        try:
            with client.stream(
                "POST",
                checked,
                content=body,
                headers={**headers, "host": target.host_header, "accept-encoding": "identity"},
                extensions=extensions,
            ) as response:
                return response.status_code, _read_beginning(response)
        finally:
            hang_up.cancel()


def _read_beginning(response: httpx.Response) -> str:
    found = b""
    deadline = time.monotonic() + WHOLE_SECONDS
    for part in response.iter_raw(EXCERPT_BYTES):
        found += part
        if len(found) >= EXCERPT_BYTES or time.monotonic() > deadline:
            break
    return found[:EXCERPT_BYTES].decode("utf-8", errors="replace").replace("\x00", "")


def _measure_milliseconds(started: float) -> int:
    return round(1000 * (time.monotonic() - started))
