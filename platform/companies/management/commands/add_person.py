"""Add a person from the command line: the account, the role, and a link to set the password."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.invitation import build_password_link, count_valid_days, send_invitation
from accounts.models import User
from accounts.roles import COMPANY_ROLES, PROGRAMME_ROLES, Role
from companies import credit_code
from companies.models import Area, Company, Programme
from companies.people import Added, NotAddedError, add_to_company, add_to_programme

ROLES = [role for role in (*COMPANY_ROLES, *PROGRAMME_ROLES) if role is not Role.SERVICE_ACCOUNT]


class Command(BaseCommand):
    """A command that prints the link and mails it where it can; repeating it changes nothing."""

    help = (
        "Give somebody a role in a company or in a programme. Somebody new gets an account and a link to set "
        "the password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare who, which role, and where."""
        parser.add_argument("email", help="address that the person signs in with")
        parser.add_argument("--name", default="", help="name of the person; needed for somebody new")
        parser.add_argument("--role", required=True, choices=[role.value for role in ROLES])
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--company", metavar="CREDIT_CODE", help=f"for {_format_roles(COMPANY_ROLES)}")
        where.add_argument("--programme", metavar="CODE", help="for all other roles")
        parser.add_argument("--area", metavar="CODE", help="area that a county reviewer reviews")
        parser.add_argument(
            "--expires", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day of the role"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the person, say what changed, and hand out the link where it is needed."""
        role = Role(options["role"])
        person = {
            "email": options["email"],
            "name": options["name"],
            "role": role,
            "expires_at": _compute_end(options["expires"]),
            "by": None,
        }
        try:
            if options["company"]:
                company = _require_company(options["company"])
                if options["area"]:
                    raise NotAddedError("--area goes with --programme.")
                added, place = add_to_company(company=company, **person), company.name
            else:
                programme = _require_programme(options["programme"])
                area = _require_area(programme, options["area"]) if options["area"] else None
                added = add_to_programme(programme=programme, area=area, **person)
                place = f"{programme.code}, {area.name_zh}" if area else programme.code
        except NotAddedError as error:
            raise CommandError(str(error)) from error
        self._report(added, role, place)

    def _report(self, added: Added, role: Role, place: str) -> None:
        user = added.user
        if added.is_new:
            self.stdout.write(f"{user.email}: account made.")
        if added.is_changed:
            self.stdout.write(f"{user.email} is {role.value} in {place} now.")
        else:
            self.stdout.write(f"{user.email} is {role.value} in {place} already: nothing changed.")
        if user.has_usable_password():
            self.stdout.write("The person has a password and signs in with it.")
            return
        link = build_password_link(user)
        self.stdout.write(f"Link to set the password, works once, within {count_valid_days()} days:")
        self.stdout.write(link)
        self._send(user, link)

    def _send(self, user: User, link: str) -> None:
        """Send the link; a mail server that fails must not take it away, so it is printed before."""
        if not settings.EMAIL_HOST:
            self.stdout.write("EMAIL_HOST is not set, so no mail was sent: hand over the link yourself.")
            return
        try:
            send_invitation(user=user, link=link)
        except OSError as error:
            self.stderr.write(f"The mail was not sent ({error}): hand over the link yourself.")
        else:
            self.stdout.write(f"The link was sent to {user.email}.")


def _format_roles(roles: tuple[Role, ...]) -> str:
    return ", ".join(role.value for role in roles)


def _compute_end(day: date | None) -> datetime | None:
    """Compute the midnight after the day: a role is held on its last day too."""
    if day is None:
        return None
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    except OverflowError as error:
        raise CommandError("--expires is too far ahead.") from error


def _require_company(code: str) -> Company:
    found = Company.objects.filter(credit_code=credit_code.normalise(code)).first()
    if found is None:
        raise NotAddedError(
            f"There is no company with the credit code {code}. Load it first: manage.py load_cohort."
        )
    return found


def _require_programme(code: str) -> Programme:
    found = Programme.objects.filter(code=code).select_related("city").first()
    if found is None:
        known = ", ".join(Programme.objects.order_by("code").values_list("code", flat=True))
        advice = f"There are: {known}." if known else "Run manage.py setup first."
        raise NotAddedError(f"There is no programme {code}. {advice}")
    return found


def _require_area(programme: Programme, code: str) -> Area:
    found = programme.city.areas.filter(code=code).first()
    if found is None:
        known = ", ".join(f"{area.code} {area.name_zh}" for area in programme.city.areas.all())
        raise NotAddedError(f"There is no area {code} in {programme.city.name_zh}. There are: {known}.")
    return found
