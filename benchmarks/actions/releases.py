"""Having a release trained, proposing it, and putting it into use.

Re-scoring what a release applies to is the matter of `assessments.actions.releases`, which calls these.
"""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import NoticeKind, User
from accounts.notices import notify
from accounts.roles import Permission
from audit.record import record
from benchmarks.audit_codes import BenchmarkAuditCode
from benchmarks.checks import Check, list_checks
from benchmarks.models import Activation, Proposal, Release
from benchmarks.queries import TRAIN_RELEASE
from benchmarks.training import DEFAULT_ALPHA, Alpha, NoFacilities, compute_training_key, fit_release
from companies.models import Programme
from companies.permissions import permissions_in_programme, require
from companies.recipients import list_permitted_staff
from jobs.models import Job
from jobs.work import enqueue

__all__ = [
    "DEFAULT_ALPHA",
    "ChecksFail",
    "NeedsSecondPerson",
    "NoFacilities",
    "NotOpen",
    "NothingBefore",
    "activate_previous",
    "confirm",
    "fit_release",
    "promote",
    "propose",
    "request_training",
    "withdraw",
]


class NeedsSecondPerson(Exception):
    """Refusal of a confirmation by the person who proposed the release; somebody else confirms it."""


class ChecksFail(Exception):
    """Refusal to activate a release with checks that are not green; `failing` are those."""

    def __init__(self, failing: list[Check]) -> None:
        super().__init__(f"Checks that are not green: {', '.join(check.code for check in failing)}.")
        self.failing = failing


class NotOpen(Exception):
    """Refusal where the proposal was confirmed or withdrawn already, or another one is open."""


class NothingBefore(Exception):
    """Refusal of a rollback where no release was in use before the present one."""


def request_training(*, programme: Programme, seed: int, alpha: Alpha, by: User) -> Job:
    """Have a release trained in the background. The same data, code and parameters are one piece of work."""
    require(permissions_in_programme(by, programme), Permission.TRAIN_MODEL)
    return enqueue(
        TRAIN_RELEASE,
        key=compute_training_key(programme, seed, alpha),
        parameters={"programme": str(programme.pk), "seed": seed, "alpha": alpha, "by": str(by.pk)},
        by=by,
    )


def propose(*, release: Release, by: User, reason: str = "") -> Proposal:
    """Ask for a release to be activated; a second person has to confirm.

    Raises `ChecksFail`, or `NotOpen` if another proposal of the programme waits already.
    """
    require(permissions_in_programme(by, release.programme), Permission.PROMOTE_MODEL)
    _require_green(release)
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=release.programme_id)
        if Proposal.objects.find_open(release.programme):
            raise NotOpen("Another proposal waits for its second person.")
        if release == Release.objects.find_active(release.programme):
            raise NotOpen("This release is in use already.")
        proposal = Proposal.objects.create(
            programme=release.programme, release=release, proposed_by=by, reason=reason
        )
        record(
            BenchmarkAuditCode.RELEASE_PROPOSED,
            release,
            by=by,
            programme_id=release.programme_id,
            name=release.name,
            reason=reason,
        )
        for person in list_permitted_staff(release.programme, Permission.PROMOTE_MODEL).exclude(pk=by.pk):
            notify(
                user=person,
                kind=NoticeKind.RELEASE_PROPOSED,
                key=f"proposed:{proposal.pk}",
                link=reverse("benchmarks:release", args=[release.pk]),
                by=by.name,
                release=release.name,
                is_synthetic=release.is_synthetic,
            )
    return proposal


def withdraw(*, proposal: Proposal, by: User) -> Proposal:
    """Take a proposal back, or refuse it: whoever may activate releases can."""
    require(permissions_in_programme(by, proposal.programme), Permission.PROMOTE_MODEL)
    with transaction.atomic():
        closed = _close_proposal(proposal, Proposal.State.WITHDRAWN, by)
        record(
            BenchmarkAuditCode.RELEASE_PROPOSAL_WITHDRAWN,
            closed.release,
            by=by,
            programme_id=closed.programme_id,
            name=closed.release.name,
        )
    return closed


