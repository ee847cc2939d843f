"""Settings of the API and its schema."""

from __future__ import annotations

from typing import Any

from config.environment import BASE_DIR, env, read_version

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest.rendering.OrjsonParser"],
    "DEFAULT_FILTER_BACKENDS": ["rest.filters.DeclaredFilters"],
    "DEFAULT_PAGINATION_CLASS": "rest.pagination.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "rest.schema.ProblemSchema",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.authentication.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": env.str("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "rest.problems.as_problem",
    "DEFAULT_METADATA_CLASS": None,
    # Left to the renderer, which writes all of them in UTC.
    "DATETIME_FORMAT": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Liuzhou AI-manufacturing readiness",
    # Of the product, not of the addresses, which say /v1/ until a change would break programs.
    "VERSION": read_version(BASE_DIR / "pyproject.toml"),
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "rest.examples.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RoundCode": "assessments.models.Round.Code",
        "FunnelStage": "assessments.models.stage.Stage",
        "SubmissionKind": "assessments.models.Submission.Kind",
        "SubmissionOrigin": "assessments.models.Submission.Origin",
        "ItemPart": "assessments.api.instruments.PARTS",
        "ItemKind": "assessments.api.instruments.KINDS",
        "FigureKind": "assessments.api.instruments.FIGURE_KINDS",
        "LevelStatus": "assessments.api.scores.STATUSES",
        "JobState": "jobs.models.Job.State",
        "TierNumber": "benchmarks.models.Tier",
        "Provenance": "benchmarks.models.Provenance",
        "EventType": "audit.event_types.EventType",
        "DeliveryState": "webhooks.models.Delivery.State",
    },
}
