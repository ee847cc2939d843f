"""Links by which somebody joins a company."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.roles import Role
from companies.models.company import Company


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def visible_to(self, user: User) -> InvitationQuerySet:
        """Return invitations to companies of which the user may know."""
        return self.filter(company__in=Company.objects.visible_to(user))


class Invitation(models.Model):
    """A link by which one person takes a role in a company. It works once, and only its digest is stored."""

    class Invited(models.TextChoices):
        MEMBER = Role.MEMBER.value, Role.MEMBER.label
        DELEGATE = Role.DELEGATE.value, Role.DELEGATE.label
        PROVIDER = Role.PROVIDER.value, Role.PROVIDER.label

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("invitation", "Waiting")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Withdrawn")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")
    # Whom the link is for, in the words of the person who made it; whoever opens it gives the name themselves.
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=Invited.choices)
    role_expires_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Why the e-mail with the link did not arrive, in the words of a mail server; empty where nothing is known.
    letter_problem = models.CharField(max_length=300, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        db_table = "companies_invitation"
        ordering: ClassVar[list[str]] = ["-invited_at"]

    def __str__(self) -> str:
        return f"{self.name}: {Role(self.role).label}, {self.company}"

    @staticmethod
    def generate_token() -> str:
        """Generate 256 random bits for the link."""
        return secrets.token_urlsafe(32)

    @staticmethod
    def compute_digest(token: str) -> str:
        """Compute what is stored of a link, so random that a plain digest cannot be searched."""
        return hashlib.sha256(token.encode()).hexdigest()

    def note_email_problem(self, reason: str) -> None:
        """Note that the e-mail with the link does not arrive."""
        self.letter_problem = reason[: Invitation._meta.get_field("letter_problem").max_length]
        self.save(update_fields=["letter_problem"])

    @property
    def state(self) -> State:
        """Whether the link still works, and if not, why."""
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.WAITING if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def is_waiting(self) -> bool:
        """Whether the link still works."""
        return self.state is self.State.WAITING