def confirm(*, proposal: Proposal, by: User) -> Activation:
    """Confirm as the second person; the release is in use from now on.

    Raises `NeedsSecondPerson`, `NotOpen` or `ChecksFail`.
    """
    require(permissions_in_programme(by, proposal.programme), Permission.PROMOTE_MODEL)
    if proposal.proposed_by_id == by.pk:
        raise NeedsSecondPerson("Another person than the one who proposed the release has to confirm it.")
    with transaction.atomic():
        closed = _close_proposal(proposal, Proposal.State.CONFIRMED, by)
        return promote(release=closed.release, proposed_by=closed.proposed_by, confirmed_by=by)


def promote(*, release: Release, proposed_by: User | None, confirmed_by: User | None) -> Activation:
    """Activate a release for its programme; what was active ends at the same moment.

    The first release of an installation may be promoted by one person, or by the system, and as it is; that it was
    the first, and which of its checks were not green, is in the record. Later ones need every check green and a
    second person; raises `ChecksFail` and `NeedsSecondPerson` otherwise.
    """
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=release.programme_id)
        is_bootstrap = not Activation.objects.exists()
        if not is_bootstrap:
            if proposed_by is None or confirmed_by is None or proposed_by.pk == confirmed_by.pk:
                raise NeedsSecondPerson(
                    "Another person than the one who proposed the release has to confirm it."
                )
            _require_green(release)
        failing = [check.code for check in list_checks(release) if not check.is_green] if is_bootstrap else []
        activation = _activate(
            programme, release, proposed_by=proposed_by, confirmed_by=confirmed_by, is_bootstrap=is_bootstrap
        )
        record(
            BenchmarkAuditCode.RELEASE_PROMOTED,
            release,
            by=confirmed_by or proposed_by,
            programme_id=programme.pk,
            name=release.name,
            bootstrap=is_bootstrap,
            not_green=failing,
        )
    return activation


def activate_previous(*, programme: Programme, by: User) -> Activation:
    """Put the release that was in use before the present one back into use. One person may, and it is recorded.

    Raises `NothingBefore`.
    """
    require(permissions_in_programme(by, programme), Permission.PROMOTE_MODEL)
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=programme.pk)
        previous = find_previous_release(programme)
        present = Release.objects.find_active(programme)
        if previous is None or present is None:
            raise NothingBefore("No other release was in use before.")
        activation = _activate(programme, previous, proposed_by=by, confirmed_by=None, is_rollback=True)
        record(
            BenchmarkAuditCode.RELEASE_ROLLED_BACK,
            previous,
            by=by,
            programme_id=programme.pk,
            name=previous.name,
            from_name=present.name,
        )
    return activation


def find_previous_release(programme: Programme) -> Release | None:
    """Find the release to which a rollback would return: the one before, as the promotions stand.

    A rollback undoes a promotion, so rolling back twice goes two releases back and not forth again.
    """
    stack: list[Release] = []
    for activation in (
        programme.activations.select_related("release")
        .defer("release__scorecard", "release__training_rows")
        .order_by("started_at", "pk")
    ):
        if activation.is_rollback and len(stack) > 1:
            stack.pop()
        elif not stack or stack[-1] != activation.release:
            stack.append(activation.release)
    return stack[-2] if len(stack) > 1 else None


def _activate(
    programme: Programme,
    release: Release,
    *,
    proposed_by: User | None,
    confirmed_by: User | None,
    is_bootstrap: bool = False,
    is_rollback: bool = False,
) -> Activation:
    Activation.objects.filter(programme=programme, ended_at__isnull=True).update(ended_at=timezone.now())
    return Activation.objects.create(
        programme=programme,
        release=release,
        proposed_by=proposed_by,
        confirmed_by=confirmed_by,
        is_bootstrap=is_bootstrap,
        is_rollback=is_rollback,
    )


def _close_proposal(proposal: Proposal, state: Proposal.State, by: User) -> Proposal:
    changed = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.OPEN).update(
        state=state, closed_by=by, closed_at=timezone.now()
    )
    if not changed:
        raise NotOpen("The proposal is not open any more.")
    return Proposal.objects.select_related("release__programme", "proposed_by").get(pk=proposal.pk)


def _require_green(release: Release) -> None:
    failing = [check for check in list_checks(release) if not check.is_green]
    if failing:
        raise ChecksFail(failing)
