"""The log of contacts with a company: reading it and adding to it."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.roles import Permission
from cohort.views.company_parts import PER_PAGE, build_file_context, get_company_access
from companies.contacts import InTheFuture, log_contact
from companies.models import Contact
from companies.permissions import require


class ContactForm(forms.Form):
    """One contact."""

    held_on = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Way"),
        choices=Contact.Channel.choices,
    )
    with_whom = forms.CharField(
        label=gettext_lazy("With whom"),
        max_length=80,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_contacts(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show who spoke with the company when and about what; POST adds a contact."""
    user, company, verbs = get_company_access(request, pk)
    if request.method == "POST":
        require(verbs, Permission.LOG_CONTACT)
    form = ContactForm(request.POST or None, initial={"held_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            log_contact(
                company=company,
                held_on=form.cleaned_data["held_on"],
                channel=Contact.Channel(form.cleaned_data["channel"]),
                with_whom=form.cleaned_data["with_whom"],
                note=form.cleaned_data["note"],
                by=user,
            )
        except InTheFuture:
            form.add_error("held_on", _("This day has not come yet."))
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("cohort:contacts", args=[company.pk]))
    found = Contact.objects.visible_to(user).filter(company=company).select_related("logged_by")
    context = build_file_context(user, company, verbs, "contacts") | {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1")),
        "can_log": Permission.LOG_CONTACT in verbs,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohort/file/contacts_page.html", context, status=status)
