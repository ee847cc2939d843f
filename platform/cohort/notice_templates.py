"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.BRIEFING: NoticeTemplate(
        label=_("Monthly briefings to review"),
        subject=_("Drafts of the monthly briefing: %(programme)s"),
        title=_("Monthly briefings are ready for review"),
        body=_(
            "The monthly briefings of “%(programme)s” have been drafted. Number of drafts: %(count)s. Each counts "
            "only after a person has approved it."
        ),
        action=_("Open the drafts"),
        is_for_staff=True,
        mentions_score=True,
    ),
    NoticeKind.FILE_READY: NoticeTemplate(
        label=_("Files that are ready"),
        subject=_("Your file is ready: %(file)s"),
        title=_("Your file is ready"),
        body=_("The file “%(file)s” that you asked for can be downloaded."),
        action=_("Download the file"),
    ),
}
