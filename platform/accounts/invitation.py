"""The e-mail to somebody new: a link to set the first password."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User

SECONDS_PER_DAY = 86_400


def build_password_link(user: User) -> str:
    """Build the address of the page that sets this person's password.

    It works once: the token is made of the stored password and the last sign-in. It also ends after
    `PASSWORD_RESET_TIMEOUT` seconds.
    """
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def count_valid_days() -> int:
    """Count the whole days for which a link works."""
    return settings.PASSWORD_RESET_TIMEOUT // SECONDS_PER_DAY


def send_invitation(*, user: User, link: str) -> None:
    """Send the link in the person's language. Raises `OSError` if the mail server cannot be reached or refuses."""
    context = {"user": user, "link": link, "days": count_valid_days(), "site": settings.SITE_URL}
    with override(user.language):
        subject = render_to_string("account/email/invitation_subject.txt", context)
        message = render_to_string("account/email/invitation_message.txt", context)
    send_mail(subject.strip(), message, from_email=None, recipient_list=[user.email])


def send_company_link(
    *, email: str, name: str, company: str, inviter: str, link: str, days: int, language: str
) -> None:
    """Send somebody the link by which they join a company. Raises `OSError`, see above.

    `language` is for somebody new; who has an account reads the e-mail in their own.
    """
    known = User.objects.filter(email=email).values_list("language", flat=True).first()
    context = {
        "name": name,
        "company": company,
        "inviter": inviter,
        "link": link,
        "days": days,
        "site": settings.SITE_URL,
    }
    with override(known or language):
        subject = render_to_string("account/email/company_invitation_subject.txt", context)
        message = render_to_string("account/email/company_invitation_message.txt", context)
    send_mail(subject.strip(), message, from_email=None, recipient_list=[email])
