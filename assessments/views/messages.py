"""The conversation between a company and the bureau about an assessment."""

from __future__ import annotations

import uuid

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.next_page import get_next_page
from accounts.roles import Permission
from assessments.actions import messages as talking
from assessments.actions.messages import NothingSaid, TooLate, TooLong, get_message_side
from assessments.models import Assessment, Message, MessageSide
from assessments.models.message import MAX_LENGTH
from assessments.notifications.conversation import find_conversation
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_messages(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show all messages, oldest first, and a field for the next; a POST writes it."""
    posting = request.method == "POST"
    assessment, verbs = get_assessment(
        request, pk, Permission.WRITE_MESSAGES if posting else Permission.READ_MESSAGES
    )
    user = get_signed_in_user(request)
    side = get_message_side(user, assessment)
    error, body = "", ""
    if posting:
        body = request.POST.get("body", "")
        try:
            message = talking.write_message(assessment=assessment, body=body, by=user)
            notes.success(request, _("Your message is sent."))
            return HttpResponseRedirect(build_conversation_url(request, assessment, message))
        except NothingSaid:
            error = _("Write something first.")
        except TooLong:
            error = _("The message is longer than %(limit)d characters. Shorten it.") % {"limit": MAX_LENGTH}
    conversation = find_conversation(assessment, user, verbs, side)
    talking.mark_thread_read(assessment=assessment, by=user)
    context = build_page_context(assessment, verbs, "messages") | {
        "conversation": conversation,
        "error": error,
        "body": body,
        "layout": "company_base.html" if side is MessageSide.COMPANY else "staff_base.html",
    }
    return render(request, "assessments/messages.html", context, status=422 if error else 200)


@login_required
@require_POST
def withdraw_message(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one's own message back within ten minutes."""
    user = get_signed_in_user(request)
    message = get_object_or_404(
        Message.objects.visible_to(user).select_related("assessment__round", "assessment__company"), pk=pk
    )
    try:
        talking.withdraw(message=message, by=user)
        notes.success(request, _("The message is withdrawn."))
    except TooLate:
        notes.error(request, _("A message can be withdrawn by its sender within ten minutes."))
    return HttpResponseRedirect(build_conversation_url(request, message.assessment, message))


@login_required
@require_POST
def settle_messages(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that the company's last message needs no answer."""
    assessment, _verbs = get_assessment(request, pk, Permission.WRITE_MESSAGES)
    user = get_signed_in_user(request)
    if get_message_side(user, assessment) is MessageSide.BUREAU:
        talking.settle_thread(assessment=assessment, by=user)
    return HttpResponseRedirect(build_conversation_url(request, assessment))


def build_conversation_url(
    request: HttpRequest, assessment: Assessment, message: Message | None = None
) -> str:
    """Return where the conversation is read, at the message: the site's page that the form came from, if any."""
    page = get_next_page(request) or reverse("assessments:messages", args=[assessment.pk])
    return f"{page}#m-{message.pk}" if message else page
