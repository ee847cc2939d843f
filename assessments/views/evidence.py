"""Evidence: sending a file, reading it, taking it away and bringing it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Permission
from assessments.actions import evidence as keeping
from assessments.actions.answers import AnswersLocked
from assessments.actions.evidence import Gone, NoRoom, NoSpace, TooLarge
from assessments.evidence.content import EvidenceRefused, make_thumbnail
from assessments.evidence.queries import ItemEvidence, get_evidence_by_item
from assessments.evidence.upload_handlers import UploadRefusal, find_upload_refusal
from assessments.models import Assessment, Document, Evidence
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.permissions import permissions_in_company, require
from instrument import load_instrument

# Names the replies that come from these views, so that a sign-in page is never taken for "stored".
REPLY_HEADER = "X-Evidence"
NOTHING_MAY_RUN = "sandbox; default-src 'none'"


class EvidenceProblem(Exception):
    """The reason why a file could not be taken, in words for the person, with the status of the reply."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words, self.status = words, status


def is_from_script(request: HttpRequest) -> bool:
    """Return whether the page's script asks, which gets a part of the page instead of a whole one."""
    return request.headers.get("HX-Request") == "true"


@require_POST
def add_evidence(request: HttpRequest, pk: uuid.UUID, item: str) -> HttpResponse:
    """Add one file to the answer to an item, or use one of an earlier round again."""
    if not request.user.is_authenticated:
        return reply_signed_out(request)
    assessment, verbs = get_assessment(request, pk, Permission.ANSWER)
    if item not in load_instrument(assessment.round.instrument_version):
        raise Http404

    def change() -> Evidence:
        if "reuse" in request.POST:
            return keeping.reuse_file(
                assessment=assessment,
                evidence=get_earlier_evidence(request, assessment, item),
                by=get_signed_in_user(request),
            )
        return store_uploaded_file(request, assessment, item)

    return change_and_reply(request, assessment, verbs, item, change)


def store_uploaded_file(request: HttpRequest, assessment: Assessment, item: str) -> Evidence:
    """Store the file of the request."""
    upload = request.FILES.get("file")
    refusal = find_upload_refusal(request)
    if refusal is UploadRefusal.TOO_LARGE:
        raise TooLarge
    if refusal is UploadRefusal.DISK_FULL:
        raise NoSpace
    if not isinstance(upload, UploadedFile):
        raise EvidenceRefused(_("No file was chosen. Choose one and send it again."))
    assert upload.file is not None
    return keeping.attach_file(
        assessment=assessment,
        item=item,
        name=upload.name or "",
        upload=upload.file,
        by=get_signed_in_user(request),
    )


def get_earlier_evidence(request: HttpRequest, assessment: Assessment, item: str) -> Evidence:
    """Return the evidence of an earlier round that the form names; 404 for any other."""
    try:
        wanted = uuid.UUID(request.POST["reuse"])
    except ValueError:
        raise Http404 from None
    offered = get_evidence_by_item(assessment, [item]).get(item, ItemEvidence()).earlier
    for found in offered:
        if found.pk == wanted:
            return found
    # Sent twice, it is in this round already.
    return get_object_or_404(
        Evidence.objects.exclude_removed(), pk=wanted, item=item, assessment__company=assessment.company_id
    )


