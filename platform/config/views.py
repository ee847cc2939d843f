"""Pages of the whole site: the start, help, the language."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts.models import User
from accounts.roles import Role
from assessments.models import Assessment
from companies.models import Membership
from companies.models.scope import build_current_condition
from config.context import HeldRoles, list_staff_places
from config.landing import compute_staircase, list_demo_accounts

__all__ = ["choose_language", "show_help", "show_start", "sign_in"]


class SignInView(LoginView):  # type: ignore[misc]
    """The landing page, which holds the form to sign in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures of the staircase and the sign-ins of a demonstration."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "staircase": compute_staircase(), "demo_accounts": list_demo_accounts()}


sign_in = SignInView.as_view()


@require_safe
def show_start(request: HttpRequest) -> HttpResponseBase:
    """Lead people on: staff to the first part open to them, companies to their latest assessment.

    Visitors get the landing page; who belongs to several companies chooses; who has no role is told so.
    """
    user = request.user
    if not isinstance(user, User):
        answer: HttpResponseBase = sign_in(request)
        return answer
    if places := list_staff_places(HeldRoles.load(user).roles):
        return redirect(places[0].url)
    held = list(
        Membership.objects.filter(build_current_condition(), user=user).values_list("role", "company")
    )
    if held and all(role == Role.PROVIDER for role, _company in held):
        return redirect("assessments:provider_home")
    own = [company for _role, company in held]
    assessments = Assessment.objects.filter(company__in=own).select_related("company", "round")
    latest: dict[object, Assessment] = {}
    for assessment in assessments.order_by("-round__opens_at"):
        latest.setdefault(assessment.company_id, assessment)
    if len(latest) == 1:
        return redirect("assessments:home", next(iter(latest.values())).pk)
    return render(request, "start.html", {"assessments": list(latest.values())})


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """Answer in short what companies ask most; staff keep their own navigation."""
    own, layout = None, "company_base.html"
    if isinstance(request.user, User):
        companies = Membership.objects.filter(build_current_condition(), user=request.user).values("company")
        own = Assessment.objects.filter(company__in=companies).order_by("-round__opens_at").first()
        if own is None and list_staff_places(HeldRoles.load(request.user).roles):
            layout = "staff_base.html"
    return render(request, "help.html", {"nav": "help", "assessment": own, "layout": layout})


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of the pages and, for a person who is signed in, of later messages."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and check_for_language(language):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return set_language(request)
