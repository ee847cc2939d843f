"""Papers of an acceptance: sending one, reading one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Permission
from assessments.actions import documents as actions
from assessments.actions.evidence import NoSpace, TooLarge
from assessments.audit_codes import AssessmentAuditCode
from assessments.evidence.content import EvidenceRefused
from assessments.models import Document
from assessments.views.access import get_assessment, get_signed_in_user
from assessments.views.evidence import serve_kept_file


@login_required
@require_POST
def upload_document(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Store one paper of an acceptance."""
    assessment, _verbs = get_assessment(request, pk, Permission.ACCEPT)
    upload = request.FILES.get("file")
    try:
        if not isinstance(upload, UploadedFile) or upload.file is None:
            raise EvidenceRefused(_("No file was chosen. Choose one and send it again."))
        stored = actions.file_document(
            assessment=assessment,
            kind=request.POST.get("kind", ""),
            name=upload.name or "",
            upload=upload.file,
            by=get_signed_in_user(request),
        )
    except EvidenceRefused as error:
        messages.error(request, str(error))
    except TooLarge:
        messages.error(request, _("The file is too large. Send a smaller one."))
    except NoSpace:
        messages.error(request, _("There is no room on the site at the moment. Nothing was stored."))
    except actions.UnknownKind:
        messages.error(request, _("There is no such kind of paper."))
    else:
        messages.success(request, _("%(name)s is stored.") % {"name": stored.name})
    return HttpResponseRedirect(reverse("cohort:acceptance", args=[assessment.pk]))


@login_required
@require_safe
def download_document(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send the paper itself, to be saved: never shown as a page of this site."""
    user = get_signed_in_user(request)
    found = get_object_or_404(
        Document.objects.visible_to(user).exclude_removed().select_related("assessment__round"), pk=pk
    )
    return serve_kept_file(
        request, found, lambda: actions.record_document(AssessmentAuditCode.DOCUMENT_READ, found, by=user)
    )
