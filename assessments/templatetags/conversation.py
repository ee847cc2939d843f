"""How many messages the reader has not seen, for the head of every page of an assessment."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.models import User
from assessments.models import Assessment, MessageSide
from assessments.notifications.conversation import count_unread_messages

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_messages(context: dict[str, Any]) -> int:
    """Count new messages to the company about the page's assessment; one query, none for service providers."""
    assessment, request = context.get("assessment"), context.get("request")
    user = getattr(request, "user", None)
    if context.get("is_provider") or not isinstance(assessment, Assessment) or not isinstance(user, User):
        return 0
    return count_unread_messages(assessment, user, MessageSide.COMPANY)
