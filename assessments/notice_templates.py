"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.INVITATION: NoticeTemplate(
        label=_("Invitations to answer the questionnaire"),
        subject=_("Invitation: readiness assessment of %(company)s"),
        title=_("Your company is invited to assess its readiness"),
        body=_(
            "The city bureau invites %(company)s to answer the questionnaire of round %(round)s. Every answer "
            "is kept, so several people can work on it over several days. The deadline is %(deadline)s."
        ),
        action=_("Open the questionnaire"),
        is_mandatory=True,
    ),
    NoticeKind.REMINDER: NoticeTemplate(
        label=_("Reminders before the deadline"),
        subject=_("Reminder: answers of %(company)s are due by %(deadline)s"),
        title=_("Your answers have not been submitted yet"),
        body=_(
            "%(company)s has not submitted its answers of round %(round)s. Questions still open: %(left)s. "
            "The deadline is %(deadline)s."
        ),
        action=_("Continue with the questionnaire"),
    ),
    NoticeKind.DEADLINE: NoticeTemplate(
        label=_("Changes of a deadline"),
        subject=_("New deadline for %(company)s: %(deadline)s"),
        title=_("The deadline has changed"),
        body=_("%(company)s can submit its answers of round %(round)s until %(deadline)s."),
        action=_("Open the questionnaire"),
    ),
    NoticeKind.SECTION_ASSIGNED: NoticeTemplate(
        label=_("Sections assigned to you"),
        subject=_("A section was assigned to you: %(section)s"),
        title=_("A section was assigned to you: %(section)s"),
        body=_("%(by)s asks you to answer the section “%(section)s” for %(company)s."),
        action=_("Open the section"),
    ),
    NoticeKind.RETURNED: NoticeTemplate(
        label=_("Answers returned by a reviewer"),
        subject=_("Answers of %(company)s were returned"),
        title=_("A reviewer returned answers of your company"),
        body=_(
            "The reviewer of round %(round)s has returned answers of %(company)s with a comment. Questions to "
            "look at again: %(items)s."
        ),
        action=_("See what to do"),
        is_mandatory=True,
    ),
    NoticeKind.SCORED: NoticeTemplate(
        label=_("Results ready"),
        subject=_("The result of %(company)s is ready"),
        title=_("Your assessment result is ready"),
        body=_(
            "The answers of %(company)s in round %(round)s have been scored. For your company’s privacy the "
            "score is not shown in this message."
        ),
        action=_("See the result"),
        mentions_score=True,
    ),
    NoticeKind.VERIFIED: NoticeTemplate(
        label=_("Finished on-site verification"),
        subject=_("The on-site verification of %(company)s is finished"),
        title=_("Your official level is verified"),
        body=_(
            "The assessor has finished the verification of %(company)s in round %(round)s. The official level "
            "is computed from the verified values now."
        ),
        action=_("See the result"),
    ),
    NoticeKind.ACCEPTED: NoticeTemplate(
        label=_("Acceptance"),
        subject=_("%(company)s has been accepted"),
        title=_("Your company has been accepted"),
        body=_("The city bureau has accepted the upgrade of %(company)s in round %(round)s."),
        action=_("See the result"),
    ),
    NoticeKind.APPEAL_DECIDED: NoticeTemplate(
        label=_("Decisions about appeals"),
        subject=_("The appeal of %(company)s has been decided"),
        title=_("Your appeal has been decided"),
        body=_("The appeal of %(company)s in round %(round)s has been decided. The reasons are on the site."),
        action=_("Read the decision"),
    ),
    NoticeKind.MESSAGE: NoticeTemplate(
        label=_("Messages about an assessment"),
        subject=_("New message about %(company)s"),
        title=_("New message about %(company)s"),
        body=_("%(by)s has written to you about the assessment of %(company)s. The message is on the site."),
        action=_("Read the message"),
    ),
    NoticeKind.REVIEW_ASSIGNED: NoticeTemplate(
        label=_("Companies assigned to you for checking"),
        subject=_("Companies to check in round %(round)s"),
        title=_("Companies were assigned to you"),
        body=_("You are asked to check companies in round %(round)s. Number of companies: %(count)s."),
        action=_("See the companies"),
        is_for_staff=True,
    ),
    NoticeKind.APPEAL: NoticeTemplate(
        label=_("Appeals of companies"),
        subject=_("Appeal of %(company)s"),
        title=_("A company has appealed"),
        body=_("%(company)s has appealed against verified values of round %(round)s."),
        action=_("Read the appeal"),
        is_for_staff=True,
    ),
}
