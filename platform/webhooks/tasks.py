"""The worker's part: what is due is looked for every few seconds, and each webhook is served by itself."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from webhooks.delivering import make_deliveries, send_due


@shared_task(ignore_result=True)
def deliver() -> None:
    """Make deliveries of what happened, and wake one task for each webhook that has something due."""
    for webhook_id in make_deliveries():
        deliver_to.delay(str(webhook_id))


@shared_task(ignore_result=True)
def deliver_to(webhook_id: str) -> None:
    """Send what is due for one webhook; several at once never send the same delivery."""
    send_due(UUID(webhook_id))
