"""The pages on which administrators look after people: who is there, who does what, who was invited."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.invitation import build_password_link, count_valid_days, send_invitation
from accounts.models import EmailState, Notice, NoticeKind, User
from accounts.notices import notify
from accounts.phones import mask_phone
from accounts.roles import COMPANY_ROLES, STAFF_ROLES, Permission, Role
from audit.record import record
from companies.access import (
    NotAllowed,
    end_role,
    list_managed_programmes,
    list_programme_people,
    reset_second_factor,
    set_open,
)
from companies.audit_codes import CompanyAuditCode
from companies.models import Membership, Programme, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.people import Added, NotAddedError, add_to_company, add_to_programme
from companies.people_filters import STATES, PeopleFilters
from companies.people_forms import RoleGrantForm
from companies.permissions import Forbidden

PAGE_SIZE = 25


@login_required
@require_safe
def list_people(request: HttpRequest) -> HttpResponse:
    """List people with roles, last sign-in and second factor. Nothing of what they answered."""
    programmes = require_managed_programmes(request)
    found = list_programme_people(programmes).annotate(
        has_second_factor=Exists(
            Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        ),
        letter_failed=Exists(Notice.objects.filter(user=OuterRef("pk"), letter=EmailState.FAILED)),
    )
    filters = PeopleFilters(request.GET, queryset=found)
    page = Paginator(
        filters.qs.order_by("name", "email").prefetch_related(*_build_role_prefetches()), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    query = filters.build_query()
    context = {
        "nav": "people",
        "page": page,
        "rows": [(person, mask_phone(person.phone)) for person in page],
        "filters": filters.values,
        "roles": [*STAFF_ROLES, *COMPANY_ROLES],
        "states": STATES,
        "address": f"{query}&page=" if query else "?page=",
        "now": timezone.now(),
    }
    return render(request, "companies/people.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Give somebody a role in a programme or a company; somebody new gets a link to set the password."""
    by = cast(User, request.user)
    programmes = require_managed_programmes(request)
    form = RoleGrantForm(request.POST or None, programmes=programmes)
    if request.method == "POST" and form.is_valid():
        try:
            added, place = _add(form, by)
        except NotAddedError:
            form.add_error(
                None,
                _(
                    "This role cannot be given. The address may be of a closed account, of a program or your own."
                ),
            )
        else:
            return _report_added(request, added, place)
    context = {"nav": "people", "form": form}
    return render(request, "companies/invite.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show_person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one person: roles, past and present, ways of signing in, what an administrator can do."""
    user = _get_managed_person(request, pk)
    staff = ProgrammeRole.objects.filter(user=user).select_related("programme", "area", "granted_by")
    members = Membership.objects.filter(user=user).select_related("company", "granted_by")
    context = {
        "nav": "people",
        "person": user,
        "phone": mask_phone(user.phone),
        "staff_roles": [(held, Role(held.role).label, held.is_current) for held in staff],
        "company_roles": [(held, Role(held.role).label, held.is_current) for held in members],
        "has_second_factor": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "failed": Notice.objects.filter(user=user, letter=EmailState.FAILED).first(),
        "is_self": user == request.user,
    }
    return render(request, "companies/person.html", context)


@login_required
@require_POST
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Do what the pressed button says: end a role, close or open the account, reset, send the link again."""
    user = _get_managed_person(request, pk)
    by = cast(User, request.user)
    what, _colon, key = request.POST.get("do", "").partition(":")
    try:
        if what in {"end-staff", "end-company"} and key.isdecimal():
            held: Membership | ProgrammeRole
            if what == "end-staff":
                own = ProgrammeRole.objects.filter(programme__in=require_managed_programmes(request))
                held = get_object_or_404(own, pk=int(key), user=user)
            else:
                held = get_object_or_404(Membership, pk=int(key), user=user)
            end_role(held=held, by=by)
            messages.success(request, _("The role is over."))
        elif what in {"close", "open"}:
            set_open(user=user, is_open=what == "open", by=by)
            messages.success(
                request, _("The account is open.") if what == "open" else _("The account is closed.")
            )
        elif what == "second-factor":
            reset_second_factor(user=user, by=by)
            messages.success(request, _("The second factor is removed, and the person was told."))
        elif what == "invite":
            _send_link(request, user)
        else:
            raise Http404
    except NotAllowed as error:
        messages.error(request, str(error))
    return redirect("people:person", pk)


def require_managed_programmes(request: HttpRequest) -> QuerySet[Programme]:
    """Return the programmes whose people the asker manages; `Forbidden` for other staff, else 404."""
    user = cast(User, request.user)
    programmes = list_managed_programmes(user)
    if programmes.exists():
        return programmes
    if ProgrammeRole.objects.filter(build_current_condition(), user=user).exists():
        raise Forbidden(Permission.MANAGE_USERS)
    raise Http404


def _get_managed_person(request: HttpRequest, pk: uuid.UUID) -> User:
    return get_object_or_404(list_programme_people(require_managed_programmes(request)), pk=pk)


def _build_role_prefetches() -> tuple[Prefetch[str], Prefetch[str]]:
    return (
        Prefetch(
            "programme_roles",
            ProgrammeRole.objects.filter(build_current_condition()).select_related("programme", "area"),
            to_attr="roles_now",
        ),
        Prefetch(
            "memberships",
            Membership.objects.filter(build_current_condition()).select_related("company"),
            to_attr="companies_now",
        ),
    )


def _add(form: RoleGrantForm, by: User) -> tuple[Added, str]:
    wanted = form.cleaned_data
    ends = wanted["expires_on"]
    who = {
        "email": wanted["email"],
        "name": wanted["name"],
        "role": Role(wanted["role"]),
        "by": by,
        # A role is held on its last day too.
        "expires_at": timezone.make_aware(datetime.combine(ends + timedelta(days=1), time.min))
        if ends
        else None,
    }
    with transaction.atomic():
        if form.company is not None:
            added, place = add_to_company(company=form.company, **who), str(form.company)
        else:
            added = add_to_programme(programme=wanted["programme"], area=wanted["area"], **who)
            place = str(wanted["programme"])
        if added.is_changed and not added.is_new:
            notify(
                user=added.user,
                kind=NoticeKind.ROLE_GRANTED,
                link="/",
                by=by.name,
                place=form.company or wanted["programme"],
                role=Role(wanted["role"]).label,
            )
    return added, place


def _report_added(request: HttpRequest, added: Added, place: str) -> HttpResponse:
    if not added.is_changed:
        messages.info(request, _("Nothing changed: the person has this role already."))
    else:
        messages.success(
            request, _("%(name)s has the role in %(place)s now.") % {"name": added.user.name, "place": place}
        )
    if not added.user.has_usable_password():
        _send_link(request, added.user)
    return redirect("people:person", added.user.pk)


def _send_link(request: HttpRequest, user: User) -> None:
    """Send the link to set a password; where the mail server fails, hand it to the administrator."""
    link = build_password_link(user)
    record(CompanyAuditCode.INVITATION_SENT, user, by=cast(User, request.user))
    try:
        send_invitation(user=user, link=link)
    except OSError:
        messages.warning(
            request,
            _(
                "The mail server did not take the e-mail. Hand over this link yourself, it works once: %(link)s"
            )
            % {"link": link},
        )
    else:
        messages.success(
            request,
            _("A link to set the password was sent to %(email)s. It is good for %(days)d days.")
            % {"email": user.email, "days": count_valid_days()},
        )
