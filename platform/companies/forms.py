"""Forms of the page of access keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey
from companies.models import Programme

Scope = ApiKey.Scope

# The scopes in words.
SCOPES = [
    (Scope.COMPANIES_READ.value, _("Programmes and company profiles")),
    (
        Scope.ASSESSMENTS_READ.value,
        _("The questionnaire, rounds, progress and answers, also those not yet submitted"),
    ),
    (Scope.SCORES_READ.value, _("Levels and readiness scores")),
    (Scope.COHORT_READ.value, _("Figures over all companies of a round, none of a single one")),
    (Scope.MODEL_READ.value, _("Model versions, reference facilities and previews")),
    (Scope.JOBS_READ.value, _("Progress of background work")),
    (Scope.COMPANIES_WRITE.value, _("Add and change companies")),
    (Scope.ASSESSMENTS_WRITE.value, _("Store answers as drafts")),
    (Scope.SUBMISSIONS_WRITE.value, _("Submit answers")),
    (Scope.WEBHOOKS_WRITE.value, _("See and keep webhooks")),
]
LIVES = [
    (90, _("90 days")),
    (180, _("180 days")),
    (365, _("One year")),
]


class KeyForm(forms.Form):
    """The form of a new key."""

    programme = forms.ModelChoiceField(
        label=_("Pilot programme"), queryset=Programme.objects.none(), empty_label=None
    )
    account = forms.CharField(
        label=_("Program"),
        max_length=80,
        help_text=_("The system that uses the key. Keys with the same name share one service account."),
    )
    name = forms.CharField(label=_("Name of the key"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=_("Expires after"), choices=LIVES, coerce=int, initial=365)

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = programmes


class WithdrawForm(forms.Form):
    """The name of the key, typed again, so that the wrong one is not withdrawn."""

    name = forms.CharField(label=_("Name of the key"), max_length=80)

    def __init__(self, *args: Any, key: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_name(self) -> str:
        """Require the same name as the key's."""
        name: str = self.cleaned_data["name"].strip()
        if name != self.key.name:
            raise forms.ValidationError(_("This is not the name of the key. Type it as it is shown above."))
        return name
