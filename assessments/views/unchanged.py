"""Confirming the answers of the last round, section by section."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments.actions import sections as handing
from assessments.actions.answers import AnswersLocked
from assessments.answering.answer_sources import get_answer_source
from assessments.answering.revisions import StaleAnswer
from assessments.views.access import get_assessment, get_signed_in_user
from assessments.views.sections import get_section
from companies.permissions import require
from instrument import load_instrument


@login_required
@require_POST
def confirm_unchanged(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """Give the open questions of a section the answers of the last round, as somebody says they still hold."""
    assessment, verbs = get_assessment(request, pk)
    sheet = get_answer_source(verbs)
    require(verbs, sheet.verb)
    section = get_section(load_instrument(assessment.round.instrument_version), code)
    try:
        confirmed = handing.confirm_unchanged(
            assessment=assessment, section=section, sheet=sheet, by=get_signed_in_user(request)
        )
    except StaleAnswer:
        messages.error(
            request, _("A colleague answered at the same moment. Look at the section and try again.")
        )
    except AnswersLocked:
        messages.error(request, _("The round is closed. Nothing was saved."))
    else:
        messages.success(
            request,
            ngettext(
                "%(count)d answer confirmed as unchanged.",
                "%(count)d answers confirmed as unchanged.",
                len(confirmed),
            )
            % {"count": len(confirmed)},
        )
    return HttpResponseRedirect(reverse("assessments:section", args=[assessment.pk, section.code]))
