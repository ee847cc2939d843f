"""The log of contacts with a company."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from companies.models.company import Company


class ContactQuerySet(models.QuerySet["Contact"]):
    """Reads of contacts."""

    def visible_to(self, user: User) -> ContactQuerySet:
        """Return contacts with companies whose overview the user reads; companies do not see them."""
        return self.filter(company__in=Company.objects.allowing(user, Permission.SEE_COHORT))


class Contact(models.Model):
    """A call, visit or letter between staff and a company: when, by which way, with whom, and what came of it."""

    class Channel(models.TextChoices):
        CALL = "call", _("Telephone call")
        VISIT = "visit", _("Visit")
        MESSAGE = "message", _("Message")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    held_on = models.DateField()
    channel = models.CharField(max_length=7, choices=Channel.choices)
    with_whom = models.CharField(max_length=80, blank=True)
    note = models.TextField()
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    objects = ContactQuerySet.as_manager()

    class Meta:
        db_table = "companies_contact"
        ordering: ClassVar[list[str]] = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.company}: {self.held_on}"
