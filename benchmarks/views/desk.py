"""What the model's pages share: the programme whose model a person may see, and its release in use."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.roles import Permission
from benchmarks.models import Release
from companies.models import Programme, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import Forbidden
from companies.programme_context import ProgrammeContext, get_programme_context


def get_model_context(request: HttpRequest) -> ProgrammeContext:
    """Return the context of a request on a page about the model.

    Staff without the permission to see the model are told so (`Forbidden`); for all others the pages are not there.
    """
    try:
        return get_programme_context(request, Permission.SEE_MODEL)
    except Forbidden:
        if not ProgrammeRole.objects.filter(build_current_condition(), user=request.user).exists():  # type: ignore[misc]
            raise Http404 from None
        raise


def find_active_release(programme: Programme) -> Release | None:
    """Find the release in use, with everything in it."""
    return Release.objects.select_related("trained_by").find_active(programme)
