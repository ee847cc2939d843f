"""The feed of events, and webhooks, for programs."""

from __future__ import annotations

from webhooks.api.events import EventViewSet
from webhooks.api.webhooks import WebhookViewSet

__all__ = ["EventViewSet", "WebhookViewSet"]
