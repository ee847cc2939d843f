"""Whether the site lives, and whether it can do its work. For load balancers and container engines."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from benchmarks.models import Activation

BROKER_SECONDS = 1.0


class NotReadyError(Exception):
    """Something missing that the site needs; the text says what to look at."""


@never_cache
@require_safe
def show_liveness(request: HttpRequest) -> JsonResponse:
    """Answer that the process lives. Asks nothing of anything else."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def show_readiness(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database, broker and a model release are there, else 503 and what failed."""
    checks: dict[str, dict[str, str]] = {}
    for name, check in CHECKS.items():
        try:
            check()
        except NotReadyError as reason:
            checks[name] = {"status": "failed", "reason": str(reason)}
        else:
            checks[name] = {"status": "ok"}
    failed = [name for name, result in checks.items() if result["status"] == "failed"]
    return JsonResponse(
        {"status": "not ready" if failed else "ready", "failed": failed, "checks": checks},
        status=503 if failed else 200,
    )


def check_database() -> None:
    """Check that the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReadyError("The database does not answer. Check DATABASE_URL and the server.") from error


def check_broker() -> None:
    """Check that Redis answers, or that the queue folder can be written to."""
    if settings.REDIS_URL:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
        )
        try:
            client.ping()
        except (redis.RedisError, OSError) as error:
            raise NotReadyError("Redis does not answer. Check REDIS_URL and the server.") from error
        finally:
            client.close()
        return
    folder = Path(settings.QUEUE_DIR) / "messages"
    try:
        # Hidden from the transport, which reads files that end in .msg only.
        handle, name = tempfile.mkstemp(prefix=".ready-", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise NotReadyError("The queue folder cannot be written to. Check VAR_DIR and its owner.") from error


def check_model() -> None:
    """Check that a release of the model is in use somewhere."""
    try:
        if Activation.objects.filter(ended_at__isnull=True).exists():
            return
    except DatabaseError as error:
        raise NotReadyError("The tables cannot be read. Run the migrations.") from error
    raise NotReadyError("No release of the model is in use. Train one and activate it.")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "model": check_model,
}

# Load balancers are often set up with a stroke at the end, and some take a redirect for a failure.
urlpatterns = [
    path("live", show_liveness, name="live"),
    path("ready", show_readiness, name="ready"),
    path("live/", show_liveness),
    path("ready/", show_readiness),
]
