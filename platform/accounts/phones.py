"""Phone numbers: one spelling for each, and how they are shown to others."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COUNTRY = "+86"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")
_FILLING = re.compile(r"[\s\-().·]")


def normalise_phone(text: str) -> str:
    """Return a number in E.164, Chinese if a mobile without country. Raises `ValidationError`."""
    number = _FILLING.sub("", unicodedata.normalize("NFKC", text))
    number = re.sub(r"^00", "+", number)
    national = number.removeprefix(COUNTRY)
    if national == number and number.startswith("86") and _MOBILE.fullmatch(number[2:]):
        national = number[2:]
    if _MOBILE.fullmatch(national):
        return COUNTRY + national
    if _INTERNATIONAL.fullmatch(number) and not number.startswith(COUNTRY):
        return number
    raise ValidationError(
        _("Enter a mobile number of 11 digits, or one with + and the country code."), code="invalid_phone"
    )


def mask_phone(phone: str) -> str:
    """Return the number with its middle hidden, as others see it: 138****5678."""
    national = phone.removeprefix(COUNTRY)
    return f"{national[:3]}****{national[-4:]}" if len(national) > 7 else "****" if national else ""


class PhoneField(forms.CharField):
    """A field for a mobile number, in whatever way it is typed."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def clean(self, value: str) -> str:
        """Return the number in its one spelling."""
        text: str = super().clean(value)
        return normalise_phone(text) if text else ""
