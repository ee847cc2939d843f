"""The site with one more address, which only finds out who is signed in: what saving an answer is compared with."""

from __future__ import annotations

from config.wsgi import application  # first, as it makes Django ready  # isort: skip
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as of_the_site

__all__ = ["application", "handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_required
def send_empty_reply(request: HttpRequest) -> HttpResponse:
    """Send an empty reply to whoever is signed in."""
    return HttpResponse(status=204)


urlpatterns = [path("bench/signed-in-only/", send_empty_reply), *of_the_site]
settings.ROOT_URLCONF = __name__
# Packing files takes longer than measuring, and nobody asks for them here.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
