"""Drawing a sample of companies to visit, with the seed on record."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from assessments.audit_codes import AssessmentAuditCode
from assessments.models import Assessment, Flag, Round, VisitSample
from assessments.reviewing.sampling import FORMULA, Risk, compute_chances, draw_companies
from audit.record import record
from companies.permissions import permissions_in_programme, require


class NothingToDraw(Exception):
    """A round without a company that has a result yet, or a size that is not at least one."""


def draw_sample(*, round_: Round, size: int, by: User, seed: str = "") -> VisitSample:
    """Draw `size` companies of the round that have a result; `seed` is made up where none is given.

    Raises `NothingToDraw` or `Forbidden`.
    """
    require(permissions_in_programme(by, round_.programme), Permission.RUN_PROGRAMME)
    risks = compute_risks(round_)
    if size < 1 or not risks:
        raise NothingToDraw
    seed = seed.strip()[:64] or secrets.token_hex(8)
    weights = {key: risk.weight for key, risk in risks.items()}
    drawn = draw_companies(weights, size, seed)
    chance = compute_chances(weights, size)
    with transaction.atomic():
        sample = VisitSample.objects.create(
            round=round_,
            seed=seed,
            size=size,
            formula=FORMULA,
            frame=[
                {
                    "assessment": key,
                    "weight": risk.weight,
                    "open": risk.open_flags,
                    "confirmed": risk.confirmed_flags,
                    "twin": risk.has_twin,
                    "levels_above": risk.levels_above,
                    "chance": f"{chance[key].numerator}/{chance[key].denominator}",
                }
                for key, risk in sorted(risks.items())
            ],
            drawn=drawn,
            drawn_by=by,
            drawn_at=timezone.now(),
        )
        record(
            AssessmentAuditCode.VISIT_SAMPLE_DRAWN,
            sample,
            by=by,
            programme_id=round_.programme_id,
            seed=seed,
            size=size,
            formula=FORMULA,
        )
    return sample


def redraw_sample(sample: VisitSample) -> list[str]:
    """Draw a stored sample anew from its seed and frame."""
    weights = {entry["assessment"]: entry["weight"] for entry in sample.frame}
    return draw_companies(weights, sample.size, sample.seed)


def compute_risks(round_: Round) -> dict[str, Risk]:
    """Compute what makes a visit to each company of the round more or less pressing; one query."""
    open_ = Q(flags__disposition=Flag.Disposition.OPEN, flags__lapsed_at__isnull=True)
    before = Assessment.objects.filter(
        company=OuterRef("company"),
        round__programme=round_.programme_id,
        round__opens_at__lt=round_.opens_at,
        self_run__isnull=False,
    ).order_by("-round__opens_at")
    rows = (
        Assessment.objects.filter(round=round_, self_run__isnull=False, closed_at__isnull=True)
        .annotate(
            open_flags=Count("flags", filter=open_, distinct=True),
            confirmed=Count("flags", filter=Q(flags__disposition=Flag.Disposition.CONFIRMED), distinct=True),
            twins=Count("flags", filter=open_ & Q(flags__kind=Flag.Kind.TWIN), distinct=True),
            level_before=Subquery(before.values("self_run__official_level")[:1]),
        )
        .values_list(
            "pk",
            "open_flags",
            "confirmed",
            "twins",
            "self_run__official_level",
            "verified_run__official_level",
            "level_before",
        )
    )
    return {
        str(pk): Risk(
            open_flags=open_count,
            confirmed_flags=confirmed,
            has_twin=twins > 0,
            levels_above=own
            - (verified if verified is not None else before_ if before_ is not None else own),
        )
        for pk, open_count, confirmed, twins, own, verified, before_ in rows
    }
