"""Companies, the questionnaire, rounds, assessments, submissions, scores and the preview for programs."""

from __future__ import annotations

from assessments.api.assessments import AssessmentViewSet
from assessments.api.companies import ListedCompanyViewSet
from assessments.api.exports import AnswerExportView, ScoreExportView
from assessments.api.instruments import InstrumentViewSet
from assessments.api.preview import PreviewBatchView, PreviewView
from assessments.api.rounds import RoundFilter, RoundSerializer, RoundViewSet
from assessments.api.scores import ScoreViewSet, ScoringReleaseSerializer
from assessments.api.submissions import SubmissionViewSet

__all__ = [
    "AnswerExportView",
    "AssessmentViewSet",
    "InstrumentViewSet",
    "ListedCompanyViewSet",
    "PreviewBatchView",
    "PreviewView",
    "RoundFilter",
    "RoundSerializer",
    "RoundViewSet",
    "ScoreExportView",
    "ScoreViewSet",
    "ScoringReleaseSerializer",
    "SubmissionViewSet",
]
