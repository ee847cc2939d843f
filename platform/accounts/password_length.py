"""The rule that a password is long enough, said in the language of the page."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class PasswordLengthValidator(MinimumLengthValidator):
    """A least length of passwords. Django's own sentence has no Chinese translation."""

    def get_error_message(self) -> str:
        """Return the sentence for a password that is too short."""
        return _("This password is too short. It needs at least %(least)d characters.") % {
            "least": self.min_length
        }
