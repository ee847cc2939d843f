"""The editable answers of an assessment, their history, and who is asked to answer what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models.assessment import Assessment
from companies.models import Invitation
from instrument import AnswerState, ItemAnswer


class State(models.TextChoices):
    """The states of an answer; see `instrument.AnswerState`."""

    ANSWERED = AnswerState.ANSWERED.value, _("Answered")
    DONT_KNOW = AnswerState.DONT_KNOW.value, _("Don’t know")
    NOT_APPLICABLE = AnswerState.NOT_APPLICABLE.value, _("Does not apply")
    LATER = AnswerState.LATER.value, _("Later")


class AnswerContent(models.Model):
    """What somebody said to one item of an assessment: the columns that all such tables share.

    `CONTENT` names those that make up what was said, `KEY` those that say about what; a table that adds some of its
    own extends them. `answering.revisions` has the rule by which one value replaces another.
    """

    KEY: ClassVar[tuple[str, ...]] = ("assessment_id", "item")
    CONTENT: ClassVar[tuple[str, ...]] = ("state", "value", "reason", "figures", "comment")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=8)
    # Null where only figures or a comment have been entered so far.
    state = models.CharField(max_length=14, choices=State.choices, null=True, blank=True)  # noqa: DJ001
    value = models.JSONField(null=True, blank=True)
    reason = models.TextField(blank=True)
    figures = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Entered by the bureau on the company's behalf, for example after a telephone call.
    on_behalf = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    class Meta:
        abstract = True

    def build_item_answer(self) -> ItemAnswer:
        """Build the answer for the instrument; one without a state counts as unanswered ("later")."""
        return ItemAnswer(
            state=AnswerState(self.state) if self.state else AnswerState.LATER,
            value=tuple(self.value) if isinstance(self.value, list) else self.value,
            reason=self.reason,
            figures=dict(self.figures),
            comment=self.comment,
        )

    def get_content(self) -> dict[str, object]:
        """Return what was said, by column."""
        return {name: getattr(self, name) for name in self.CONTENT}


class Answer(AnswerContent):
    """The present answer to one item. `revision` grows by one with each change."""

    # No index of its own: the one below begins with it.
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="answers", db_index=False
    )

    class Meta:
        db_table = "assessments_answer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_answer_once", fields=["assessment", "item"]),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"


class AnswerRevision(AnswerContent):
    """An answer as it once was, kept so that it can be seen who answered what and when."""

    # No index of its own: the one below begins with it.
    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="answer_history", db_index=False
    )

    class Meta:
        db_table = "assessments_answer_revision"
        ordering: ClassVar[list[str]] = ["-answered_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "item", "-revision"], name="assessments_revision_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item} r{self.revision}"


class SectionAssignment(models.Model):
    """A section of the questionnaire handed to a colleague."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="assignments")
    section = models.CharField(max_length=4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    assigned_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "assessments_section_assignment"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_assignment_once", fields=["assessment", "section"]),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.user}"


class SectionSeen(models.Model):
    """A section that somebody of the company has opened: not begun is not the same as not looked at."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="sections_seen")
    section = models.CharField(max_length=4)
    seen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "assessments_section_seen"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="assessments_section_seen_once", fields=["assessment", "section"]),
        ]

    def __str__(self) -> str:
        return self.section


class SectionOffer(models.Model):
    """A section that whoever accepts an invitation is asked to answer."""

    invitation = models.OneToOneField(
        Invitation, primary_key=True, on_delete=models.CASCADE, related_name="section_offer"
    )
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="section_offers")
    section = models.CharField(max_length=4)

    class Meta:
        db_table = "assessments_section_offer"

    def __str__(self) -> str:
        return f"{self.section}: {self.invitation.name}"
