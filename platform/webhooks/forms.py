"""Forms of the pages of webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.event_types import EventType
from companies.models import Programme
from webhooks.models import Webhook

TYPES = [
    (EventType.COMPANY_CREATED.value, _("A company was added")),
    (EventType.COMPANY_CHANGED.value, _("A company’s profile or its place on the list changed")),
    (EventType.COMPANY_LISTED.value, _("A company was put on the list")),
    (EventType.ROUND_OPENED.value, _("A round was started")),
    (EventType.ROUND_CHANGED.value, _("A round was locked or reopened, or its deadline moved")),
    (EventType.ASSESSMENT_INVITED.value, _("A company was invited")),
    (EventType.SUBMISSION_CREATED.value, _("Answers were submitted")),
    (EventType.SUBMISSION_WITHDRAWN.value, _("A submission was withdrawn")),
    (EventType.SCORE_STORED.value, _("A score was stored")),
    (EventType.ASSESSMENT_RETURNED.value, _("Answers were returned to the company")),
    (EventType.ASSESSMENT_RECOMMENDED.value, _("The county recommended a company")),
    (EventType.ASSESSMENT_VERIFIED.value, _("On-site verification was finished")),
    (EventType.ASSESSMENT_ACCEPTED.value, _("A company was accepted")),
    (EventType.RELEASE_TRAINED.value, _("A model version was trained")),
    (EventType.RELEASE_PROMOTED.value, _("A model version was activated")),
]


class WebhookForm(forms.Form):
    """Who is told, where, and of what."""

    programme = forms.ModelChoiceField(
        label=_("Pilot programme"), queryset=Programme.objects.none(), empty_label=None
    )
    name = forms.CharField(label=_("Name of the webhook"), max_length=80)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("A public address that begins with https://."),
        widget=forms.URLInput,
    )
    types = forms.MultipleChoiceField(
        label=_("Tell of"),
        choices=TYPES,
        required=False,
        help_text=_("Without a choice, of everything."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: Any = None, *, programmes: QuerySet[Programme], webhook: Webhook | None = None
    ) -> None:
        initial = {name: getattr(webhook, name) for name in ("name", "url", "types")} if webhook else None
        super().__init__(data, initial=initial)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes
        if webhook is not None:
            del self.fields["programme"]


class ReplayForm(forms.Form):
    """The time from which on everything is sent again."""

    since = forms.DateTimeField(
        label=_("Send again everything since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_since(self) -> object:
        """Require a time that has passed."""
        since = self.cleaned_data["since"]
        if since > timezone.now():
            raise forms.ValidationError(_("Give a time that has passed."))
        return since
