"""Joining a company by a link: with the account one has, or with a new one."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from assessments.actions import sections as handing
from assessments.people.forms import JoinForm
from companies.invitations import NotInvitedError, find_invitation, has_company_role
from companies.models import Invitation

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join_company(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link offers. Who is signed in accepts with a click; others sign in or make an account."""
    invitation = find_invitation(token)
    if invitation is None:
        raise Http404
    if not invitation.is_waiting:
        return render(request, "assessments/join.html", {"invitation": invitation}, status=410)
    user = request.user if isinstance(request.user, User) else None
    form = JoinForm(request.POST if request.method == "POST" and user is None else None)
    if user is None and not form.is_bound:
        form.initial = {"name": invitation.name, "email": invitation.email}
    error = ""
    if request.method == "POST":
        try:
            if user is not None:
                handing.take_up_invitation(invitation=invitation, user=user)
                return redirect_after_joining(invitation)
            if form.is_valid():
                login(request, register_colleague(invitation, form), backend=BACKEND)
                return redirect_after_joining(invitation)
        except NotInvitedError as refused:
            if user is None and refused.field in form.fields:
                form.add_error(refused.field, str(refused))
            else:
                error = str(refused)
    context = {
        "invitation": invitation,
        "form": form,
        "error": error,
        "address": request.path,
        "belongs": user is not None and has_company_role(user, invitation.company),
    }
    return render(request, "assessments/join.html", context, status=422 if form.errors or error else 200)


def register_colleague(invitation: Invitation, form: JoinForm) -> User:
    """Make the new account, with the role of the link."""
    return handing.take_up_invitation_with_new_account(
        invitation=invitation,
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        password=form.cleaned_data["password"],
        language=get_language() or "zh-hans",
    )


def redirect_after_joining(invitation: Invitation) -> HttpResponse:
    """Lead to the section that was handed over, else to where the person's work is."""
    offered = getattr(invitation, "section_offer", None)
    if offered is None:
        return HttpResponseRedirect(reverse("start"))
    return HttpResponseRedirect(reverse("assessments:section", args=[offered.assessment_id, offered.section]))
