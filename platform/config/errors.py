"""Pages for what goes wrong. Each says what happened and what to do; none needs the database."""

from __future__ import annotations

import logging
import secrets

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.roles import COMPANY_ROLES
from assessments.reviewing.conflicts_of_interest import ConflictOfInterest
from companies.permissions import Forbidden
from config.context import get_other_language

logger = logging.getLogger(__name__)

# Letters and digits that are not mistaken for each other on the telephone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show 400, or 413 where the form was too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return show_too_large(request)
    return render(request, "errors/400.html", status=400)


def show_too_large(request: HttpRequest) -> HttpResponse:
    """Show 413: what was sent is larger than the site takes."""
    return render(request, "errors/413.html", status=413)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show 403: say whose permission is needed."""
    roles = exception.roles if isinstance(exception, Forbidden) else ()
    separator = _(", ")
    names = separator.join(str(role.label) for role in roles)
    context: dict[str, object] = {"role_names": names, "owner_grants": bool(set(roles) & set(COMPANY_ROLES))}
    if isinstance(exception, ConflictOfInterest):
        context["sentences"] = exception.sentences
    return render(request, "errors/403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show 403: the page was open too long, or cookies are off."""
    logger.warning("Form refused: %s", reason)
    return render(request, "errors/csrf.html", {"return_path": request.path}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show 404: also for what exists but is none of this person's business."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show 500: with a reference that is in the log as well."""
    reference = make_error_reference()
    logger.error("Server error, reference %s", reference)
    # Without the request: its context processors ask the database, which may be what failed.
    context = {
        "reference": reference,
        "LANGUAGE_CODE": get_language(),
        "other_language": get_other_language(),
    }
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def make_error_reference() -> str:
    """Make a short reference to be read out, such as "7F2K-91QP"; the log has it too."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _place in range(8))
    return f"{code[:4]}-{code[4:]}"
