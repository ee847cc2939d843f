"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsApp(AppConfig):
    """Settings of the app."""

    name = "accounts"
