"""The types of events that other programs are told of; part of the interface, so names never change."""

from __future__ import annotations

from django.db.models import TextChoices


class EventType(TextChoices):
    """Everything that the feed tells and a webhook can be sent for."""

    COMPANY_CREATED = "company.created"
    COMPANY_CHANGED = "company.changed"
    COMPANY_LISTED = "company.listed"
    ROUND_OPENED = "round.opened"
    ROUND_CHANGED = "round.changed"
    ASSESSMENT_INVITED = "assessment.invited"
    ASSESSMENT_RECOMMENDED = "assessment.recommended"
    ASSESSMENT_RETURNED = "assessment.returned"
    ASSESSMENT_VERIFIED = "assessment.verified"
    ASSESSMENT_ACCEPTED = "assessment.accepted"
    SUBMISSION_CREATED = "submission.created"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    SCORE_STORED = "score.stored"
    RELEASE_TRAINED = "release.trained"
    RELEASE_PROMOTED = "release.promoted"
