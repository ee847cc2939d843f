"""Areas, parks, sectors and key industries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Permission
from companies import lists as actions
from companies.lists import EntryRefused, ListKind
from companies.models import Area, City
from companies.programme_context import get_programme_context

CODE = r"^[A-Za-z0-9_-]+$"
LONGEST_CODE = {ListKind.DIVISION: 12, ListKind.FUNCTIONAL: 12}


class EntryForm(forms.Form):
    """An entry of a list."""

    code = forms.RegexField(
        CODE,
        label=gettext_lazy("Code"),
        max_length=30,
        help_text=gettext_lazy("Letters, digits, - and _. It stays once something refers to it."),
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Chinese name"),
        max_length=80,
    )
    name_en = forms.CharField(
        label=gettext_lazy("English name"),
        max_length=120,
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Lies in"),
        queryset=Area.objects.none(),
        required=False,
    )
    tile_row = forms.IntegerField(
        label=gettext_lazy("Row in the tile map"),
        min_value=1,
        max_value=12,
        required=False,
    )
    tile_column = forms.IntegerField(
        label=gettext_lazy("Column in the tile map"),
        min_value=1,
        max_value=12,
        required=False,
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the list"),
        min_value=0,
        max_value=999,
        required=False,
    )

    def __init__(
        self, *args: Any, kind: ListKind, city: City, is_new: bool, is_used: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        areas = self.fields["area"]
        assert isinstance(areas, forms.ModelChoiceField)
        areas.queryset = Area.objects.filter(city=city, retired_at__isnull=True)
        if kind is not ListKind.PARK:
            del self.fields["area"]
        if kind is not ListKind.DIVISION:
            del self.fields["tile_row"], self.fields["tile_column"]
        if is_new:
            del self.fields["position"]
        if is_used:
            del self.fields["code"]
        else:
            code = self.fields["code"]
            assert isinstance(code, forms.CharField)
            code.max_length = LONGEST_CODE.get(kind, 30)


def get_titles() -> dict[ListKind, str]:
    """Return the names of the lists."""
    return {
        ListKind.DIVISION: _("Divisions"),
        ListKind.FUNCTIONAL: _("Functional areas"),
        ListKind.PARK: _("Parks"),
        ListKind.SECTOR: _("Sectors"),
        ListKind.INDUSTRY: _("Key industries"),
    }


@login_required
@require_safe
def show_lists(request: HttpRequest) -> HttpResponse:
    """Show all five lists."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    city = office.programme.city
    return render(
        request,
        "cohort/lists.html",
        {
            "nav": "programme",
            "tab": "lists",
            "office": office,
            "lists": [
                (kind, title, list(actions.list_entries(kind, city))) for kind, title in get_titles().items()
            ],
            "can_edit": Permission.EDIT_LISTS in office.verbs,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Add an entry to a list."""
    return _edit(request, kind, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_entry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change an entry, retire it or put it back."""
    return _edit(request, kind, pk)


def _edit(request: HttpRequest, kind_name: str, pk: int | None) -> HttpResponse:
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    if kind_name not in {kind.value for kind in ListKind}:
        raise Http404
    kind = ListKind(kind_name)
    city = office.programme.city
    found = None if pk is None else get_object_or_404(actions.list_entries(kind, city), pk=pk)
    office.require(Permission.EDIT_LISTS)
    back = f"{reverse('cohort:lists')}#{kind.value}"
    if found is not None and request.method == "POST" and "retired" in request.POST:
        retired = request.POST["retired"] == "1"
        actions.set_retired(
            kind=kind, programme=office.programme, entry=found, retired=retired, by=office.user
        )
        return redirect(back)
    used = found is not None and actions.is_used(found)
    initial = {} if found is None else {name: getattr(found, name, None) for name in EntryForm.base_fields}
    form = EntryForm(
        request.POST or None, kind=kind, city=city, is_new=found is None, is_used=used, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "position" or value}
        try:
            if found is None:
                actions.add(kind=kind, programme=office.programme, values=values, by=office.user)
            else:
                actions.change(
                    kind=kind, programme=office.programme, entry=found, values=values, by=office.user
                )
        except EntryRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The entry is saved."))
            return redirect(back)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "cohort/list_entry.html",
        {
            "nav": "programme",
            "form": form,
            "entry": found,
            "used": used,
            "title": get_titles()[kind],
            "shared": kind in (ListKind.SECTOR, ListKind.INDUSTRY),
            "back": back,
        },
        status=status,
    )
