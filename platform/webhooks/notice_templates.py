"""What the notices of the app say: whole sentences, in English here and translated in the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notice_kinds import NoticeKind
from accounts.notice_registry import NoticeTemplate

NOTICE_TEMPLATES = {
    NoticeKind.WEBHOOK_OFF: NoticeTemplate(
        label=_("Webhooks that were switched off"),
        subject=_("The webhook %(webhook)s was switched off"),
        title=_("A webhook was switched off"),
        body=_(
            "Deliveries to the webhook “%(webhook)s” failed again and again, so it was switched off. Nothing "
            "is lost: deliveries can be sent again from its page."
        ),
        action=_("See the deliveries"),
        is_for_staff=True,
    ),
}
