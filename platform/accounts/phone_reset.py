"""Resetting a password by phone: a code by short message, then the page that sets a new password."""

from __future__ import annotations

import secrets
from typing import Any, Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from django.http import HttpRequest

from accounts.models import User

SESSION_KEY = "phone_reset"
TIMEOUT_SECONDS = 15 * 60
MAX_ATTEMPTS = 5


class PhoneReset(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """The request of one browser; it is kept in the session, also for numbers that nobody has."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(max_attempts=MAX_ATTEMPTS, timeout=TIMEOUT_SECONDS, state=state)

    @classmethod
    def begin(cls, request: HttpRequest, phone: str) -> Self:
        """Send a code if the number is somebody's; the page that follows is the same either way."""
        user = get_adapter().get_user_by_phone(phone)
        if user is not None and not user.is_active:
            user = None
        reset = cls(request, cls.initial_state(user, phone=phone))
        reset.send()
        reset.persist()
        return reset

    @classmethod
    def resume(cls, request: HttpRequest) -> Self | None:
        """Return what this browser has asked for; None if nothing, or too long ago."""
        state = request.session.get(SESSION_KEY)
        if state is None:
            return None
        resumed: Self | None = cls(request, state).abort_if_invalid()
        return resumed

    def send(self) -> None:
        """Send a new code."""
        self.state["code"] = ""
        if isinstance(self.user, User):
            adapter = get_adapter()
            self.state["code"] = adapter.generate_phone_verification_code(
                user=self.user, phone=self.state["phone"]
            )
            adapter.send_verification_code_sms(self.user, self.state["phone"], self.state["code"])

    def is_right_code(self, code: str) -> bool:
        """Return whether this is the code that was sent."""
        return bool(self.code) and secrets.compare_digest(self.code.encode(), code.strip().encode())

    def persist(self) -> None:
        """Keep the state in the session."""
        self.request.session[SESSION_KEY] = self.state

    def abort(self) -> None:
        """Forget it."""
        self.request.session.pop(SESSION_KEY, None)
