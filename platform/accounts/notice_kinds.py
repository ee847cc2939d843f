"""The kinds of notices, as they are stored and as people have switched them off; in the order of the page."""

from __future__ import annotations

from django.db.models import TextChoices


class NoticeKind(TextChoices):
    """The subject of a notice. What each says is in `notice_templates.py` of the app that it comes from."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    DEADLINE = "deadline"
    SECTION_ASSIGNED = "section_assigned"
    ROLE_GRANTED = "role_granted"
    RETURNED = "returned"
    SCORED = "scored"
    VERIFIED = "verified"
    ACCEPTED = "accepted"
    APPEAL_DECIDED = "appeal_decided"
    MESSAGE = "message"
    REVIEW_ASSIGNED = "review_assigned"
    APPEAL = "appeal"
    RELEASE_PROPOSED = "release_proposed"
    BRIEFING = "briefing"
    FILE_READY = "file_ready"
    WEBHOOK_OFF = "webhook_off"
    SAFETY = "safety"
