"""What a member of staff has before them on the model's pages: a programme and what they may do in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.roles import Verb
from benchmarks.models import Release
from companies.choosing import chosen
from companies.models import Programme, ProgrammeRole
from companies.models.scope import current
from companies.permissions import Forbidden, require, verbs_in_programme


@dataclass(frozen=True)
class Desk:
    """A programme whose model a person may see, and the verbs they hold in it."""

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Verb]

    @property
    def can_train(self) -> bool:
        """Whether they may train releases and load facilities."""
        return Verb.TRAIN_MODEL in self.verbs

    @property
    def can_promote(self) -> bool:
        """Whether they may propose, confirm and roll back."""
        return Verb.PROMOTE_MODEL in self.verbs

    @property
    def sees_companies(self) -> bool:
        """Whether single companies and their results may be named."""
        return Verb.SEE_ANSWERS in self.verbs


def desk_of(request: HttpRequest) -> Desk:
    """The desk for a request: the programme that the address names, else the one chosen, else the latest.

    Staff without the permission to see the model are told so (`Forbidden`); for all others the pages are not there.
    """
    user = cast(User, request.user)
    programmes = list(Programme.objects.allowing(user, Verb.SEE_MODEL).select_related("city"))
    if not programmes:
        if ProgrammeRole.objects.filter(current(), user=user).exists():
            raise Forbidden(Verb.SEE_MODEL)
        raise Http404
    code = request.GET.get("programme", "") or request.POST.get("programme", "")
    programme = chosen(request, programmes, code)
    return Desk(user, programmes, programme, verbs_in_programme(user, programme))


def desk_for(request: HttpRequest, programme: Programme) -> Desk:
    """The desk for a thing of this programme, which the caller has found among what the person may see."""
    user = cast(User, request.user)
    return Desk(user, [programme], programme, verbs_in_programme(user, programme))


def require_verb(desk: Desk, verb: Verb) -> None:
    """Raise `Forbidden`, which names the roles that could, unless the person may."""
    require(desk.verbs, verb)


def active_release(programme: Programme) -> Release | None:
    """The release in use, with everything in it."""
    return Release.objects.select_related("trained_by").active_in(programme)
