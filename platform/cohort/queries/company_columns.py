"""The columns of companies, each described once: what the list on the page, its order and the export are made of.

A new column is an entry here, with its name in `PAGE` or `EXPORT`. On the page it is text, or a kind of cell that
`cohort/companies_rows.html` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from operator import methodcaller
from typing import Any

from django.db.models import Case, F, IntegerField, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.models.counting_run import build_run_expression
from assessments.models.score_change import build_change_expression
from assessments.models.stage import RANK, STAGES, Stage, build_step_expression
from cohort.queries.expressions import NOW, Companies
from companies.names import get_company_name
from companies.phone_visibility import mask_phone
from documents.workbook_writer import ValueKind

_ACTIVITY = Coalesce(
    *(f"now__{stage.value}_at" for stage in reversed(STAGES[RANK[Stage.SUBMITTED] :])),
    "now__last_answer_at",
    "now__started_at",
    "now__invited_at",
)
_CHANGE = Case(
    When(
        now__self_run__release=F("before__self_run__release"),
        then=build_change_expression("before__self_run__readiness", "now__self_run__readiness"),
    ),
    output_field=IntegerField(null=True),
)


class ColumnAudience(Enum):
    """Who sees a column: all who see the list, those who see results, those who see flags."""

    EVERYONE = "everyone"
    RESULTS = "results"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class CompanyColumn:
    """A column: its name in addresses and its label, where its value comes from, who sees it and how it looks.

    `source` is an attribute of the company, a function of it, or an expression that the query adds under the column's
    name; `read` makes the value of that, `mask` hides a part of it. `order` is what the list is ordered by. On the
    page `cell` is the kind of cell, never empty where it says something without a value too; `needs` are
    columns that it shows too, and narrow screens have the label as a caption. `heading` is the label in the export.
    """

    name: str
    label: str | Promise
    source: str | Combinable | Callable[[Any], Any]
    kind: ValueKind = ValueKind.TEXT
    read: Callable[[Any], Any] | None = None
    mask: Callable[[str], str] | None = None
    audience: ColumnAudience = ColumnAudience.EVERYONE
    order: str = ""
    is_largest_first: bool = False
    is_usual: bool = False
    cell: str = "text"
    is_never_empty: bool = False
    css: str = "text-wrap"
    has_caption: bool = True
    needs: tuple[str, ...] = ()
    heading: str | Promise = ""

    def read_value(self, company: Any) -> Any:
        """Read the value of a company that the query has annotated."""
        if isinstance(self.source, str):
            value = getattr(company, self.source)
        else:
            value = (
                getattr(company, self.name) if isinstance(self.source, Combinable) else self.source(company)
            )
        return self.read(value) if self.read is not None else value


def _read_name(company: Any) -> str:
    return get_company_name(get_language() or "en", company)


def _read_stage(step: int) -> Stage:
    return STAGES[step]


_DATE, _INTEGER, _POINTS = ValueKind.DATE, ValueKind.INTEGER, ValueKind.POINTS
_RESULTS = ColumnAudience.RESULTS
_COLUMNS = (
    CompanyColumn("code", _("Unified social credit code"), "credit_code"),
    CompanyColumn("name", _("Company"), _read_name, order="name"),
    CompanyColumn("area", _("Division"), "division"),
    CompanyColumn("functional_area", _("Functional area"), "functional_area"),
    CompanyColumn("park", _("Park"), "park"),
    CompanyColumn("sector", _("Sector"), "sector"),
    CompanyColumn("key_industry", _("Key industry"), "key_industry"),
    CompanyColumn("size", _("Size"), methodcaller("get_size_display")),
    CompanyColumn("grade", _("Specialised SME grade"), methodcaller("get_specialised_display")),
    CompanyColumn("contact", _("Contact"), "contact_name"),
    CompanyColumn("phone", _("Contact’s phone"), "contact_phone", mask=mask_phone),
    CompanyColumn("contract_on", _("Contract date"), F("listing__contract_on"), _DATE),
    CompanyColumn(
        "contract_wan", _("Contract value (10,000 yuan)"), F("listing__contract_wan"), ValueKind.MONEY
    ),
    CompanyColumn("target", _("Target level"), F("listing__target_level"), _INTEGER),
    CompanyColumn(
        "stage", _("Status"), build_step_expression(NOW), read=_read_stage, order="stage", is_largest_first=True,
        is_usual=True, cell="stage", css="", has_caption=False, needs=("answered",),
    ),
    CompanyColumn("answered", _("Questions answered"), F("now__answered"), _INTEGER, read=lambda count: count or 0),
    CompanyColumn("invited", _("Invited on"), F("now__invited_at"), _DATE),
    CompanyColumn(
        "submitted", _("Submitted on"), F("now__submitted_at"), _DATE, order="submitted", is_largest_first=True,
        cell="day",
    ),
    CompanyColumn("recommended_on", _("Recommended on"), F("now__recommended_at"), _DATE),
    CompanyColumn("verified_on", _("Verified on"), F("now__verified_at"), _DATE),
    CompanyColumn("accepted_on", _("Accepted on"), F("now__accepted_at"), _DATE),
    CompanyColumn(
        "level", _("Level, self"), F("now__self_run__official_level"), _INTEGER, audience=_RESULTS, order="level",
        is_largest_first=True, is_usual=True, cell="level", css="", heading=_("Official level, self"),
    ),
    CompanyColumn(
        "verified", _("Level, verified"), F("now__verified_run__official_level"), _INTEGER, audience=_RESULTS,
        order="verified", is_largest_first=True, is_usual=True, cell="verified", css="", needs=("level",),
        heading=_("Official level, verified"),
    ),
    CompanyColumn(
        "readiness", _("Readiness"), build_run_expression("readiness", NOW), _POINTS, audience=_RESULTS,
        order="readiness", is_largest_first=True, is_usual=True, cell="readiness", css="num", needs=("low", "high"),
        heading=_("Readiness score"),
    ),
    CompanyColumn(
        "low", _("Likely range, from"), build_run_expression("readiness_low", NOW), _POINTS, audience=_RESULTS
    ),
    CompanyColumn(
        "high", _("Likely range, to"), build_run_expression("readiness_high", NOW), _POINTS, audience=_RESULTS
    ),
    # Of the self-assessed readiness, since the earlier round, under one release.
    CompanyColumn(
        "change", _("Change"), _CHANGE, _POINTS, audience=_RESULTS, order="change", is_largest_first=True,
        is_usual=True, cell="change", css="num",
    ),
    CompanyColumn("tier", _("Tier"), build_run_expression("tier", NOW), audience=_RESULTS, is_usual=True, cell="tier"),
    CompanyColumn(
        "hints", _("Points for checking"), "hints", audience=ColumnAudience.FLAGS, is_usual=True, cell="hints",
    ),
    CompanyColumn(
        "division", _("Division and sector"), "division", order="division__position", is_usual=True,
        cell="division",
    ),
    CompanyColumn(
        "activity", _("Last activity"), _ACTIVITY, _DATE, order="activity", is_largest_first=True, is_usual=True,
        cell="activity", css="text-secondary pe-3",
    ),
    CompanyColumn("assessor", _("Assessor"), "assessor"),
    CompanyColumn("county", _("County reviewer"), "county"),
    CompanyColumn("provider", _("Service provider"), F("listing__provider_name"), order="provider"),
    CompanyColumn("batch", _("Batch"), F("listing__batch")),
    CompanyColumn(
        "deadline", _("Deadline"), F("now__extended_until"), _DATE, cell="deadline", is_never_empty=True, css="",
    ),
)  # fmt: skip
COLUMNS = {column.name: column for column in _COLUMNS}
# Those to choose from on the page, in the order in which they stand there beside the name.
PAGE = (
    "stage", "level", "verified", "readiness", "change", "tier", "hints", "division", "assessor", "county",
    "provider", "batch", "submitted", "deadline", "activity",
)  # fmt: skip
# Those of the export, in its order.
EXPORT = (
    "code", "name", "area", "functional_area", "park", "sector", "key_industry", "size", "grade", "contact",
    "phone", "batch", "provider", "contract_on", "contract_wan", "target", "stage", "answered", "invited",
    "submitted", "recommended_on", "verified_on", "accepted_on", "level", "verified", "readiness", "low", "high",
)  # fmt: skip


def list_columns(
    names: Iterable[str], *, sees_results: bool, sees_flags: bool = False
) -> list[CompanyColumn]:
    """List the columns of these names that a person may see."""
    seen = {ColumnAudience.EVERYONE: True, _RESULTS: sees_results, ColumnAudience.FLAGS: sees_flags}
    return [column for name in names if seen[(column := COLUMNS[name]).audience]]


def annotate_columns(companies: Companies, columns: Iterable[CompanyColumn]) -> Companies:
    """Add what the columns and those that they need take from the database."""
    wanted = dict.fromkeys(name for column in columns for name in (column.name, *column.needs))
    annotated: Companies = companies.annotate(
        **{name: column.source for name in wanted if isinstance((column := COLUMNS[name]).source, Combinable)}
    )
    return annotated
