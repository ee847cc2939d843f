"""Rounds, assessments, submissions, scores and the preview for programs."""

from __future__ import annotations

from assessments.api.assessments import AssessmentViewSet
from assessments.api.exports import AnswerExportView, ScoreExportView
from assessments.api.preview import PreviewBatchView, PreviewView
from assessments.api.rounds import RoundViewSet
from assessments.api.scores import ScoreViewSet
from assessments.api.submissions import SubmissionViewSet

__all__ = [
    "AnswerExportView",
    "AssessmentViewSet",
    "PreviewBatchView",
    "PreviewView",
    "RoundViewSet",
    "ScoreExportView",
    "ScoreViewSet",
    "SubmissionViewSet",
]
