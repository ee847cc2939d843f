"""Opening, watching, moving, freezing and reopening a round."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import rounds as actions
from assessments.actions.rounds import RoundRefused
from assessments.models import Round
from assessments.rounds.instruments import NotPublished, list_published_versions
from cohort.queries.rounds import count_missing, find_opening_job, get_round_figures, list_extended
from cohort.views.days import build_day_field, get_end_of_day, get_start_of_day
from companies.names import get_company_name
from companies.permissions import permissions_in_programme, require
from companies.programme_context import get_programme_context
from instrument import CURRENT

CLOSES_HINT = gettext_lazy(
    "Answers are locked at the end of this day. Leave it empty to lock the round by hand."
)


class OpenForm(forms.Form):
    """A round that is to be opened."""

    code = forms.ChoiceField(label=gettext_lazy("Round"))
    opens_on = build_day_field(gettext_lazy("Opens on"))
    deadline = build_day_field(gettext_lazy("Deadline"))
    closes_on = build_day_field(gettext_lazy("Closes on"), required=False, help_text=CLOSES_HINT)
    instrument_version = forms.ChoiceField(label=gettext_lazy("Questionnaire"))

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code, version = self.fields["code"], self.fields["instrument_version"]
        assert isinstance(code, forms.ChoiceField)
        assert isinstance(version, forms.ChoiceField)
        code.choices = [choice for choice in Round.Code.choices if choice[0] not in taken]
        versions = {CURRENT, *(row.version for row in list_published_versions())}
        version.choices = [(name, name) for name in sorted(versions, reverse=True)]


class TimesForm(forms.Form):
    """Another deadline and closing day."""

    deadline = build_day_field(gettext_lazy("Deadline"))
    closes_on = build_day_field(gettext_lazy("Closes on"), required=False, help_text=CLOSES_HINT)


class ReopenForm(TimesForm):
    """A new deadline for a frozen round, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is reopened"),
        max_length=200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round for all companies on the programme's list."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME, needs=Permission.RUN_PROGRAMME)
    programme = office.programme
    taken = set(programme.rounds.values_list("code", flat=True))
    initial = {
        "opens_on": timezone.localdate(),
        "instrument_version": programme.instrument_version or CURRENT,
    }
    form = OpenForm(request.POST or None, initial=initial, taken=taken)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            opened = actions.open_round(
                programme=programme,
                code=values["code"],
                opens_at=get_start_of_day(values["opens_on"]),
                deadline=get_end_of_day(values["deadline"]),
                closes_at=get_end_of_day(values["closes_on"]) if values["closes_on"] else None,
                instrument_version=values["instrument_version"],
                by=office.user,
            )
        except RoundRefused as error:
            form.add_error(None, str(error))
        except NotPublished:
            form.add_error(None, _("This version of the questionnaire has not been published."))
        else:
            return redirect("cohort:round", pk=opened.pk)
    status = 422 if request.method == "POST" else 200
    context = {"nav": "programme", "office": office, "form": form, "all_open": len(taken) == len(Round.Code)}
    return render(request, "cohort/round_open.html", context, status=status)


@login_required
@require_safe
def show_round(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a round: its times, the progress of opening it, extensions, and what can be changed."""
    round_, verbs = _get_round(request, pk)
    return _render_page(request, round_, verbs)


@login_required
@require_safe
def show_opening_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far the opening of the round is, for a page that asks again and again."""
    round_, _verbs = _get_round(request, pk)
    return render(request, "cohort/round_progress.html", {"round": round_, "job": find_opening_job(round_)})


@login_required
@require_POST
def change_times(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Move the deadline and the closing day."""
    return _apply_form(request, pk, TimesForm, "times_form", _change_times)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let answers of a frozen round change again."""
    return _apply_form(request, pk, ReopenForm, "reopen_form", _reopen_round)


@login_required
@require_POST
def close_round(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Freeze the round now."""
    round_, _verbs = _get_round(request, pk, Permission.RUN_PROGRAMME)
    if actions.close_round(round_=round_, by=_get_user(request)):
        messages.success(request, _("The round is locked. Its answers can no longer change."))
    return redirect("cohort:round", pk=pk)


@login_required
@require_POST
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take companies into the round that were listed after it was opened."""
    round_, _verbs = _get_round(request, pk, Permission.RUN_PROGRAMME)
    actions.add_companies(round_=round_, by=_get_user(request))
    return redirect("cohort:round", pk=pk)


def _change_times(round_: Round, values: dict[str, Any], by: User) -> str:
    actions.change_times(
        round_=round_, deadline=_get_deadline(round_, values), closes_at=_get_closing(values), by=by
    )
    return _("The deadline is saved.")


def _reopen_round(round_: Round, values: dict[str, Any], by: User) -> str:
    actions.reopen_round(
        round_=round_,
        deadline=_get_deadline(round_, values),
        closes_at=_get_closing(values),
        reason=values["reason"],
        by=by,
    )
    return _("The round is open again.")


def _get_deadline(round_: Round, values: dict[str, Any]) -> Any:
    """Return the end of the day, or the very deadline where the day is unchanged."""
    if timezone.localdate(round_.deadline) == values["deadline"]:
        return round_.deadline
    return get_end_of_day(values["deadline"])


def _get_closing(values: dict[str, Any]) -> Any:
    return get_end_of_day(values["closes_on"]) if values["closes_on"] else None


def _apply_form(
    request: HttpRequest,
    pk: uuid.UUID,
    form_class: type[TimesForm],
    name: str,
    act: Callable[[Round, dict[str, Any], User], str],
) -> HttpResponse:
    round_, verbs = _get_round(request, pk, Permission.RUN_PROGRAMME)
    form = form_class(request.POST)
    if form.is_valid():
        try:
            done = act(round_, form.cleaned_data, _get_user(request))
        except RoundRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("cohort:round", pk=pk)
    return _render_page(request, round_, verbs, status=422, **{name: form})


def _render_page(
    request: HttpRequest, round_: Round, verbs: frozenset[Permission], status: int = 200, **forms_: forms.Form
) -> HttpResponse:
    days = {
        "deadline": timezone.localdate(round_.deadline),
        "closes_on": timezone.localdate(round_.closes_at) if round_.closes_at else None,
    }
    language = get_language() or "en"
    context = {
        "nav": "programme",
        "round": round_,
        "figures": get_round_figures(round_),
        "job": find_opening_job(round_),
        "missing": count_missing(round_),
        "extended": [(row, get_company_name(language, row.company)) for row in list_extended(round_)],
        "runs": Permission.RUN_PROGRAMME in verbs,
        "times_form": TimesForm(initial=days),
        "reopen_form": ReopenForm(),
    }
    return render(request, "cohort/round.html", context | forms_, status=status)


def _get_round(
    request: HttpRequest, pk: uuid.UUID, verb: Permission = Permission.SEE_PROGRAMME
) -> tuple[Round, frozenset[Permission]]:
    user = _get_user(request)
    found = get_object_or_404(
        Round.objects.allowing(user, Permission.SEE_PROGRAMME).select_related("programme__city"), pk=pk
    )
    verbs = permissions_in_programme(user, found.programme)
    require(verbs, verb)
    return found, verbs


def _get_user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
