"""What the app writes into the audit log: its codes, and what they are done to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.codes import AuditCode, AuditSubject


class WebhookAuditCode(AuditCode):
    """A code of webhooks; stored, so it never changes."""

    WEBHOOK_CHANGED = "webhook.changed", _("Webhook changed")
    WEBHOOK_CREATED = "webhook.created", _("Webhook created")
    WEBHOOK_DELETED = "webhook.deleted", _("Webhook deleted")
    WEBHOOK_DISABLED = "webhook.disabled", _("Webhook switched off by a person")
    WEBHOOK_ENABLED = "webhook.enabled", _("Webhook switched on")
    WEBHOOK_REPLAYED = "webhook.replayed", _("Messages of a webhook sent again")
    WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated", _("Secret of a webhook renewed")
    WEBHOOK_SWITCHED_OFF = "webhook.switched_off", _("Webhook switched off after failures")


SUBJECTS = {
    "webhooks.webhook": AuditSubject(pgettext_lazy("thing", "Webhook")),
}
