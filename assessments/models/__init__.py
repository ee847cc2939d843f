"""Rounds, assessments with their answers, submissions and score runs."""

from __future__ import annotations

from assessments.models.acceptance import Batch, BatchEntry, ConditionCheck
from assessments.models.answer import Answer, AnswerRevision, SectionAssignment, SectionOffer, SectionSeen
from assessments.models.assessment import Assessment
from assessments.models.county import CountyCheck, Return, ReturnedItem
from assessments.models.document import Document
from assessments.models.evidence import Evidence
from assessments.models.flag import Flag, VisitSample
from assessments.models.message import Message, MessageSide, Thread, ThreadReading
from assessments.models.plan import Plan, PlanStep
from assessments.models.prescore import PreScore, PreScoreRevision
from assessments.models.published import PublishedVersion
from assessments.models.reminder import Reminder
from assessments.models.report import Report
from assessments.models.reviewing import ReviewAssignment
from assessments.models.round import Round
from assessments.models.score import ScoreRun
from assessments.models.submission import Submission, Withdrawal
from assessments.models.visit import Appeal, AppealItem, Decision, Grade, GradeRevision, Visit

__all__ = [
    "Answer",
    "AnswerRevision",
    "Appeal",
    "AppealItem",
    "Assessment",
    "Batch",
    "BatchEntry",
    "ConditionCheck",
    "CountyCheck",
    "Decision",
    "Document",
    "Evidence",
    "Flag",
    "Grade",
    "GradeRevision",
    "Message",
    "MessageSide",
    "Plan",
    "PlanStep",
    "PreScore",
    "PreScoreRevision",
    "PublishedVersion",
    "Reminder",
    "Report",
    "Return",
    "ReturnedItem",
    "ReviewAssignment",
    "Round",
    "ScoreRun",
    "SectionAssignment",
    "SectionOffer",
    "SectionSeen",
    "Submission",
    "Thread",
    "ThreadReading",
    "Visit",
    "VisitSample",
    "Withdrawal",
]
