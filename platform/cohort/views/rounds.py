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
from accounts.roles import Verb
from assessments.actions import rounds as actions
from assessments.actions.rounds import RoundRefused
from assessments.models import Round
from assessments.rounds.instruments import NotPublished, published_versions
from cohort.queries.rounds import extended, figures_of, not_in_round, opening_job
from cohort.views.office import day_field, end_of, office_of, start_of
from companies.names import name_in
from companies.permissions import require, verbs_in_programme
from instrument import CURRENT

CLOSES_HINT = gettext_lazy(
    "Answers freeze at the end of this day. Leave it empty to freeze the round by hand."
)


class OpenForm(forms.Form):
    """A round that is to be opened."""

    code = forms.ChoiceField(label=gettext_lazy("Round"), widget=forms.Select(attrs={"class": "form-select"}))
    opens_on = day_field(gettext_lazy("Opens on"))
    deadline = day_field(gettext_lazy("Deadline"))
    closes_on = day_field(gettext_lazy("Closes on"), required=False, help_text=CLOSES_HINT)
    instrument_version = forms.ChoiceField(
        label=gettext_lazy("Questionnaire"), widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code, version = self.fields["code"], self.fields["instrument_version"]
        assert isinstance(code, forms.ChoiceField)
        assert isinstance(version, forms.ChoiceField)
        code.choices = [choice for choice in Round.Code.choices if choice[0] not in taken]
        versions = {CURRENT, *(row.version for row in published_versions())}
        version.choices = [(name, name) for name in sorted(versions, reverse=True)]


class TimesForm(forms.Form):
    """Another deadline and closing day."""

    deadline = day_field(gettext_lazy("Deadline"))
    closes_on = day_field(gettext_lazy("Closes on"), required=False, help_text=CLOSES_HINT)


class ReopenForm(TimesForm):
    """A new deadline for a frozen round, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is reopened"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request: HttpRequest) -> HttpResponse:
    """Open a round for all companies on the programme's list."""
    office = office_of(request, Verb.RUN_PROGRAMME)
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
                opens_at=start_of(values["opens_on"]),
                deadline=end_of(values["deadline"]),
                closes_at=end_of(values["closes_on"]) if values["closes_on"] else None,
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
def round_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A round: its times, the progress of opening it, extensions, and what can be changed."""
    round_, verbs = _find(request, pk)
    return _page(request, round_, verbs)


@login_required
@require_safe
def progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the opening of the round is, for a page that asks again and again."""
    round_, _verbs = _find(request, pk)
    return render(request, "cohort/round_progress.html", {"round": round_, "job": opening_job(round_)})


@login_required
@require_POST
def times(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Move the deadline and the closing day."""
    return _change(request, pk, TimesForm, "times_form", _move)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let answers of a frozen round change again."""
    return _change(request, pk, ReopenForm, "reopen_form", _reopen)


@login_required
@require_POST
def freeze(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Freeze the round now."""
    round_, _verbs = _find(request, pk, Verb.RUN_PROGRAMME)
    if actions.freeze_round(round_=round_, by=_user(request)):
        messages.success(request, _("The round is frozen. Its answers can no longer change."))
    return redirect("cohort:round", pk=pk)


@login_required
@require_POST
def add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take companies into the round that were listed after it was opened."""
    round_, _verbs = _find(request, pk, Verb.RUN_PROGRAMME)
    actions.add_companies(round_=round_, by=_user(request))
    return redirect("cohort:round", pk=pk)


def _move(round_: Round, values: dict[str, Any], by: User) -> str:
    actions.change_times(round_=round_, deadline=_moment(round_, values), closes_at=_closing(values), by=by)
    return _("The deadline is saved.")


def _reopen(round_: Round, values: dict[str, Any], by: User) -> str:
    actions.reopen_round(
        round_=round_,
        deadline=_moment(round_, values),
        closes_at=_closing(values),
        reason=values["reason"],
        by=by,
    )
    return _("The round is open again.")


def _moment(round_: Round, values: dict[str, Any]) -> Any:
    """The end of the day, or the very deadline where the day is unchanged."""
    if timezone.localdate(round_.deadline) == values["deadline"]:
        return round_.deadline
    return end_of(values["deadline"])


def _closing(values: dict[str, Any]) -> Any:
    return end_of(values["closes_on"]) if values["closes_on"] else None


def _change(
    request: HttpRequest,
    pk: uuid.UUID,
    form_class: type[TimesForm],
    name: str,
    act: Callable[[Round, dict[str, Any], User], str],
) -> HttpResponse:
    round_, verbs = _find(request, pk, Verb.RUN_PROGRAMME)
    form = form_class(request.POST)
    if form.is_valid():
        try:
            done = act(round_, form.cleaned_data, _user(request))
        except RoundRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("cohort:round", pk=pk)
    return _page(request, round_, verbs, status=422, **{name: form})


def _page(
    request: HttpRequest, round_: Round, verbs: frozenset[Verb], status: int = 200, **forms_: forms.Form
) -> HttpResponse:
    days = {
        "deadline": timezone.localdate(round_.deadline),
        "closes_on": timezone.localdate(round_.closes_at) if round_.closes_at else None,
    }
    language = get_language() or "en"
    context = {
        "nav": "programme",
        "round": round_,
        "figures": figures_of(round_),
        "job": opening_job(round_),
        "missing": not_in_round(round_),
        "extended": [(row, name_in(language, row.company)) for row in extended(round_)],
        "runs": Verb.RUN_PROGRAMME in verbs,
        "times_form": TimesForm(initial=days),
        "reopen_form": ReopenForm(),
    }
    return render(request, "cohort/round.html", context | forms_, status=status)


def _find(
    request: HttpRequest, pk: uuid.UUID, verb: Verb = Verb.SEE_PROGRAMME
) -> tuple[Round, frozenset[Verb]]:
    user = _user(request)
    found = get_object_or_404(
        Round.objects.allowing(user, Verb.SEE_PROGRAMME).select_related("programme__city"), pk=pk
    )
    verbs = verbs_in_programme(user, found.programme)
    require(verbs, verb)
    return found, verbs


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
