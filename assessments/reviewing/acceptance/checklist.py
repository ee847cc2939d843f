"""How an assessment stands towards the conditions of acceptance."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Assessment, ConditionCheck, Document
from assessments.reviewing.acceptance.conditions import AcceptanceCondition, DocumentKind, load_terms
from companies.models import Listing


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition with what was found; `is_met` is None where nobody has looked."""

    condition: AcceptanceCondition
    is_met: bool | None
    check: ConditionCheck | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A kind of paper with the files there are."""

    kind: DocumentKind
    files: list[Document]


@dataclass(frozen=True, slots=True)
class Checklist:
    """All conditions and papers of one acceptance."""

    conditions: list[ConditionRow]
    documents: list[DocumentRow]

    @property
    def missing(self) -> list[str]:
        """Codes of conditions not met and of required papers not there."""
        return [row.condition.code for row in self.conditions if not row.is_met] + [
            row.kind.code for row in self.documents if row.kind.required and not row.files
        ]

    @property
    def done(self) -> int:
        """How many conditions are met."""
        return sum(row.is_met is True for row in self.conditions)


def build_checklist(assessment: Assessment) -> Checklist:
    """Build the checklist of an assessment; three queries."""
    current = load_terms()
    checks = {check.condition: check for check in assessment.condition_checks.select_related("checked_by")}
    listing = Listing.objects.filter(
        programme=assessment.round.programme_id, company=assessment.company_id
    ).first()
    files: dict[str, list[Document]] = {}
    for document in assessment.documents.filter(removed_at__isnull=True).select_related("uploaded_by"):
        files.setdefault(document.kind, []).append(document)
    return Checklist(
        conditions=[_build_row(condition, assessment, listing, checks) for condition in current.conditions],
        documents=[DocumentRow(kind, files.get(kind.code, [])) for kind in current.documents],
    )


def _build_row(
    condition: AcceptanceCondition,
    assessment: Assessment,
    listing: Listing | None,
    checks: dict[str, ConditionCheck],
) -> ConditionRow:
    if not condition.by_platform:
        check = checks.get(condition.code)
        return ConditionRow(condition, None if check is None else check.finding == "met", check)
    if condition.code == "listed":
        return ConditionRow(condition, listing is not None and listing.ended_on is None, None)
    if condition.code == "level":
        target = listing.target_level if listing and listing.target_level is not None else None
        aim = assessment.round.programme.target_level if target is None else target
        run = assessment.verified_run
        return ConditionRow(condition, run is not None and run.official_level >= aim, None)
    raise ValueError(f"The platform does not know how to find the condition {condition.code}.")
