"""Proposals: one person asks for a release to be activated, another one confirms it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from benchmarks.models.release import Release
from companies.models import Programme


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reads of proposals."""

    def visible_to(self, user: User) -> ProposalQuerySet:
        """Return the proposals in programmes in which the user may see the model."""
        return self.filter(programme__in=Programme.objects.allowing(user, Permission.SEE_MODEL))

    def find_open(self, programme: Programme) -> Proposal | None:
        """Find the proposal of this programme that waits for a second person; None where there is none."""
        return self.filter(programme=programme, state=Proposal.State.OPEN).first()


class Proposal(models.Model):
    """The wish of one person to activate a release. It takes effect when a second person confirms it."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="proposals")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="proposals")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        db_table = "benchmarks_proposal"
        ordering: ClassVar[list[str]] = ["-proposed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="benchmarks_proposal_one_open_per_programme",
                fields=["programme"],
                condition=Q(state="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release} in {self.programme}: {self.state}"
