"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig


class CompaniesApp(AppConfig):
    """Settings of the app."""

    name = "companies"
