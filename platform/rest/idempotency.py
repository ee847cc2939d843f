"""Asking twice does the work once: what was answered to a request that carried an `Idempotency-Key`."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import orjson
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobs.models import StoredReply

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
KEPT_HEADERS = ("Location", "ETag")
# Nothing was decided about the request itself: the same key may be used when the cause is gone.
NOT_KEPT = frozenset({401, 403, 429})


class KeyReused(APIException):
    """A key that came with another request before."""

    status_code = 422
    problem_code = "idempotency-key-reused"
    default_code = "idempotency-key-reused"
    default_detail = (
        "This Idempotency-Key was used for another request within the last 24 hours. "
        "Repeat that request as it was, or use another key."
    )


class KeyInUse(APIException):
    """A key whose first request has no answer yet; `wait` seconds later it may have one."""

    status_code = 409
    problem_code = "idempotency-key-in-use"
    default_code = "idempotency-key-in-use"
    default_detail = (
        "The first request with this Idempotency-Key is still being answered. Send it again a little later."
    )
    wait = 1


class BadHeader(ValidationError):
    """A header that is not what it has to be."""

    def __init__(self, header: str, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.members = {"errors": [{"parameter": header, "reason": reason, "detail": detail}]}


class Replayed(Exception):
    """A request that was answered before; `reply` is what was said."""

    def __init__(self, reply: StoredReply) -> None:
        super().__init__(reply.key)
        self.reply = reply


class IdempotentWrites(APIView):
    """A view whose writes are done once for each `Idempotency-Key`; a repeated request gets the first answer.

    The answer is stored in the transaction of the work, so that there is never the one without the other. A second
    request that arrives meanwhile is told so, and holds no worker (SQLite has one writer: there it waits its turn).
    """

    _reply: StoredReply | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and keep the answer where a key was given."""
        if request.method in SAFE_METHODS or HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            assert isinstance(response, Response)
            response.render()
            if response.status_code >= 500 or response.status_code in NOT_KEPT:
                transaction.set_rollback(True)
            elif self._reply is not None:
                self._reply.status = response.status_code
                self._reply.content_type = response.get("Content-Type", "")
                self._reply.headers = {
                    name: response[name] for name in KEPT_HEADERS if response.has_header(name)
                }
                self._reply.body = response.content.decode()
                self._reply.save()
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look, after the checks of who asks and what they may do, whether this was asked before."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS and HEADER in request.headers:
            self._reply = _claim_key(request, request.headers[HEADER])

    def handle_exception(self, exc: Exception) -> Response:
        """Say again what was said the first time."""
        if not isinstance(exc, Replayed):
            return super().handle_exception(exc)
        reply = exc.reply
        return Response(
            orjson.Fragment(reply.body) if reply.body else None,
            status=reply.status,
            content_type=reply.content_type or None,
            headers={**reply.headers, "Idempotency-Replayed": "true"},
        )


def _claim_key(request: Request, key: str) -> StoredReply:
    """Store a row for the key; raise `Replayed`, `KeyReused` or `KeyInUse` if there is one already."""
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        detail = f"An {HEADER} is 1 to {LONGEST_KEY} visible ASCII characters, such as a UUID."
        raise BadHeader(HEADER, "bad_key", detail)
    wanted = _compute_digest(request)
    account = cast(AbstractBaseUser, request.user)
    _hold(f"{account.pk} {key}")
    StoredReply.objects.outdated().filter(user_id=account.pk, key=key).delete()
    try:
        with transaction.atomic():
            return StoredReply.objects.create(user_id=account.pk, key=key, request_sha256=wanted)
    except IntegrityError:
        found = StoredReply.objects.get(user_id=account.pk, key=key)
    if found.request_sha256 != wanted:
        raise KeyReused
    raise Replayed(found)


def _hold(name: str) -> None:
    """Keep others with the same name out until this transaction ends; raises `KeyInUse` where one is at work."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{HEADER} {name}"])
        (is_held,) = cursor.fetchone()
    if not is_held:
        raise KeyInUse


def _compute_digest(request: Request) -> str:
    """Hash what makes requests the same: method, address and body, however the JSON is spelled."""
    sent: object = request.data
    body = sent if isinstance(sent, bytes) else orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)
    condition = request.headers.get("If-Match", "")
    head = f"{request.method} {request.get_full_path()} {condition}\n".encode()
    return hashlib.sha256(head + body).hexdigest()
