"""The words of each kind of notice: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.notice import NoticeKind

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """The sentences of one kind of notice, and how they are sent.

    `subject` heads the letter, `title` the notice; `action` is on the button. A mandatory letter cannot be
    switched off. Where a score is spoken of, the line about generated reference facilities is added, unless the
    notice's parameter `is_synthetic` says that they are real.
    """

    subject: Promise
    title: Promise
    body: Promise
    action: Promise
    is_mandatory: bool = False
    is_for_staff: bool = False
    mentions_score: bool = False

    @property
    def parameters(self) -> frozenset[str]:
        """The names that the sentences need."""
        texts = (self.subject, self.title, self.body)
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(str(text)))


WORDS: dict[NoticeKind, NoticeTemplate] = {
    NoticeKind.INVITATION: NoticeTemplate(
        _("Invitation: readiness assessment of %(company)s"),
        _("Your company is invited to assess its readiness"),
        _(
            "The city bureau invites %(company)s to answer the questionnaire of round %(round)s. Every answer "
            "is kept, so several people can work on it over several days. The deadline is %(deadline)s."
        ),
        _("Open the questionnaire"),
        is_mandatory=True,
    ),
    NoticeKind.REMINDER: NoticeTemplate(
        _("Reminder: answers of %(company)s are due by %(deadline)s"),
        _("Your answers have not been submitted yet"),
        _(
            "%(company)s has not submitted its answers of round %(round)s. Questions still open: %(left)s. "
            "The deadline is %(deadline)s."
        ),
        _("Continue with the questionnaire"),
    ),
    NoticeKind.DEADLINE: NoticeTemplate(
        _("New deadline for %(company)s: %(deadline)s"),
        _("The deadline has changed"),
        _("%(company)s can submit its answers of round %(round)s until %(deadline)s."),
        _("Open the questionnaire"),
    ),
    NoticeKind.SECTION_ASSIGNED: NoticeTemplate(
        _("A section was assigned to you: %(section)s"),
        _("A section was assigned to you: %(section)s"),
        _("%(by)s asks you to answer the section “%(section)s” for %(company)s."),
        _("Open the section"),
    ),
    NoticeKind.ROLE_GRANTED: NoticeTemplate(
        _("You have a role in %(place)s"),
        _("You have a role in %(place)s"),
        _("%(by)s has given you the role “%(role)s” in %(place)s."),
        _("Open the site"),
        is_mandatory=True,
    ),
    NoticeKind.RETURNED: NoticeTemplate(
        _("Answers of %(company)s were returned"),
        _("A reviewer returned answers of your company"),
        _(
            "The reviewer of round %(round)s has returned answers of %(company)s with a comment. Questions to "
            "look at again: %(items)s."
        ),
        _("See what to do"),
        is_mandatory=True,
    ),
    NoticeKind.SCORED: NoticeTemplate(
        _("The result of %(company)s is ready"),
        _("Your readiness result is ready"),
        _(
            "The answers of %(company)s in round %(round)s have been scored. For your company’s privacy the "
            "score is not shown in this message."
        ),
        _("See the result"),
        mentions_score=True,
    ),
    NoticeKind.VERIFIED: NoticeTemplate(
        _("The on-site verification of %(company)s is finished"),
        _("Your official level is verified"),
        _(
            "The assessor has finished the verification of %(company)s in round %(round)s. The official level "
            "is computed from the verified values now."
        ),
        _("See the result"),
    ),
    NoticeKind.ACCEPTED: NoticeTemplate(
        _("%(company)s has been accepted"),
        _("Your company has been accepted"),
        _("The city bureau has accepted the upgrade of %(company)s in round %(round)s."),
        _("See the result"),
    ),
    NoticeKind.APPEAL_DECIDED: NoticeTemplate(
        _("The appeal of %(company)s has been decided"),
        _("Your appeal has been decided"),
        _("The appeal of %(company)s in round %(round)s has been decided. The reasons are on the site."),
        _("Read the decision"),
    ),
    NoticeKind.MESSAGE: NoticeTemplate(
        _("New message about %(company)s"),
        _("New message about %(company)s"),
        _("%(by)s has written to you about the assessment of %(company)s. The message is on the site."),
        _("Read the message"),
    ),
    NoticeKind.REVIEW_ASSIGNED: NoticeTemplate(
        _("Companies to check in round %(round)s"),
        _("Companies were assigned to you"),
        _("You are asked to check companies in round %(round)s. Number of companies: %(count)s."),
        _("See the companies"),
        is_for_staff=True,
    ),
    NoticeKind.APPEAL: NoticeTemplate(
        _("Appeal of %(company)s"),
        _("A company has appealed"),
        _("%(company)s has appealed against verified values of round %(round)s."),
        _("Read the appeal"),
        is_for_staff=True,
    ),
    NoticeKind.RELEASE_PROPOSED: NoticeTemplate(
        _("Model release %(release)s needs a second person"),
        _("A model release needs a second person"),
        _("%(by)s proposes to activate the model release %(release)s. Another person has to confirm it."),
        _("See the release"),
        is_for_staff=True,
        mentions_score=True,
    ),
    NoticeKind.BRIEFING: NoticeTemplate(
        _("Drafts of the monthly briefing: %(programme)s"),
        _("Monthly briefings are ready to be looked through"),
        _(
            "The monthly briefings of “%(programme)s” have been drafted. Number of drafts: %(count)s. Each counts "
            "only after a person has approved it."
        ),
        _("Open the drafts"),
        is_for_staff=True,
        mentions_score=True,
    ),
    NoticeKind.FILE_READY: NoticeTemplate(
        _("Your file is ready: %(file)s"),
        _("Your file is ready"),
        _("The file “%(file)s” that you asked for can be downloaded."),
        _("Download the file"),
    ),
    NoticeKind.WEBHOOK_OFF: NoticeTemplate(
        _("The webhook %(webhook)s was switched off"),
        _("A webhook was switched off"),
        _(
            "Deliveries to the webhook “%(webhook)s” failed again and again, so it was switched off. Nothing "
            "is lost: deliveries can be sent again from its page."
        ),
        _("See the deliveries"),
        is_for_staff=True,
    ),
    NoticeKind.SAFETY: NoticeTemplate(
        _("Your account was changed: %(change)s"),
        _("Your account was changed: %(change)s"),
        _("%(change)s. If you do not expect this, change your password and tell the city bureau."),
        _("Open my account"),
        is_mandatory=True,
    ),
}