@require_safe
@login_required
def download_evidence(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send the file itself, to be saved: never shown as a page of this site."""
    user = get_signed_in_user(request)
    found = get_object_or_404(
        Evidence.objects.visible_to(user).exclude_removed().select_related("assessment__round"), pk=pk
    )
    return serve_kept_file(request, found, lambda: keeping.record_reading(found, by=user))


def serve_kept_file(
    request: HttpRequest, found: Evidence | Document, note_reading: Callable[[], None]
) -> HttpResponseBase:
    """Send a kept file, to be saved; 404 where it is gone. `note_reading` puts on record who took it."""
    etag = f'"{found.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = default_storage.open(found.stored_name)
        except FileNotFoundError:
            raise Http404 from None
        note_reading()
        response = FileResponse(
            content, as_attachment=True, filename=found.name, content_type=found.content_type
        )
    return seal_response(response, etag)


@require_safe
@login_required
def show_evidence_thumbnail(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Send a picture in small, for a list of files; 404 for files that are no pictures."""
    found = get_object_or_404(
        Evidence.objects.visible_to(get_signed_in_user(request)).exclude_removed(), pk=pk
    )
    etag = f'"{found.sha256}-small"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        if not found.is_picture:
            raise Http404
        try:
            with default_storage.open(found.stored_name) as content:
                response = HttpResponse(make_thumbnail(content), content_type="image/jpeg")
        except FileNotFoundError:
            raise Http404 from None
    return seal_response(response, etag)


def seal_response(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    """Set the headers that keep what somebody sent from running, and from other sites and caches."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = NOTHING_MAY_RUN
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_POST
def remove_evidence(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a file away; the reply offers to bring it back."""
    return change_evidence(
        request, pk, lambda found: keeping.remove_file(evidence=found, by=get_signed_in_user(request))
    )


@require_POST
def restore_evidence(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Bring a removed file back."""
    return change_evidence(
        request, pk, lambda found: keeping.restore_file(evidence=found, by=get_signed_in_user(request))
    )


def change_evidence(request: HttpRequest, pk: uuid.UUID, change: Callable[[Evidence], None]) -> HttpResponse:
    """Do something to one piece of evidence and show what the question has now."""
    if not request.user.is_authenticated:
        return reply_signed_out(request)
    user = get_signed_in_user(request)
    found = get_object_or_404(
        Evidence.objects.visible_to(user).select_related("assessment__round", "assessment__company"), pk=pk
    )
    verbs = permissions_in_company(user, found.assessment.company)
    require(verbs, Permission.ANSWER)

    def apply_change() -> Evidence:
        change(found)
        return found

    return change_and_reply(request, found.assessment, verbs, found.item, apply_change)


def change_and_reply(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
    item: str,
    change: Callable[[], Evidence],
) -> HttpResponse:
    """Make the change and reply: the question's files for a script, the section page for a plain form."""
    try:
        changed = make_change(change)
    except EvidenceProblem as problem:
        if is_from_script(request):
            return reply(
                HttpResponse(problem.words, status=problem.status, content_type="text/plain"), "refused"
            )
        messages.error(request, f"{item}: {problem.words}")
        return HttpResponseRedirect(build_question_url(assessment, item))
    removed = changed if changed.removed_at is not None else None
    if is_from_script(request):
        context = build_page_context(assessment, verbs, "questionnaire") | {
            "code": item,
            "evidence": get_evidence_by_item(assessment, [item]).get(item, ItemEvidence()),
            "removed": removed,
        }
        return reply(render(request, "assessments/_evidence_list.html", context), "stored")
    if removed is not None:
        messages.success(request, _("%(name)s was removed.") % {"name": removed.name})
        return HttpResponseRedirect(build_question_url(assessment, item, removed))
    messages.success(request, _("%(name)s is stored.") % {"name": changed.name})
    return HttpResponseRedirect(build_question_url(assessment, item))


def make_change(change: Callable[[], Evidence]) -> Evidence:
    """Make the change; what stands in its way becomes a `Problem` that says what to do."""
    try:
        return change()
    except EvidenceRefused as error:
        raise EvidenceProblem(str(error), 415) from error
    except TooLarge as error:
        limit = filesizeformat(settings.EVIDENCE_MAX_BYTES)
        words = _("The file is larger than %(limit)s. Send a smaller one, for example a few pages of it.")
        raise EvidenceProblem(words % {"limit": limit}, 413) from error
    except NoRoom as error:
        limit = filesizeformat(settings.EVIDENCE_ASSESSMENT_MAX_BYTES)
        words = _(
            "All files of this assessment together may have %(limit)s. Remove some that are not needed."
        )
        raise EvidenceProblem(words % {"limit": limit}, 413) from error
    except NoSpace as error:
        words = _(
            "There is no room on the site at the moment. Nothing was stored; the bureau has to make room."
        )
        raise EvidenceProblem(words, 507) from error
    except Gone as error:
        raise EvidenceProblem(_("The file is no longer kept. Send it again."), 410) from error
    except AnswersLocked as error:
        raise EvidenceProblem(_("This round is closed. Answers can no longer change."), 403) from error


def build_question_url(assessment: Assessment, item: str, removed: Evidence | None = None) -> str:
    """Return the page and the place of the question; with the removed file, so it can be brought back."""
    section = load_instrument(assessment.round.instrument_version).get_item(item).section
    page = reverse("assessments:section", args=[assessment.pk, section])
    return f"{page}{f'?removed={removed.pk}' if removed else ''}#{item}"


def reply_signed_out(request: HttpRequest) -> HttpResponse:
    """Say so to a script; lead a person to where one signs in."""
    if is_from_script(request):
        return reply(
            HttpResponse(_("You are signed out."), status=401, content_type="text/plain"), "signed-out"
        )
    return HttpResponseRedirect(reverse("account_login"))


def reply(response: HttpResponse, outcome: str) -> HttpResponse:
    """Put the outcome into the response's header, and keep the response from every cache."""
    response[REPLY_HEADER] = outcome
    response["Cache-Control"] = "no-store"
    return response
