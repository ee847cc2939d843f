"""Self-assessed minus verified values: by service provider, by item, and the companies behind an item."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from django.db.models import F

from cohort.queries.cohort import Cohort
from cohort.queries.expressions import Companies
from cohort.queries.narrowing import NO_PROVIDER
from companies.names import get_company_name
from documents.numbers import compute_change


@dataclass(frozen=True, slots=True)
class ProviderDifference:
    """Companies of a provider with both values (`name` is empty for those without one).

    `own` and `verified` are mean readiness in hundredths of a point, `points` the first minus the second as both are
    shown, `lowered` how many have a lower verified level than they gave themselves.
    """

    name: str
    companies: int
    own: float
    verified: float
    points: int
    lowered: int
    link: str | None


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """An item over the companies with a stage in both: how often it was lowered and raised, mean in stages."""

    code: str
    companies: int
    lowered: int
    raised: int
    mean: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A company whose stage of an item was changed on site."""

    company: uuid.UUID
    name: str
    own: int
    verified: int


class Differences:
    """The companies of a cohort that have a scored own and a scored verified submission; one query."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self._rows = list(
            _select_compared(cohort).values_list(
                "pk",
                "listing__provider_name",
                "now__self_run__readiness",
                "now__verified_run__readiness",
                "now__self_run__official_level",
                "now__verified_run__official_level",
                "now__self_run__submission__vector",
                "now__verified_run__submission__vector",
            )
        )

    def __len__(self) -> int:
        return len(self._rows)

    def compare_providers(self) -> list[ProviderDifference]:
        """List providers, the one whose companies were corrected downwards most first."""
        names = np.array([row[1] for row in self._rows], object)
        figures = np.array([row[2:6] for row in self._rows], np.int64).reshape(-1, 4)
        found = []
        for name in sorted(set(names)):
            own, verified, level, level_verified = figures[names == name].T
            found.append(
                ProviderDifference(
                    name=name,
                    companies=len(own),
                    own=float(own.mean()),
                    verified=float(verified.mean()),
                    points=compute_change(float(verified.mean()), float(own.mean())),
                    lowered=int((level_verified < level).sum()),
                    link=self.cohort.build_link(provider=name or NO_PROVIDER, verified="1"),
                )
            )
        return sorted(found, key=lambda row: (-row.points, row.name))

    @cached_property
    def _stages(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        """Own and verified stages, one row for each company and one column for each item."""
        items = len(self.cohort.instrument.items)
        own, verified = (b"".join(bytes(row[place]) for row in self._rows) for place in (6, 7))
        return (
            np.frombuffer(own, np.int8).reshape(-1, items),
            np.frombuffer(verified, np.int8).reshape(-1, items),
        )

    def compare_items(self) -> list[ItemDifference]:
        """List items, the one most lowered on site first; items that nobody has twice are left out."""
        own, verified = self._stages
        both = (own >= 0) & (verified >= 0)
        difference = np.where(both, own.astype(np.int64) - verified, 0)
        found = [
            ItemDifference(
                code=item.code,
                companies=int(both[:, place].sum()),
                lowered=int((difference[:, place] > 0).sum()),
                raised=int((difference[:, place] < 0).sum()),
                mean=float(difference[both[:, place], place].mean()),
            )
            for place, item in enumerate(self.cohort.instrument.items)
            if both[:, place].any()
        ]
        return sorted(found, key=lambda row: (-row.mean, row.code))

    def list_pairs(self, code: str, language: str) -> list[Pair]:
        """List the companies whose stage of this item was changed, the most lowered first; one query."""
        codes: Sequence[str] = [item.code for item in self.cohort.instrument.items]
        if code not in codes:
            return []
        own, verified = (stages[:, codes.index(code)].tolist() for stages in self._stages)
        changed = {
            row[0]: (mine, theirs)
            for row, mine, theirs in zip(self._rows, own, verified, strict=True)
            if mine >= 0 and theirs >= 0 and mine != theirs
        }
        companies = self.cohort.listed.filter(pk__in=changed)
        found = [
            Pair(company.pk, get_company_name(language, company), *changed[company.pk])
            for company in companies
        ]
        return sorted(found, key=lambda pair: (pair.verified - pair.own, pair.name))


def _select_compared(cohort: Cohort) -> Companies:
    found: Companies = cohort.companies.order_by().filter(
        now__self_run__isnull=False,
        now__verified_run__isnull=False,
        now__self_run__release=F("now__verified_run__release"),
    )
    return found
