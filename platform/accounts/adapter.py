"""How allauth is bent to this site: accounts come by invitation only, and people may sign in with a phone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts import sms
from accounts.models import Kind, User
from accounts.notices import notify
from accounts.phones import PhoneField
from audit.record import record

_MISMATCH = _(
    "The e-mail address or phone number and the password do not match. Check them, or reset your password."
)


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; wrong passwords are counted in one place; one sentence for every failed sign-in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "phone_taken": _("This number cannot be used. Ask the city bureau if it is yours."),
        "same_as_current": _("This is your number already."),
        "incorrect_code": _("Incorrect code."),
        "rate_limited": _("A code was sent a moment ago. Wait half a minute, then ask for another."),
        "too_many_login_attempts": _("Too many wrong codes. Wait a quarter of an hour, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the bureau and by company owners, never by visitors."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leaves counting wrong passwords to django-axes; allauth's own counter is for codes only."""

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Note that somebody signed in."""
        record("person.signed_in", user, by=user)
        response: HttpResponse = super().post_login(request, user, **details)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Store a new password, note it, and tell its owner unless it is the first one."""
        with transaction.atomic():
            is_first = not user.has_usable_password()
            super().set_password(user, password)
            record("password.set", user, by=user)
            if not is_first:
                notify(
                    user=user,
                    kind=Kind.SAFETY,
                    link=reverse("account_settings"),
                    change=_("Your password was changed"),
                )

    def phone_form_field(self, **options: Any) -> PhoneField:
        """A field for a phone number, as allauth's forms use it."""
        return PhoneField(label=_("Mobile number"), **options)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The number that the person signs in with; None while none has been confirmed."""
        return (user.phone, True) if user.phone and user.phone_verified_at else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Keep a number; only a confirmed one can be signed in with."""
        with transaction.atomic():
            user.phone = phone
            user.phone_verified_at = timezone.now() if verified else None
            user.save(update_fields=["phone", "phone_verified_at"])
            if verified:
                record("phone.confirmed", user, by=user)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The code was right: the number is the person's."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Whose confirmed number this is."""
        return User.objects.filter(
            phone=phone, phone_verified_at__isnull=False, kind=User.Kind.PERSON
        ).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **details: Any) -> None:
        """Send a code in the person's language."""
        with override(user.language):
            text = gettext("Your code is %(code)s. It is good for 15 minutes. Tell it to nobody.") % {
                "code": code
            }
        sms.send(phone, text)

    def send_unknown_account_sms(self, phone: str, **details: Any) -> None:
        """Nothing is sent to numbers that nobody here has."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Nothing is sent to a number that somebody else has confirmed."""
