"""What a page of staff has before it: which programme it speaks of, who asks, and what they may do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Permission
from companies.choosing import get_chosen_programme
from companies.models import Programme
from companies.permissions import Forbidden, permissions_in_programme, require


@dataclass(frozen=True)
class ProgrammeContext:
    """A programme, the person at work in it and their permissions; `programmes` are all that the page could be about.

    Pages that need more, as the cohort's rounds, add it to this one.
    """

    user: User
    programmes: Sequence[Programme]
    programme: Programme
    verbs: frozenset[Permission]

    def require(self, verb: Permission) -> None:
        """Raise `Forbidden`, which names the roles that could, unless the person may."""
        require(self.verbs, verb)

    @property
    def runs(self) -> bool:
        """Whether the person runs the programme."""
        return Permission.RUN_PROGRAMME in self.verbs

    @property
    def sees_companies(self) -> bool:
        """Whether the files of single companies may be opened."""
        return Permission.SEE_COMPANY in self.verbs

    @property
    def sees_results(self) -> bool:
        """Whether the results of single companies may be read."""
        return Permission.SEE_ANSWERS in self.verbs

    @property
    def sees_flags(self) -> bool:
        """Whether hints for reviewers may be read."""
        return Permission.SEE_FLAGS in self.verbs and self.sees_results

    @property
    def can_train(self) -> bool:
        """Whether they may train releases of the model and load facilities."""
        return Permission.TRAIN_MODEL in self.verbs

    @property
    def can_promote(self) -> bool:
        """Whether they may propose, confirm and roll back releases of the model."""
        return Permission.PROMOTE_MODEL in self.verbs


def get_programme_context(
    request: HttpRequest, seen_with: Permission, *, needs: Permission | None = None, code: str | None = None
) -> ProgrammeContext:
    """Return the context of a request among the programmes that the person may see with a permission.

    The programme is that of `code`, else of the address or the form, else the chosen one, else the latest. Raises
    `Forbidden` for people without such a programme or without the permission that the page `needs` in it, and
    `Http404` for a code that is not among them.
    """
    user = request.user
    assert isinstance(user, User)
    programmes = list(Programme.objects.allowing(user, seen_with).select_related("city"))
    if not programmes:
        raise Forbidden(needs or seen_with)
    if code is None:
        code = request.GET.get("programme", "") or request.POST.get("programme", "")
    programme = get_chosen_programme(request, programmes, code)
    context = build_programme_context(user, programme, programmes)
    if needs is not None:
        context.require(needs)
    return context


def build_programme_context(
    user: User, programme: Programme, programmes: Sequence[Programme] = ()
) -> ProgrammeContext:
    """Build the context of a programme that the person is known to see, as of a thing found in it."""
    return ProgrammeContext(
        user, programmes or [programme], programme, permissions_in_programme(user, programme)
    )
