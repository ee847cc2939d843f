"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.ROLE_GRANTED: NoticeTemplate(
        label=_("Roles given to you"),
        subject=_("You now have a role in %(place)s"),
        title=_("You now have a role in %(place)s"),
        body=_("%(by)s has given you the role “%(role)s” in %(place)s."),
        action=_("Open the site"),
        is_mandatory=True,
    ),
}
