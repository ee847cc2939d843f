"""Rounds, assessments with their answers, submissions and score runs."""

from __future__ import annotations

from assessments.models.answer import Answer, AnswerRevision, SectionAssignment
from assessments.models.assessment import Assessment
from assessments.models.evidence import Evidence
from assessments.models.prescore import PreScore, PreScoreRevision
from assessments.models.published import PublishedVersion
from assessments.models.reminder import Reminder
from assessments.models.reviewing import ReviewAssignment
from assessments.models.round import Round
from assessments.models.score import ScoreRun
from assessments.models.submission import Submission

__all__ = [
    "Answer",
    "AnswerRevision",
    "Assessment",
    "Evidence",
    "PreScore",
    "PreScoreRevision",
    "PublishedVersion",
    "Reminder",
    "ReviewAssignment",
    "Round",
    "ScoreRun",
    "SectionAssignment",
    "Submission",
]
