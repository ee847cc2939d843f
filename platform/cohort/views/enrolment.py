"""A company's place in the programme: more time, another name, leaving, coming back, merging."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import enrolment as actions
from assessments.actions import rounds
from assessments.actions.enrolment import EnrolmentRefused
from assessments.actions.rounds import RoundRefused
from assessments.models import Assessment
from cohort.views.days import build_day_field, get_end_of_day
from companies import actions as company_actions
from companies import credit_code
from companies.models import Company, Listing, Programme
from companies.names import get_company_name
from companies.permissions import permissions_in_company, require
from companies.profile import InvalidProfile


def _build_text_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, **options)


class ExtensionForm(forms.Form):
    """More time for the company in one round."""

    until = build_day_field(gettext_lazy("Until the end of"))
    reason = _build_text_field(gettext_lazy("Reason"), max_length=200)


class EndForm(forms.Form):
    """The day and the reason of leaving."""

    on = build_day_field(gettext_lazy("Day"))
    reason = _build_text_field(gettext_lazy("Reason"), max_length=200)


class ReturnForm(forms.Form):
    """The reason of coming back."""

    reason = _build_text_field(gettext_lazy("Reason"), max_length=200)


class MergeForm(EndForm):
    """The company into which this one was merged."""

    into = _build_text_field(
        gettext_lazy("Credit code of the company that took it over"), min_length=18, max_length=40
    )
    field_order = ("into", "on", "reason")


class NameForm(forms.Form):
    """Another registered name."""

    name = _build_text_field(gettext_lazy("Registered name"), max_length=120)
    name_en = _build_text_field(gettext_lazy("English name"), max_length=160, required=False)
    on = build_day_field(gettext_lazy("Since"))


@login_required
@require_http_methods(["GET", "HEAD"])
def show_enrolment(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the page with everything that can be changed about a company's enrolment."""
    return _render_page(request, _get_company(request, pk))


