"""Addresses of the programming interface. A trailing slash may be left out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, re_path
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import conditional_page
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from accounts.authentication import Allowance
from assessments.api import (
    AnswerExportView,
    AssessmentViewSet,
    InstrumentViewSet,
    ListedCompanyViewSet,
    PreviewBatchView,
    PreviewView,
    RoundViewSet,
    ScoreExportView,
    ScoreViewSet,
    SubmissionViewSet,
)
from benchmarks.api import FacilityViewSet, ReleaseViewSet
from cohort.api import CohortViewSet
from companies.api import ProgrammeViewSet
from config.api.documentation import show_documentation
from rest.jobs import JobViewSet
from rest.problems import Unknown
from webhooks.api import EventViewSet, WebhookViewSet

app_name = "api"
View = Callable[..., HttpResponseBase]


def serve_api(view: View) -> View:
    """Answer in English, with an ETag of the content (304 if the client has it), for this key alone."""

    @wraps(view)
    def answer_in_english(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("en"):
            response = view(request, *args, **kwargs)
        # Else it names the language that the reader's browser asks for.
        response["Content-Language"] = "en"
        patch_vary_headers(response, ["Authorization"])
        allowance: Allowance | None = getattr(request, "allowance", None)
        if allowance is not None:
            for name, value in allowance.build_headers().items():
                response[name] = value
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return conditional_page(answer_in_english)


class Router(SimpleRouter):
    """Routes whose trailing slash is optional."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the routes, each served as `serve_api` says."""
        return [
            re_path(str(route.pattern), serve_api(route.callback), name=route.name)
            for route in super().get_urls()
            if isinstance(route, URLPattern)
        ]


router = Router()
router.register("programmes", ProgrammeViewSet, basename="programme")
router.register("instruments", InstrumentViewSet, basename="instrument")
router.register("rounds", RoundViewSet, basename="round")
router.register("companies", ListedCompanyViewSet, basename="company")
router.register("assessments", AssessmentViewSet, basename="assessment")
router.register("submissions", SubmissionViewSet, basename="submission")
router.register("scores", ScoreViewSet, basename="score")
router.register("cohorts", CohortViewSet, basename="cohort")
router.register("facilities", FacilityViewSet, basename="facility")
router.register("releases", ReleaseViewSet, basename="release")
router.register("jobs", JobViewSet, basename="job")
router.register("events", EventViewSet, basename="event")
router.register("webhooks", WebhookViewSet, basename="webhook")

version_1 = [
    *router.urls,
    re_path(r"^exports/scores/?$", serve_api(ScoreExportView.as_view()), name="export-scores"),
    re_path(r"^exports/answers/?$", serve_api(AnswerExportView.as_view()), name="export-answers"),
    re_path(r"^preview/?$", serve_api(PreviewView.as_view()), name="preview"),
    re_path(r"^preview/batch/?$", serve_api(PreviewBatchView.as_view()), name="preview-batch"),
]

urlpatterns = [
    re_path(r"^v1/", include(version_1)),
    re_path(r"^schema/?$", serve_api(SpectacularAPIView.as_view()), name="schema"),
    re_path(r"^docs/?$", show_documentation, name="docs"),
    re_path(r"", serve_api(Unknown.as_view())),
]
