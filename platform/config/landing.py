"""What the landing page shows besides the form: the staircase of tiers and, in a demonstration, who to be."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from django.conf import settings
from django.db.models import Count

from accounts.roles import Role
from benchmarks.models.facility import Facility, Provenance, Tier
from companies.models import Listing, Programme
from companies.small_groups import withhold_count, withhold_table_if_small


@dataclass(frozen=True, slots=True)
class Staircase:
    """Companies of the newest programme and the facilities that they are compared with.

    A number is None where it is withheld; `facilities` is the sum of the steps above the first.
    """

    companies: int | None
    facilities: int | None
    steps: tuple[tuple[Tier, int | None], ...]
    is_generated: bool

    @property
    def is_withheld(self) -> bool:
        """Whether any number is missing."""
        return self.companies is None or self.facilities is None


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
    if not companies or not counts:
        return None
    tiers = [tier for tier in Tier if tier]
    # The total stands in the programming interface and on result pages: tiers beside a small one would give it away.
    steps, total = withhold_table_if_small([counts.get(tier.value, 0) for tier in tiers])
    shown = withhold_count(companies)
    return Staircase(
        companies=shown,
        facilities=total,
        steps=((Tier.SME, shown), *zip(tiers, steps, strict=True)),
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
