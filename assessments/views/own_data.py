"""The pages on which people see, take along and delete their personal data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.browsers import get_browser_name
from accounts.forms import PasswordForm
from accounts.models import User
from accounts.notice_registry import get_notice_template
from assessments.actions.leaving import StillNeeded, erase_person, list_sole_responsibilities
from assessments.audit_codes import AssessmentAuditCode
from assessments.people.personal_data import collect_personal_data
from audit.codes import get_action_label
from audit.record import record

# The page shows so many rows of a kind; the file has all.
SHOWN_ROWS = 20
LISTS = {
    "company_roles": _("Roles in companies"),
    "programme_roles": _("Roles in programmes"),
    "sign_ins": _("Browsers in which you are signed in"),
    "notices": _("Notices"),
    "sections": _("Sections assigned to you"),
    "answers": _("Your answers"),
    "submissions": _("Submissions that you made"),
    "files": _("Files that you sent"),
    "messages": _("Messages that you wrote"),
    "actions": _("What you did"),
}
FIELDS = {
    "name": _("Name"),
    "email": _("E-mail address"),
    "phone": _("Mobile number"),
    "language": _("Language of e-mails"),
    "created_at": _("Made"),
    "last_login": _("Last sign-in"),
    "purpose_version": _("Text about personal data"),
    "purpose_accepted_at": _("Text accepted"),
    "second_factor": _("Second factor"),
    "letters_not_wanted": _("E-mails switched off"),
    "company": _("Company"),
    "programme": _("Pilot programme"),
    "area": _("Area"),
    "role": _("Role"),
    "granted_at": _("Given"),
    "expires_at": _("Ends"),
    "last_seen_at": _("Last seen"),
    "ip": _("Network address"),
    "user_agent": _("Browser"),
    "title": _("Title"),
    "read_at": _("Read"),
    "letter": _("E-mail"),
    "assessment__company__name": _("Company"),
    "assessment__round__code": _("Round"),
    "section": _("Section"),
    "assigned_at": _("Assigned"),
    "item": _("Question"),
    "answered_at": _("Answered"),
    "number": _("Number"),
    "submitted_at": _("Submitted"),
    "uploaded_at": _("Arrived"),
    "body": _("Text"),
    "written_at": _("Written"),
    "at": _("When"),
    "action": _("Action"),
}
# What the page leaves to the file: codes that say nothing to a reader.
ONLY_IN_THE_FILE = {"subject_type"}


def format_personal_value(name: str, value: Any) -> Any:
    """Return a stored value as the page says it; the file has it as it is stored."""
    if name == "action":
        return get_action_label(value)
    if name == "user_agent":
        return get_browser_name(value) or value
    if name == "language":
        return dict(settings.LANGUAGES).get(value, value)
    if name == "letters_not_wanted":
        return gettext(", ").join(str(get_notice_template(kind).label) for kind in value.split(", ") if kind)
    return value


@dataclass(frozen=True, slots=True)
class Shown:
    """One list on the page."""

    title: str
    head: list[str]
    rows: list[list[Any]]
    total: int


@login_required
@never_cache
@require_safe
def show_personal_data(request: HttpRequest) -> HttpResponse:
    """Show everything on one page, long lists shortened."""
    data = collect_personal_data(cast(User, request.user))
    account = data.pop("account")[0]
    lists = [
        Shown(
            title=str(LISTS[name]),
            head=[str(FIELDS[field]) for field in rows[0] if field not in ONLY_IN_THE_FILE],
            rows=[
                [
                    format_personal_value(field, value)
                    for field, value in row.items()
                    if field not in ONLY_IN_THE_FILE
                ]
                for row in rows[:SHOWN_ROWS]
            ],
            total=len(rows),
        )
        for name, rows in data.items()
        if rows
    ]
    context = {
        "account": [(FIELDS[name], format_personal_value(name, value)) for name, value in account.items()],
        "lists": lists,
        "shown": SHOWN_ROWS,
    }
    return render(request, "assessments/own_data.html", context)


@login_required
@require_POST
def download_personal_data(request: HttpRequest) -> HttpResponse:
    """Send everything as a JSON file; that it was taken is noted."""
    user = cast(User, request.user)
    record(AssessmentAuditCode.PERSONAL_DATA_EXPORTED, user, by=user)
    content = json.dumps(collect_personal_data(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="personal-data-{timezone.localdate()}.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_personal_data(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays, ask for the password, and delete."""
    user = cast(User, request.user)
    places = [str(place) for place in list_sole_responsibilities(user)]
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and not places and form.is_valid():
        try:
            erase_person(user=user, by=user)
        except StillNeeded as error:
            places = error.places
        else:
            logout(request)
            messages.success(request, gettext("Your personal data were deleted. You are signed out."))
            return redirect("start")
    context = {"form": form, "places": places}
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/delete_own_data.html", context, status=status)
