"""The kinds of files that can be loaded."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """The subject of a file."""

    COHORT = "cohort", _("Companies, with answers where there are any")
    PROFILE = "profile", _("Profiles of companies that are listed")
    ANSWERS = "answers", _("Answers")
    MINISTRY = "ministry", _("Results of the ministry’s platform")
