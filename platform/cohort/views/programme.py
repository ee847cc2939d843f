"""The programme: window, sectors, target and rounds; further programmes for other cities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import Permission
from assessments.rounds.instruments import NotPublished, list_published_versions, require_published
from cohort.queries.rounds import list_round_figures
from cohort.views.days import build_day_field
from companies import programmes as actions
from companies.choosing import remember_programme
from companies.level_labels import get_level_label
from companies.models import Listing, Programme, Sector
from companies.permissions import Forbidden, permissions_in_programme, require
from companies.programme_context import get_programme_context
from instrument import CURRENT

CITY_CODE = r"^\d{6}$"


class ProgrammeForm(forms.Form):
    """The facts of a programme."""

    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=160)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=160)
    starts_on = build_day_field(gettext_lazy("Starts on"))
    ends_on = build_day_field(gettext_lazy("Ends on"))
    target_level = forms.TypedChoiceField(label=gettext_lazy("Target for every company"), coerce=int)
    sectors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sectors"), queryset=Sector.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["target_level"]
        sectors = self.fields["sectors"]
        assert isinstance(level, forms.ChoiceField)
        assert isinstance(sectors, forms.ModelMultipleChoiceField)
        level.choices = [(number, get_level_label(number)) for number in range(1, 5)]
        sectors.queryset = Sector.objects.filter(retired_at__isnull=True)


class SettingsForm(ProgrammeForm):
    """The facts of a programme that is there, and the questionnaire its next round takes."""

    instrument_version = forms.ChoiceField(label=gettext_lazy("Questionnaire of new rounds"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.fields["instrument_version"]
        assert isinstance(version, forms.ChoiceField)
        usual = _("The product’s current version (%(version)s)") % {"version": CURRENT}
        version.choices = [("", usual), *((row.version, row.version) for row in list_published_versions())]


class NewProgrammeForm(ProgrammeForm):
    """A further programme with its city."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("For example guilin-2025.")
    )
    city_code = forms.RegexField(
        CITY_CODE,
        label=gettext_lazy("Code of the city"),
        help_text=gettext_lazy("Six digits by GB/T 2260. The names below are used for a city that is new."),
    )
    city_name_zh = forms.CharField(label=gettext_lazy("Chinese name of the city"), max_length=120)
    city_name_en = forms.CharField(label=gettext_lazy("English name of the city"), max_length=120)
    field_order = ("code", "name_zh", "name_en", "city_code", "city_name_zh", "city_name_en")


@login_required
@require_safe
def show_programme(request: HttpRequest) -> HttpResponse:
    """Show the programme with its rounds."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    found = office.programme
    return render(
        request,
        "cohort/programme.html",
        {
            "nav": "programme",
            "tab": "programme",
            "office": office,
            "programme": found,
            "sectors": list(found.sectors.all()),
            "target": get_level_label(found.target_level),
            "rounds": list_round_figures(found),
            "listed": Listing.objects.filter_current().filter(programme=found).count(),
            "left": Listing.objects.filter(programme=found, ended_on__isnull=False).count(),
            "version": found.instrument_version or CURRENT,
            "can_create": Programme.objects.allowing(office.user, Permission.MANAGE_USERS).exists(),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: str) -> HttpResponse:
    """Change the facts of a programme."""
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(Programme.objects.allowing(user, Permission.SEE_PROGRAMME), pk=pk)
    require(permissions_in_programme(user, found), Permission.RUN_PROGRAMME)
    initial = {name: getattr(found, name) for name in actions.FIELDS} | {"sectors": found.sectors.all()}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        sectors = values.pop("sectors")
        try:
            if values["instrument_version"]:
                require_published(values["instrument_version"])
            actions.change(programme=found, values=values, sectors=sectors, by=user)
        except (actions.ProgrammeRefused, NotPublished) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The programme is saved."))
            return redirect(f"{reverse('cohort:programme')}?programme={found.code}")
    status = 422 if request.method == "POST" else 200
    context = {"nav": "programme", "form": form, "programme": found}
    return render(request, "cohort/programme_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create a further programme; for administrators."""
    user = request.user
    assert isinstance(user, User)
    if not Programme.objects.allowing(user, Permission.MANAGE_USERS).exists():
        raise Forbidden(Permission.MANAGE_USERS)
    form = NewProgrammeForm(request.POST or None, initial={"target_level": 2})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        city = {name: values.pop(f"city_{name}") for name in ("code", "name_zh", "name_en")}
        sectors, code = values.pop("sectors"), values.pop("code")
        try:
            made = actions.create(code=code, city=city, values=values, sectors=sectors, by=user)
        except actions.ProgrammeRefused as error:
            form.add_error(None, str(error))
        else:
            remember_programme(request, made)
            messages.success(
                request, _("The programme is there and you are its administrator. Add its people and areas.")
            )
            return redirect("cohort:programme")
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/programme_form.html", {"nav": "programme", "form": form}, status=status)


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Look at another programme from now on."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    remember_programme(request, office.programme)
    target = "cohort:overview" if Permission.SEE_COHORT in office.verbs else "cohort:programme"
    return redirect(target)
