"""Who calls the programming interface, and what their key allows.

A program sends `Authorization: Bearer lzr_...`. The key belongs to a service account, whose role in a
programme decides which companies it reaches; the key's scopes decide what it may do there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import KEY_PREFIX, ApiKey, User
from rest.scopes import get_scope

if TYPE_CHECKING:
    # The settings name these classes, and `rest_framework.views` reads the settings while it loads.
    from rest_framework.views import APIView

CHALLENGE = 'Bearer realm="api"'
LONGEST_KEY = 200


class KeyRefused(AuthenticationFailed):
    """A key that does not open anything; `problem_code` says why."""

    def __init__(self, problem_code: str, detail: str) -> None:
        super().__init__(detail)
        self.problem_code = problem_code


class MissingScope(PermissionDenied):
    """A good key without the scope for this; `members` names the one that is needed."""

    problem_code = "missing-scope"

    def __init__(self, scope: str, held: list[str]) -> None:
        super().__init__(
            f"This needs a key with the scope {scope}. Yours has: {', '.join(held) or 'none'}. "
            "An administrator can issue another."
        )
        self.members = {"required_scope": scope, "scopes": held}


class ApiKeyAuthentication(BaseAuthentication):
    """The authentication by a key, which is found by its digest; one query."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the service account and its key; None where no key was sent."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        text = text.strip()
        if not text.startswith(KEY_PREFIX) or len(text) > LONGEST_KEY or not text.isascii():
            raise KeyRefused("key-unknown", f"A key begins with {KEY_PREFIX}. This is none of ours.")
        key = ApiKey.objects.select_related("user").filter(digest=ApiKey.compute_digest(text)).first()
        if key is None or key.user.kind != User.Kind.SERVICE:
            raise KeyRefused("key-unknown", "There is no such key. It may have been copied incompletely.")
        if key.withdrawn_at is not None:
            raise KeyRefused("key-withdrawn", "This key was withdrawn. Ask an administrator for another.")
        if key.expires_at <= timezone.now():
            raise KeyRefused(
                "key-expired",
                f"This key expired on {key.expires_at:%Y-%m-%d}. Ask an administrator for another.",
            )
        if not key.user.is_active:
            raise KeyRefused("account-closed", "The service account of this key was closed.")
        key.touch()
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that comes with a 401."""
        return CHALLENGE


class HasScope(BasePermission):
    """The permission of keys with the scope that the view names in `scope`; without a name, nobody's."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the key may do this; `MissingScope` names the scope that it lacks."""
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        scope = get_scope(view, request.method or "")
        if not scope:
            return False
        if scope not in key.scopes:
            raise MissingScope(scope, list(key.scopes))
        return True


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a key's rate: `remaining` of `quota` requests, of which one is free after `reset` seconds."""

    quota: int
    window: int
    remaining: int
    reset: int

    def build_headers(self) -> dict[str, str]:
        """Build `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"key";q={self.quota};w={self.window}',
            "RateLimit": f'"key";r={self.remaining};t={self.reset}',
        }


class KeyThrottle(SimpleRateThrottle):
    """The limit of requests a minute for each key; the rate is a setting."""

    scope = "key"
    num_requests: int
    duration: int
    cache_format = "api-rate-%s"

    def get_rate(self) -> str:
        """Return the rate as it is set now."""
        rates: dict[str, str] = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        return rates["key"]

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return whether the key has a request left; note what remains for the response's headers."""
        allowed = super().allow_request(request, view)
        if isinstance(request.auth, ApiKey):
            oldest = self.history[-1] if self.history else self.now
            request._request.allowance = Allowance(  # type: ignore[attr-defined]
                quota=self.num_requests,
                window=self.duration,
                remaining=max(0, self.num_requests - len(self.history)),
                reset=max(0, math.ceil(oldest + self.duration - self.now)),
            )
        return allowed

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return where this key's times of requests are kept; None where there is no key to count."""
        return self.cache_format % request.auth.pk if isinstance(request.auth, ApiKey) else None
