"""Forms of signing in and of looking after one's own account, with our words and without placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateWithCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


class PlainFields(forms.Form):
    """Fields in the look of the site: our labels and hints, no placeholder standing in for a label."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "form-control"
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


_NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password again")}
_PASSWORD_HINT = {"password1": _("At least 10 characters, not only digits, not your name.")}
_CODE = {"code": _("Six-digit code")}
_CODE_OR_RECOVERY = {"code": _("Code from the app, or a recovery code")}


class SignInForm(PlainFields, LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    labels = {"login": _("E-mail address"), "password": _("Password")}

    def clean_login(self) -> str:
        """In lower case, so that other spellings of an address are not counted as other people."""
        return str(super().clean_login()).lower()

    def user_credentials(self) -> dict[str, Any]:
        """With the field that the lock counts failures by; the backends take the address only."""
        credentials: dict[str, Any] = super().user_credentials()
        return {**credentials, "login": self.cleaned_data["login"]}


class PasswordChangeForm(PlainFields, ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one twice."""

    labels = {"oldpassword": _("Present password"), **_NEW_PASSWORD}
    hints = _PASSWORD_HINT


class PasswordResetForm(PlainFields, ResetPasswordForm):  # type: ignore[misc]
    """Where the link to set a new password goes."""

    labels = {"email": _("E-mail address")}


class PasswordResetKeyForm(PlainFields, ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, reached by the link."""

    labels = _NEW_PASSWORD
    hints = _PASSWORD_HINT


class PasswordAgainForm(PlainFields, ReauthenticateForm):  # type: ignore[misc]
    """The password once more before something sensitive."""

    labels = {"password": _("Password")}


class SecondFactorForm(PlainFields, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    labels = _CODE_OR_RECOVERY


class SecondFactorAgainForm(PlainFields, ReauthenticateWithCodeForm):  # type: ignore[misc]
    """The code once more before something sensitive."""

    labels = _CODE_OR_RECOVERY


class SecondFactorSetupForm(PlainFields, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator, which shows that it works."""

    labels = _CODE
