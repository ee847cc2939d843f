"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.SAFETY: NoticeTemplate(
        label=_("Safety of your account"),
        subject=_("Your account was changed: %(change)s"),
        title=_("Your account was changed: %(change)s"),
        body=_("%(change)s. If you do not expect this, change your password and tell the city bureau."),
        action=_("Open my account"),
        is_mandatory=True,
    ),
}
