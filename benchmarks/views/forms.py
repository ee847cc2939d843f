"""Forms of the model's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from benchmarks.training import Alpha

LARGEST_SEED = 2_147_483_647


class TrainForm(forms.Form):
    """Form that asks what to train with."""

    alpha = forms.ChoiceField(
        label=_("Pull to the expert weights"),
        choices=[
            ("3", _("3, the usual")),
            ("1", "1"),
            ("10", "10"),
            ("30", "30"),
            ("cv", _("Choose by held-out rows")),
        ],
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("Decides which rows are held out together for the figures."),
    )

    def get_alpha(self) -> Alpha:
        """Return the strength as training takes it."""
        text = str(self.cleaned_data["alpha"])
        return "cv" if text == "cv" else float(text)


class ReasonForm(forms.Form):
    """Form that asks why a release should be activated."""

    reason = forms.CharField(
        label=_("Why this model version"),
        max_length=300,
        required=False,
        help_text=_("The second person reads this."),
    )


class WorkbookForm(forms.Form):
    """A workbook of facilities."""

    file = forms.FileField(
        label=_("Workbook (XLSX)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
