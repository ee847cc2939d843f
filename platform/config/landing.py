"""What the landing page shows besides the form: the staircase of tiers and, in a demonstration, who to be."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from django.conf import settings
from django.db.models import Count

from accounts.roles import Role
from benchmarks.models.facility import Facility, Provenance, Tier
from companies.models import Listing, Programme

# Figures over fewer than this many are not shown to the public.
SMALLEST_GROUP = 5


@dataclass(frozen=True, slots=True)
class Staircase:
    """Companies of the newest programme and the facilities that they are compared with."""

    companies: int
    facilities: int
    steps: tuple[tuple[Tier, int | None], ...]  # None where the group is too small to be shown
    is_generated: bool


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One sign-in of the demonstration."""

    role: str
    name: str
    email: str
    password: str


def compute_staircase() -> Staircase | None:
    """Compute the newest programme's figures, None if there is none or nothing to compare with."""
    programme = Programme.objects.order_by("-starts_on").first()
    if programme is None:
        return None
    companies = Listing.objects.filter(programme=programme).count()
    facilities = Facility.objects.filter(programme=programme, tier__gt=Tier.SME)
    counts = dict(facilities.values_list("tier").annotate(count=Count("pk")))
    total = sum(counts.values())
    if not companies or not total:
        return None
    steps = [(Tier.SME, companies), *((tier, counts.get(tier.value, 0)) for tier in Tier if tier)]
    return Staircase(
        companies=companies,
        facilities=total,
        steps=tuple((tier, count if count >= SMALLEST_GROUP else None) for tier, count in steps),
        is_generated=facilities.filter(provenance=Provenance.SYNTHETIC).exists(),
    )


def list_demo_accounts() -> list[DemoAccount]:
    """List the sign-ins that a demonstration wrote down when it was made; none outside of one.

    `VAR_DIR/demo-accounts.json` is a list of objects with role, name, email and password.
    """
    path = settings.VAR_DIR / "demo-accounts.json"
    if not settings.DEMO or not path.exists():
        return []
    return [
        DemoAccount(str(Role(row["role"]).label), row["name"], row["email"], row["password"])
        for row in orjson.loads(path.read_bytes())
    ]
