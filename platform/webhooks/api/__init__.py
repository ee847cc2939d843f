"""The feed of events, and webhooks, for programs."""

from __future__ import annotations

from webhooks.api.events import EventViewSet

__all__ = ["EventViewSet"]
