"""What stands before the site for somebody who has just signed in: the text about personal data, and for staff
the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.purpose import has_accepted_purpose
from companies.models import ProgrammeRole
from companies.models.scope import build_current_condition

# What is open before: signing in and out, the second factor, the language, help, one's own data, machines.
OPEN = (
    "/accounts/",
    "/account/purpose/",
    "/account/data/",
    "/language/",
    "/help/",
    "/health/",
    "/api/",
    "/static/",
)
# What is sent here may switch the second factor off, so it is looked at anew afterwards.
SECOND_FACTOR = "/accounts/2fa/"
# For so long it is not asked again whether a person needs a second factor and has one.
TRUST_SECONDS = 300
TRUSTED_UNTIL = "_second_factor_seen_until"


def through_the_gates(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Build middleware that leads people to what they have to do first, as a rule without a query."""

    def handle_request(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith(SECOND_FACTOR):
            request.session.pop(TRUSTED_UNTIL, None)
        if not request.path.startswith(OPEN) and SESSION_KEY in request.session:
            user = request.user
            if isinstance(user, User):
                if not has_accepted_purpose(user):
                    wanted = request.get_full_path() if request.method == "GET" else "/"
                    return redirect(f"{reverse('accounts:purpose')}?{urlencode({'next': wanted})}")
                if lacks_second_factor(request, user):
                    messages.warning(
                        request, _("Your role needs a second factor. Set up an authenticator app to go on.")
                    )
                    return redirect("mfa_activate_totp")
        return get_response(request)

    return handle_request


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Return whether this is staff without an authenticator, where the installation asks for one."""
    if not settings.STAFF_SECOND_FACTOR or request.session.get(TRUSTED_UNTIL, 0) > time.time():
        return False
    is_staff = ProgrammeRole.objects.filter(build_current_condition(), user=user).exists()
    if is_staff and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        return True
    request.session[TRUSTED_UNTIL] = int(time.time()) + TRUST_SECONDS
    return False
