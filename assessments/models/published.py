"""Versions of the questionnaire that the bureau made available for new rounds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from instrument import Instrument, load_instrument


class PublishedVersion(models.Model):
    """A version of the questionnaire that may be used, with the hash its files had when it was published."""

    version = models.CharField(max_length=20, unique=True)
    sha256 = models.CharField(max_length=64)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "assessments_published_version"
        ordering: ClassVar[list[str]] = ["-published_at"]

    def __str__(self) -> str:
        return self.version

    @property
    def instrument(self) -> Instrument:
        """What is asked; raises `DefinitionError` where the files are not those that were finished."""
        return load_instrument(self.version)
