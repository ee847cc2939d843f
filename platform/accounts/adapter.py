"""How allauth is bent to this site: accounts come by invitation only, and people may sign in with a phone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.helpers import get_client_ip_address
from axes.utils import reset as forget_failures
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from accounts import sms
from accounts.audit_codes import AccountAuditCode
from accounts.invitation import count_valid_days
from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.phones import PhoneField
from audit.record import record

# What people do with their second factor: the words in the record, and what they are told about it.
_SECOND_FACTOR = {
    "mfa/email/totp_activated": (AccountAuditCode.SECOND_FACTOR_ON, _("Your second factor was switched on")),
    "mfa/email/totp_deactivated": (
        AccountAuditCode.SECOND_FACTOR_OFF,
        _("Your second factor was switched off"),
    ),
    "mfa/email/recovery_codes_generated": (
        AccountAuditCode.RECOVERY_CODES_MADE,
        _("New recovery codes were made"),
    ),
}
_MISMATCH = _(
    "The e-mail address or phone number and the password do not match. Check them, or reset your password."
)


# Said by allauth; named here so that our catalogue, which comes first, translates it.
PASSWORDS_DIFFER = _("You must type the same password each time.")


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """A site without sign-up, with one count of wrong passwords and one sentence for failed sign-ins."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _MISMATCH,
        "phone_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "phone_taken": _("This number cannot be used. Ask the city bureau if it is yours."),
        "same_as_current": _("This is your number already."),
        "incorrect_code": _("Incorrect code."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your password."),
        "rate_limited": _(
            "A code was sent a moment ago. Wait half a minute, then ask again. At most ten are sent in an hour."
        ),
        "too_many_login_attempts": _("Too many wrong codes. Wait a quarter of an hour, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are made by the bureau and by company owners, never by visitors."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave counting wrong passwords to django-axes; allauth's own counter is for codes only."""

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Note that somebody signed in, and forget wrong passwords by number; axes forgets those by address."""
        record(AccountAuditCode.PERSON_SIGNED_IN, user, by=user)
        if user.phone:
            forget_failures(ip=get_client_ip_address(request), username=user.phone)
        response: HttpResponse = super().post_login(request, user, **details)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Store a new password, note it, and tell its owner unless it is the first one."""
        with transaction.atomic():
            is_first = not user.has_usable_password()
            super().set_password(user, password)
            record(AccountAuditCode.PASSWORD_SET, user, by=user)
            if not is_first:
                notify(
                    user=user,
                    kind=NoticeKind.SAFETY,
                    link=reverse("account_settings"),
                    change=_("Your password was changed"),
                )

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Render an e-mail in the language that its reader chose, whatever the browser speaks."""
        reader = context.get("user")
        with override(reader.language if isinstance(reader, User) else get_language()):
            message: EmailMessage = super().render_mail(
                template_prefix, email, {**context, "days": count_valid_days()}, headers
            )
        return message

    def send_notification_mail(self, template_prefix: str, user: User, *details: Any, **more: Any) -> None:
        """Note what somebody did with the second factor, and tell its owner; passwords have their own notice."""
        if template_prefix in _SECOND_FACTOR:
            action, change = _SECOND_FACTOR[template_prefix]
            with transaction.atomic():
                record(action, user, by=user)
                notify(user=user, kind=NoticeKind.SAFETY, link=reverse("account_settings"), change=change)

    def phone_form_field(self, **options: Any) -> PhoneField:
        """Build a field for a phone number, as allauth's forms use it."""
        return PhoneField(label=_("Mobile number"), **options)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the number that the person signs in with; None while none has been confirmed."""
        return (user.phone, True) if user.phone and user.phone_verified_at else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Keep a number; only a confirmed one can be signed in with."""
        with transaction.atomic():
            user.phone = phone
            user.phone_verified_at = timezone.now() if verified else None
            user.save(update_fields=["phone", "phone_verified_at"])
            if verified:
                record(AccountAuditCode.PHONE_CONFIRMED, user, by=user)

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Confirm the number: the code was right, so it is the person's."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find the person whose confirmed number this is."""
        return User.objects.filter(
            phone=phone, phone_verified_at__isnull=False, kind=User.Kind.PERSON
        ).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **details: Any) -> None:
        """Send a code in the person's language."""
        with override(user.language):
            text = gettext(
                "Liuzhou AI Readiness: your code is %(code)s. It is good for 15 minutes. Tell it to nobody."
            ) % {"code": code}
        sms.send(phone, text)

    def send_unknown_account_sms(self, phone: str, **details: Any) -> None:
        """Send nothing to numbers that nobody here has."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Send nothing to a number that somebody else has confirmed."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """A second factor whose wrong code says what helps: the next one, and a clock that is right."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code does not fit. Enter the one that the app shows now. If none fits, let your phone set its "
            "clock by itself."
        ),
    }
