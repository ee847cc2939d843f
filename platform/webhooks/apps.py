"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksApp(AppConfig):
    """Settings of the app."""

    name = "webhooks"
