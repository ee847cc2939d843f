"""Forms of signing in and of looking after one's own account, with our words and without placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ChangePhoneForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    VerifyPhoneForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateWithCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.usersessions.forms import ManageUserSessionsForm
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import NoticeKind, User
from accounts.notice_registry import get_notice_template
from accounts.phones import normalise_phone


class PlainFields(forms.Form):
    """Fields in the look of the site: our labels and hints, no placeholder standing in for a label."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


def normalise_login(login: str) -> str:
    """Return an e-mail address in lower case or a phone number as stored; other text as it is."""
    login = login.strip()
    if "@" in login:
        return login.lower()
    try:
        return normalise_phone(login)
    except ValidationError:
        return login


_NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password again")}
_PASSWORD_HINT = {"password1": _("At least 10 characters, not only digits, not your name.")}
_CODE = {"code": _("Six-digit code")}
_CODE_OR_RECOVERY = {"code": _("Code from the app, or a recovery code")}


class SignInForm(PlainFields, LoginForm):  # type: ignore[misc]
    """E-mail address or phone, and password."""

    labels = {"login": _("E-mail address or mobile number"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self) -> str:
        """Return the login in its one spelling, so that others are not counted as other people."""
        return normalise_login(str(super().clean_login()))

    def user_credentials(self) -> dict[str, Any]:
        """Add the field that the lock counts failures by; the backends take address or number only."""
        credentials: dict[str, Any] = super().user_credentials()
        return {**credentials, "login": self.cleaned_data["login"]}


class PasswordChangeForm(PlainFields, ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one twice."""

    labels = {"oldpassword": _("Current password"), **_NEW_PASSWORD}
    hints = _PASSWORD_HINT


class PasswordResetForm(PlainFields, ResetPasswordForm):  # type: ignore[misc]
    """The address or number that gets the link or the code to set a new password."""

    email = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))
    labels = {"email": _("E-mail address or mobile number")}
    phone = ""
    users: list[Any]

    def clean_email(self) -> str:
        """Return an e-mail address, or a number that `phone` holds then."""
        text = normalise_login(self.cleaned_data["email"])
        if "@" not in text:
            try:
                self.phone, self.users = normalise_phone(text), []
            except ValidationError as error:
                raise ValidationError(
                    _("Enter an e-mail address, or a mobile number of 11 digits.")
                ) from error
            return text
        validate_email(text)
        self.cleaned_data["email"] = text
        return str(super().clean_email())


# What somebody reads whose code counts no longer.
DEAD_CODE = _("The code is too old, or it was mistyped too often. Ask for a new one.")


class CodeForm(PlainFields, forms.Form):
    """A code that was sent by short message."""

    code = forms.CharField(
        max_length=6,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    labels = _CODE


class PhoneForm(PlainFields, ChangePhoneForm):  # type: ignore[misc]
    """A new mobile number."""

    labels = {"phone": _("Mobile number")}
    hints = {"phone": _("We send a code to it. Afterwards you can sign in with it, too.")}


class PhoneCodeForm(PlainFields, VerifyPhoneForm):  # type: ignore[misc]
    """The code that shows that the number is the person's."""

    labels = _CODE


class PersonProfileForm(PlainFields, forms.Form):
    """The name of a person, and the language in which the site writes."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    labels = {"name": _("Name"), "language": _("Language of e-mails")}


class PasswordForm(PlainFields, forms.Form):
    """The password once more, before something that cannot be undone."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    labels = {"password": _("Password")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Require the right password."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


class AddressForm(PasswordForm):
    """A new e-mail address for the account, with the password."""

    email = forms.EmailField(max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    labels = {"email": _("New e-mail address"), "password": _("Password")}
    field_order = ["email", "password"]

    def clean_email(self) -> str:
        """Return the address in lower case; require another one than now."""
        address: str = self.cleaned_data["email"].lower()
        if address == self.user.email:
            raise ValidationError(_("This is your e-mail address already."))
        return address


class EmailsForm(forms.Form):
    """The kinds of e-mails that a person wants."""

    wanted = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Send me an e-mail about"),
    )

    def __init__(self, *args: Any, kinds: list[NoticeKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.value, get_notice_template(kind).label) for kind in kinds]


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


class SessionsForm(ManageUserSessionsForm):  # type: ignore[misc]
    """The signing out of one other browser of a person, or of all others where none is chosen."""

    session = forms.ModelChoiceField(
        queryset=UserSession.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("That browser is signed out already.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = UserSession.objects.filter(user=self.request.user).exclude(
            session_key=self.request.session.session_key
        )

    def save(self, request: HttpRequest) -> None:
        """End what was chosen; the browser that asks stays signed in."""
        chosen = self.cleaned_data["session"]
        if chosen is None:
            super().save(request)
        else:
            chosen.end()
