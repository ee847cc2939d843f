"""What a member of staff has before them on the model's pages: a programme and what they may do in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.roles import Permission
from benchmarks.models import Release
from companies.choosing import get_chosen_programme
from companies.models import Programme, ProgrammeRole
from companies.models.scope import build_current_condition
from companies.permissions import Forbidden, permissions_in_programme, require


@dataclass(frozen=True)
class ModelContext:
    """A programme whose model a person may see, and the verbs they hold in it."""

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Permission]

    @property
    def can_train(self) -> bool:
        """Whether they may train releases and load facilities."""
        return Permission.TRAIN_MODEL in self.verbs

    @property
    def can_promote(self) -> bool:
        """Whether they may propose, confirm and roll back."""
        return Permission.PROMOTE_MODEL in self.verbs

    @property
    def sees_companies(self) -> bool:
        """Whether single companies and their results may be named."""
        return Permission.SEE_ANSWERS in self.verbs


def get_model_context(request: HttpRequest) -> ModelContext:
    """Return the context of a request: the programme of the address, else the chosen one, else the latest.

    Staff without the permission to see the model are told so (`Forbidden`); for all others the pages are not there.
    """
    user = cast(User, request.user)
    programmes = list(Programme.objects.allowing(user, Permission.SEE_MODEL).select_related("city"))
    if not programmes:
        if ProgrammeRole.objects.filter(build_current_condition(), user=user).exists():
            raise Forbidden(Permission.SEE_MODEL)
        raise Http404
    code = request.GET.get("programme", "") or request.POST.get("programme", "")
    programme = get_chosen_programme(request, programmes, code)
    return ModelContext(user, programmes, programme, permissions_in_programme(user, programme))


def build_model_context(request: HttpRequest, programme: Programme) -> ModelContext:
    """Build the context of a thing of this programme, found among what the person may see."""
    user = cast(User, request.user)
    return ModelContext(user, [programme], programme, permissions_in_programme(user, programme))


def require_permission(desk: ModelContext, verb: Permission) -> None:
    """Raise `Forbidden`, which names the roles that could, unless the person may."""
    require(desk.verbs, verb)


def find_active_release(programme: Programme) -> Release | None:
    """Find the release in use, with everything in it."""
    return Release.objects.select_related("trained_by").find_active(programme)
