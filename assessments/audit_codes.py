"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject
from audit.event_types import EventType


class AssessmentAuditCode(AuditCode):
    """A code of rounds, assessments and their review; stored, so it never changes."""

    ACCEPTANCE_CHECKED = "acceptance.checked", _("A condition of acceptance was checked")
    APPEAL_RAISED = "appeal.raised", _("The company appealed")
    ASSESSMENT_ACCEPTED = "assessment.accepted", EventType.ASSESSMENT_ACCEPTED, _("Accepted by the bureau")
    ASSESSMENT_EXTENDED = "assessment.extended", _("More time given")
    ASSESSMENT_EXTENSION_WITHDRAWN = "assessment.extension_withdrawn", _("Extra time withdrawn")
    ASSESSMENT_RECOMMENDED = (
        "assessment.recommended",
        EventType.ASSESSMENT_RECOMMENDED,
        _("Recommended to the city by the county"),
    )
    ASSESSMENT_RETURNED = (
        "assessment.returned",
        EventType.ASSESSMENT_RETURNED,
        _("Items returned to the company by the county"),
    )
    BATCH_ADDED = "batch.added", _("Put into a batch")
    BATCH_CREATED = "batch.created", _("Batch created")
    BATCH_DOWNLOADED = "batch.downloaded", _("Table of a batch downloaded")
    BATCH_REMOVED = "batch.removed", _("Taken out of a batch")
    BATCH_SENT = "batch.sent", _("Batch sent")
    COMPANY_ABSORBED_ANOTHER = (
        "company.absorbed_another",
        EventType.COMPANY_CHANGED,
        _("Took over another company"),
    )
    COMPANY_CAME_BACK = "company.came_back", EventType.COMPANY_CHANGED, _("Came back to the programme")
    COMPANY_INVITED = "company.invited", EventType.ASSESSMENT_INVITED, _("Invited to a round")
    COMPANY_LEFT = "company.left", EventType.COMPANY_CHANGED, _("Left the programme")
    COMPANY_MERGED = "company.merged", EventType.COMPANY_CHANGED, _("Merged into another company")
    COMPANY_REMINDED = "company.reminded", _("Reminded")
    DOCUMENT_FILED = "document.filed", _("A paper was filed")
    DOCUMENT_READ = "document.read", _("A paper was read")
    EVIDENCE_ADDED = "evidence.added", _("Evidence was added")
    EVIDENCE_READ = "evidence.read", _("Evidence was read")
    EVIDENCE_REMOVED = "evidence.removed", _("Evidence was removed")
    EVIDENCE_RESTORED = "evidence.restored", _("Evidence was brought back")
    EVIDENCE_REUSED = "evidence.reused", _("Evidence of an earlier round was used again")
    FLAG_SETTLED = "flag.settled", _("Outcome of a point for checking recorded")
    INSTRUMENT_PUBLISHED = "instrument.published", _("Version of the questionnaire published")
    MESSAGE_SETTLED = "message.settled", _("Message needs no answer")
    MESSAGE_WITHDRAWN = "message.withdrawn", _("Message withdrawn")
    MESSAGE_WRITTEN = "message.written", _("Message written")
    PERSON_ERASED = "person.erased", _("Personal data deleted")
    PERSONAL_DATA_EXPORTED = "personal_data.exported", _("Own personal data downloaded")
    PLAN_CHANGED = "plan.changed", _("Plan changed")
    PLAN_SAVED = "plan.saved", _("Plan saved")
    REPORT_FETCHED = "report.fetched", _("Report downloaded")
    REPORT_ORDERED = "report.ordered", _("Report ordered")
    REVIEW_ASSIGNED = "review.assigned", _("Assigned to a reviewer")
    REVIEW_UNASSIGNED = "review.unassigned", _("Taken back from a reviewer")
    ROUND_DEADLINE_MOVED = "round.deadline_moved", EventType.ROUND_CHANGED, _("Deadline of a round moved")
    ROUND_FROZEN = "round.frozen", EventType.ROUND_CHANGED, _("Round locked")
    ROUND_OPENED = "round.opened", EventType.ROUND_OPENED, _("Round started")
    ROUND_REOPENED = "round.reopened", EventType.ROUND_CHANGED, _("Round reopened")
    SCORES_REPLAY_DIFFERS = "scores.replay_differs", _("A replay of scores differs")
    SECTION_ASSIGNED = "section.assigned", _("Section assigned")
    SUBMISSION_MADE = "submission.made", EventType.SUBMISSION_CREATED, _("Answers submitted")
    SUBMISSION_WITHDRAWN = "submission.withdrawn", EventType.SUBMISSION_WITHDRAWN, _("Submission withdrawn")
    VISIT_DECIDED = "visit.decided", _("An item was decided on site")
    VISIT_FINISHED = "visit.finished", EventType.ASSESSMENT_VERIFIED, _("Visit on site finished")
    VISIT_STARTED = "visit.started", _("Visit on site begun")
    VISIT_SAMPLE_DRAWN = "visit_sample.drawn", _("Visit sample drawn")


SUBJECTS = {
    "assessments.appeal": AuditSubject(pgettext_lazy("thing", "Appeal")),
    "assessments.assessment": AuditSubject(pgettext_lazy("thing", "Assessment"), resource="assessments"),
    "assessments.batch": AuditSubject(pgettext_lazy("thing", "Batch")),
    "assessments.conditioncheck": AuditSubject(pgettext_lazy("thing", "Condition of acceptance")),
    "assessments.document": AuditSubject(pgettext_lazy("thing", "Paper")),
    "assessments.evidence": AuditSubject(pgettext_lazy("thing", "Evidence")),
    "assessments.flag": AuditSubject(pgettext_lazy("thing", "Point for checking")),
    "assessments.message": AuditSubject(pgettext_lazy("thing", "Message")),
    "assessments.plan": AuditSubject(pgettext_lazy("thing", "Plan")),
    "assessments.publishedversion": AuditSubject(pgettext_lazy("thing", "Version of the questionnaire")),
    "assessments.report": AuditSubject(pgettext_lazy("thing", "Report")),
    "assessments.round": AuditSubject(pgettext_lazy("thing", "Round"), resource="rounds"),
    "assessments.scorerun": AuditSubject(pgettext_lazy("thing", "Score"), resource="scores"),
    "assessments.submission": AuditSubject(pgettext_lazy("thing", "Submission"), resource="submissions"),
    "assessments.visit": AuditSubject(
        pgettext_lazy("thing", "Visit on site"), told_of=("assessments.assessment", "assessment_id")
    ),
    "assessments.visitsample": AuditSubject(pgettext_lazy("thing", "Visit sample")),
}
