"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.RELEASE_PROPOSED: NoticeTemplate(
        label=_("Model versions that need a second person"),
        subject=_("Model version %(release)s needs a second person"),
        title=_("A model version needs a second person"),
        body=_(
            "%(by)s proposes to activate the model version %(release)s. Another person has to confirm it."
        ),
        action=_("See the model version"),
        is_for_staff=True,
        mentions_score=True,
    ),
}
