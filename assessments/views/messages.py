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

from accounts.next_page import next_page
from accounts.roles import Verb
from assessments.actions import messages as talking
from assessments.actions.messages import NothingSaid, TooLate, TooLong, side_of
from assessments.models import Assessment, Message, Side
from assessments.models.message import MAX_LENGTH
from assessments.notifications.conversation import conversation_of
from assessments.views.access import find, page_context, user_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def messages(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All messages, oldest first, and a field for the next; a POST writes it."""
    posting = request.method == "POST"
    assessment, verbs = find(request, pk, Verb.WRITE_MESSAGES if posting else Verb.READ_MESSAGES)
    user = user_of(request)
    side = side_of(user, assessment)
    error, body = "", ""
    if posting:
        body = request.POST.get("body", "")
        try:
            message = talking.write(assessment=assessment, body=body, by=user)
            notes.success(request, _("Your message is sent."))
            return HttpResponseRedirect(place_of(request, assessment, message))
        except NothingSaid:
            error = _("Write something first.")
        except TooLong:
            error = _("The message is longer than %(limit)d characters. Shorten it.") % {"limit": MAX_LENGTH}
    conversation = conversation_of(assessment, user, verbs, side)
    talking.mark_read(assessment=assessment, by=user)
    context = page_context(assessment, verbs, "messages") | {
        "conversation": conversation,
        "error": error,
        "body": body,
        "layout": "company_base.html" if side is Side.COMPANY else "staff_base.html",
    }
    return render(request, "assessments/messages.html", context, status=422 if error else 200)


@login_required
@require_POST
def withdraw_message(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take one's own message back within ten minutes."""
    user = user_of(request)
    message = get_object_or_404(
        Message.objects.visible_to(user).select_related("assessment__round", "assessment__company"), pk=pk
    )
    try:
        talking.withdraw(message=message, by=user)
        notes.success(request, _("The message is withdrawn."))
    except TooLate:
        notes.error(request, _("A message can be withdrawn by its sender within ten minutes."))
    return HttpResponseRedirect(place_of(request, message.assessment, message))


@login_required
@require_POST
def settle_messages(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that the company's last message needs no answer."""
    assessment, _verbs = find(request, pk, Verb.WRITE_MESSAGES)
    user = user_of(request)
    if side_of(user, assessment) is Side.BUREAU:
        talking.settle(assessment=assessment, by=user)
    return HttpResponseRedirect(place_of(request, assessment))


def place_of(request: HttpRequest, assessment: Assessment, message: Message | None = None) -> str:
    """Where the conversation is read, at the message: the page of this site that the form came from, if it says."""
    page = next_page(request) or reverse("assessments:messages", args=[assessment.pk])
    return f"{page}#m-{message.pk}" if message else page