@login_required
@require_POST
def rename(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Enter another registered name; the present one is kept as a former name."""
    found = _get_company(request, pk)

    def act(values: dict[str, Any]) -> str:
        company_actions.update(
            company=found,
            changes={"name": values["name"], "name_en": values["name_en"]},
            renamed_on=values["on"],
            by=_get_user(request),
        )
        return _("The name is saved. The former one is kept.")

    return _apply_form(request, found, "name_form", NameForm(request.POST), act)


@login_required
@require_POST
def merge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Note that the company was merged into another."""
    found = _get_company(request, pk)

    def act(values: dict[str, Any]) -> str:
        code = credit_code.normalise(values["into"])
        # A company that the person may not change is as good as not there.
        into = (
            Company.objects.allowing(_get_user(request), Permission.EDIT_COMPANY)
            .filter(credit_code=code)
            .first()
        )
        if into is None:
            raise EnrolmentRefused(_("There is no company with this credit code."))
        actions.merge_companies(
            absorbed=found, into=into, on=values["on"], reason=values["reason"], by=_get_user(request)
        )
        return _("The merger is entered. What the company has submitted can still be read.")

    return _apply_form(request, found, "merge_form", MergeForm(request.POST), act)


@login_required
@require_POST
def leave(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the company off the list of the programme that the form names."""
    found = _get_company(request, pk)

    def act(values: dict[str, Any]) -> str:
        actions.end_enrolment(
            listing=_get_listing(request, found),
            on=values["on"],
            reason=values["reason"],
            by=_get_user(request),
        )
        return _("The company is off the list. Its file stays.")

    return _apply_form(request, found, "leave_form", EndForm(request.POST), act)


@login_required
@require_POST
def come_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put the company back on the list of the programme that the form names."""
    found = _get_company(request, pk)

    def act(values: dict[str, Any]) -> str:
        actions.resume_enrolment(
            listing=_get_listing(request, found), reason=values["reason"], by=_get_user(request)
        )
        return _("The company is on the list again.")

    return _apply_form(request, found, "return_form", ReturnForm(request.POST), act)


@login_required
@require_POST
def extend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the company more time in the round that the form names, or take it back."""
    found = _get_company(request, pk)
    chosen = _get_assessment(request, found)
    if "withdraw" in request.POST:
        rounds.withdraw_extension(assessment=chosen, by=_get_user(request))
        messages.success(request, _("The deadline of the round holds again."))
        return redirect("cohort:roster", pk=pk)

    def act(values: dict[str, Any]) -> str:
        rounds.extend_deadline(
            assessment=chosen,
            until=get_end_of_day(values["until"]),
            reason=values["reason"],
            by=_get_user(request),
        )
        return _("The company has more time.")

    return _apply_form(request, found, f"extend_{chosen.round.code}", ExtensionForm(request.POST), act)


def _apply_form(
    request: HttpRequest,
    company: Company,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
) -> HttpResponse:
    if form.is_valid():
        try:
            done = act(form.cleaned_data)
        except (EnrolmentRefused, RoundRefused) as error:
            form.add_error(None, str(error))
        except InvalidProfile as error:
            for problem in error.problems:
                form.add_error(None, problem.message)
        else:
            messages.success(request, done)
            return redirect("cohort:roster", pk=company.pk)
    company.refresh_from_db()
    return _render_page(request, company, status=422, **{name: form})


def _render_page(
    request: HttpRequest, company: Company, status: int = 200, **given: forms.Form
) -> HttpResponse:
    user = _get_user(request)
    today = {"on": timezone.localdate()}
    names = {"name": company.name, "name_en": company.name_en, **today}
    assessments = (
        Assessment.objects.allowing(user, Permission.RUN_PROGRAMME)
        .filter(company=company)
        .select_related("round__programme")
        .order_by("round__programme__starts_on", "round__code")
    )
    language = get_language() or "en"
    return render(
        request,
        "cohort/roster.html",
        {
            "nav": "companies",
            "company": company,
            "company_name": get_company_name(language, company),
            "former_names": list(company.former_names.all()),
            "absorbed": [
                (other, get_company_name(language, other)) for other in company.absorbed.order_by("name")
            ],
            "merged_into": company.merged_into,
            "listings": list(
                Listing.objects.filter(
                    company=company, programme__in=Programme.objects.allowing(user, Permission.RUN_PROGRAMME)
                ).select_related("programme")
            ),
            "rounds": [(row, given.get(f"extend_{row.round.code}", ExtensionForm())) for row in assessments],
            "name_form": given.get("name_form", NameForm(initial=names)),
            "leave_form": given.get("leave_form", EndForm(initial=today)),
            "return_form": given.get("return_form", ReturnForm()),
            "merge_form": given.get("merge_form", MergeForm(initial=today)),
            "may_answer": Permission.ANSWER_FOR in permissions_in_company(user, company),
        },
        status=status,
    )


def _get_company(request: HttpRequest, pk: uuid.UUID) -> Company:
    user = _get_user(request)
    found = get_object_or_404(
        Company.objects.visible_to(user).select_related("division", "functional_area", "merged_into"), pk=pk
    )
    require(permissions_in_company(user, found), Permission.RUN_PROGRAMME)
    return found


def _get_listing(request: HttpRequest, company: Company) -> Listing:
    programmes = Programme.objects.allowing(_get_user(request), Permission.RUN_PROGRAMME)
    listings = Listing.objects.filter(company=company, programme__in=programmes)
    return get_object_or_404(
        listings.select_related("programme", "company"), programme__code=request.POST.get("programme", "")
    )


def _get_assessment(request: HttpRequest, company: Company) -> Assessment:
    reachable = Assessment.objects.allowing(_get_user(request), Permission.RUN_PROGRAMME).filter(
        company=company
    )
    try:
        wanted = uuid.UUID(request.POST.get("assessment", ""))
    except ValueError:
        wanted = uuid.UUID(int=0)
    return get_object_or_404(reachable.select_related("round__programme", "company"), pk=wanted)


def _get_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
