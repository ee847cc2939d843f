"""Colleagues: who may do what in the company, links to invite more of them, and sections assigned."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.invitation import send_company_link
from accounts.roles import Permission, Role
from assessments.actions import sections as handing
from assessments.answering import queries
from assessments.answering.questions import translate_text
from assessments.models import Assessment
from assessments.people import participants
from assessments.people.forms import ColleagueInviteForm
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from assessments.views.sections import get_section
from companies import invitations
from companies.invitations import LINK_LIFE, NotInvitedError
from companies.models import Invitation, Membership
from companies.permissions import require
from instrument import load_instrument


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_colleagues(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the people of a company; a POST invites one more and shows the link this once."""
    assessment, verbs = get_assessment(request, pk)
    form = ColleagueInviteForm(
        request.POST or None,
        instrument=load_instrument(assessment.round.instrument_version),
        language=get_language() or "en",
    )
    made: tuple[Invitation, str] | None = None
    if request.method == "POST":
        require(verbs, Permission.INVITE)
        if form.is_valid():
            made = invite_colleague(request, assessment, form)
            if made is not None:
                form = ColleagueInviteForm(
                    instrument=load_instrument(assessment.round.instrument_version),
                    language=get_language() or "en",
                )
    return render_colleagues(request, assessment, verbs, form, made)


def render_colleagues(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
    form: ColleagueInviteForm,
    made: tuple[Invitation, str] | None,
) -> HttpResponse:
    """Render the page; with the new link where one was `made`, with status 422 where the form was refused."""
    instrument = load_instrument(assessment.round.instrument_version)
    answers = queries.get_answers_by_item(assessment)
    people = participants.list_people_with_access(assessment.company)
    context: dict[str, Any] = build_page_context(assessment, verbs, "colleagues") | {
        "form": form,
        "invitation": made[0] if made else None,
        "link": made[1] if made else "",
        "link_days": LINK_LIFE.days,
        "people": people,
        "answerers": [membership.user for membership in people if membership.role != Role.PROVIDER],
        "invitations": list(assessment.company.invitations.select_related("invited_by", "accepted_by")[:50]),
        "sections": queries.list_section_progress(assessment, instrument, answers),
        "given": participants.count_answers_by_person(assessment),
    }
    return render(request, "assessments/colleagues.html", context, status=422 if form.errors else 200)


def invite_colleague(
    request: HttpRequest, assessment: Assessment, form: ColleagueInviteForm
) -> tuple[Invitation, str] | None:
    """Return the invitation and its link; None where it was refused, which the form then says."""
    wanted = form.cleaned_data
    try:
        invitation, link = handing.invite_colleague(
            assessment=assessment,
            name=wanted["name"],
            email=wanted["email"],
            role=Role(wanted["role"]),
            role_expires_at=form.compute_role_end(),
            section=wanted["section"],
            by=get_signed_in_user(request),
        )
    except NotInvitedError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None
    link = f"{settings.SITE_URL.rstrip('/')}{reverse('assessments:join', args=[link])}"
    if invitation.email:
        try:
            send_company_link(
                email=invitation.email,
                name=invitation.name,
                company=assessment.company.name,
                inviter=invitation.invited_by.name,
                link=link,
                days=LINK_LIFE.days,
                language=get_language() or "zh-hans",
            )
        except OSError as error:
            invitation.note_email_problem(f"{type(error).__name__}: {error}")
            messages.warning(request, _("The e-mail could not be sent. Hand the link over yourself."))
    return invitation, link


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw a link that has not been used."""
    invitation = get_object_or_404(
        Invitation.objects.visible_to(get_signed_in_user(request)).select_related("company"), pk=pk
    )
    invitations.revoke(invitation=invitation, by=get_signed_in_user(request))
    return redirect_to_colleagues(invitation.company_id, request, "links")


@login_required
@require_POST
def end_colleague_access(request: HttpRequest, pk: uuid.UUID, member: int) -> HttpResponse:
    """End what a person may do in the company."""
    assessment, verbs = get_assessment(request, pk)
    require(verbs, Permission.INVITE)
    membership = get_object_or_404(
        Membership.objects.select_related("company", "user"), pk=member, company=assessment.company
    )
    try:
        handing.end_access(membership=membership, by=get_signed_in_user(request))
    except NotInvitedError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("%(name)s has no access to the company any more.") % {"name": membership.user}
        )
    return HttpResponseRedirect(reverse("assessments:colleagues", args=[assessment.pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_company(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give up one's own role in the company, after asking once more."""
    assessment, verbs = get_assessment(request, pk)
    user = get_signed_in_user(request)
    own = get_object_or_404(
        Membership.objects.select_related("company", "user"), user=user, company=assessment.company
    )
    context = build_page_context(assessment, verbs, "colleagues") | {"membership": own}
    if request.method != "POST":
        return render(request, "assessments/leave.html", context)
    try:
        handing.end_access(membership=own, by=user)
    except NotInvitedError as error:
        return render(request, "assessments/leave.html", context | {"error": str(error)}, status=422)
    messages.success(
        request, _("You have no access to %(company)s any more.") % {"company": assessment.company.name}
    )
    return HttpResponseRedirect(reverse("start"))


@login_required
@require_POST
def assign_section(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """Hand a section to a colleague, or take it back."""
    assessment, verbs = get_assessment(request, pk)
    require(verbs, Permission.INVITE)
    section = get_section(load_instrument(assessment.round.instrument_version), code)
    chosen = request.POST.get("user", "")
    people = {
        str(membership.user_id): membership.user for membership in queries.list_colleagues(assessment.company)
    }
    if chosen and chosen not in people:
        messages.error(request, _("This person does not answer for the company."))
    else:
        colleague = people.get(chosen)
        has_changed = handing.assign_section(
            assessment=assessment, section=section.code, user=colleague, by=get_signed_in_user(request)
        )
        said = (
            _("%(name)s is asked to answer “%(section)s”.")
            if colleague
            else _("Nobody is asked to answer “%(section)s” any more.")
        )
        if has_changed:
            messages.success(request, said % {"name": colleague, "section": translate_text(section.name)})
    return HttpResponseRedirect(reverse("assessments:colleagues", args=[assessment.pk]) + f"#{section.code}")


def redirect_to_colleagues(company_id: uuid.UUID, request: HttpRequest, anchor: str) -> HttpResponse:
    """Lead to the people of the company, in its latest round."""
    latest = (
        Assessment.objects.visible_to(get_signed_in_user(request))
        .filter(company_id=company_id)
        .order_by("-round__opens_at")
        .first()
    )
    if latest is None:
        return HttpResponseRedirect(reverse("start"))
    return HttpResponseRedirect(reverse("assessments:colleagues", args=[latest.pk]) + f"#{anchor}")
