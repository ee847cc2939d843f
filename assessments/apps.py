"""Registers the app."""

from __future__ import annotations

from django.apps import AppConfig


class AssessmentsApp(AppConfig):
    """Settings of the app."""

    name = "assessments"
