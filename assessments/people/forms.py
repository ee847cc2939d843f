"""Forms of inviting a colleague or a service provider, and of joining by the link."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Invitation
from instrument import Instrument


class ColleagueInviteForm(forms.Form):
    """The form of an invitation: whom to invite, as what, until when, and for which section."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        widget=forms.EmailInput,
        help_text=_("Optional. With it the link is sent; without it you hand the link over yourself."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Invitation.Invited.MEMBER.value, _("Member: answers questions")),
            (Invitation.Invited.DELEGATE.value, _("Delegate: also submits and invites, for a time")),
            (Invitation.Invited.PROVIDER.value, _("Service provider: enters values of its own, for a time")),
        ],
    )
    until = forms.DateField(
        label=_("Role ends after"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Needed for delegates and service providers."),
    )
    section = forms.ChoiceField(label=_("Section to answer"), required=False)

    def __init__(self, *args: Any, instrument: Instrument, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [(row.code, row.name.translate(language)) for row in instrument.sections]
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("None in particular")), *sections]

    def compute_role_end(self) -> datetime | None:
        """Return the midnight after the chosen day: a role is held on its last day too."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class JoinForm(forms.Form):
    """The account of somebody who joins by a link and has none yet."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, not your name."),
    )
