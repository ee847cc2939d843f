"""What the bureau's pages are narrowed to, as it stands in the address of the page.

One set of filters for the overview and the list of companies, so that each figure can link to the companies
behind it by adding to the address it was computed under.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self
from urllib.parse import urlencode

SEARCH_LENGTH = 60


@dataclass(frozen=True, slots=True)
class CohortFilters:
    """Filters of the bureau's pages: each field is a parameter of the address; empty does not narrow.

    `level` is 0 to 4, `target` (reached the target), `below` (scored, short of it) or `none` (no level yet);
    `stage` is where a company stands now, `reached` the least it has come to; `short` names the gate that
    keeps a company from the target (`scenarios`, `base`, `both`); `before` is the level in the earlier round;
    `score` the lower end of a five-point step of readiness; `compared` asks for own results of both rounds under one
    release; a `provider` of `none` for companies that name none.
    """

    programme: str = ""
    round: str = ""
    since: str = ""
    sector: str = ""
    division: str = ""
    area: str = ""
    industry: str = ""
    size: str = ""
    provider: str = ""
    level: str = ""
    verified: str = ""
    stage: str = ""
    reached: str = ""
    risk: str = ""
    short: str = ""
    before: str = ""
    tier: str = ""
    score: str = ""
    compared: str = ""
    q: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Self:
        """Read the filters in the parameters of a request; ignore others and tidy the search text."""
        values = {field.name: parameters.get(field.name, "").strip() for field in fields(cls)}
        # Full-width letters and digits are what a Chinese keyboard gives; the same text is meant.
        searched = " ".join(unicodedata.normalize("NFKC", values["q"]).split())
        return cls(**(values | {"q": searched[:SEARCH_LENGTH]}))

    def replace_fields(self, **changes: str) -> Self:
        """Return the same filters with some set otherwise."""
        return replace(self, **changes)

    def keep_only(self, names: frozenset[str]) -> Self:
        """Return the same filters without those not named."""
        return replace(self, **{field.name: "" for field in fields(self) if field.name not in names})

    def active(self) -> dict[str, str]:
        """Return the filters that narrow, by name."""
        return {name: value for name in NAMES if (value := getattr(self, name))}

    def query(self, **more: str) -> str:
        """Return the filters as the query part of an address, with `?`; empty when nothing narrows."""
        parameters = self.active() | {name: value for name, value in more.items() if value}
        return f"?{urlencode(parameters)}" if parameters else ""


NAMES = tuple(field.name for field in fields(CohortFilters))
# Not a choice of companies but of what is looked at.
FRAME = frozenset({"programme", "round", "since"})
# Those that say something of a company's result; they need the permission to read results.
OF_RESULTS = frozenset({"level", "short", "before", "tier", "score", "compared"})
ALL = frozenset(NAMES)
