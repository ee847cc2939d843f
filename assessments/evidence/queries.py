"""What evidence there is for each question, as pages show it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from assessments.models import Assessment, Evidence
from assessments.models.answer import AnswerContent
from instrument import AnswerState, Instrument, Item

# What the window to choose a file offers. HEIC is left out so that phones hand over a JPEG.
OFFERED = ",".join([*Evidence.Kind.values, ".pdf", ".xlsx", ".jpg", ".jpeg", ".png", ".webp"])


@dataclass
class ItemEvidence:
    """The evidence of one item: its files, and those of earlier rounds that can be used again."""

    files: list[Evidence] = field(default_factory=list)
    earlier: list[Evidence] = field(default_factory=list)

    @property
    def file_limit(self) -> int:
        """Bytes that one file may have."""
        return int(settings.EVIDENCE_MAX_BYTES)

    @property
    def offered(self) -> str:
        """What the window to choose a file offers."""
        return OFFERED


def get_evidence_by_item(
    assessment: Assessment, items: Iterable[str] | None = None
) -> dict[str, ItemEvidence]:
    """Return the evidence of each item that has any, in this round or an earlier one; two queries."""
    own = assessment.evidence.exclude_removed().select_related(
        "uploaded_by", "reused_from__assessment__round"
    )
    before = (
        Evidence.objects.exclude_removed()
        .filter(
            assessment__company_id=assessment.company_id,
            assessment__round__programme_id=assessment.round.programme_id,
            assessment__round__opens_at__lt=assessment.round.opens_at,
        )
        .select_related("assessment__round")
        .order_by("-assessment__round__opens_at", "uploaded_at")
    )
    if items is not None:
        wanted = list(items)
        own, before = own.filter(item__in=wanted), before.filter(item__in=wanted)
    found: dict[str, ItemEvidence] = {}
    for evidence in own:
        found.setdefault(evidence.item, ItemEvidence()).files.append(evidence)
    for evidence in before:
        shelf = found.setdefault(evidence.item, ItemEvidence())
        if evidence.sha256 not in {other.sha256 for other in [*shelf.files, *shelf.earlier]}:
            shelf.earlier.append(evidence)
    return found


def find_removed_evidence(assessment: Assessment, pk: str) -> Evidence | None:
    """Return the file of this assessment removed a moment ago, where the page's address names one."""
    try:
        wanted = uuid.UUID(pk)
    except ValueError:
        return None
    return assessment.evidence.filter(pk=wanted, removed_at__isnull=False).first()


def list_items_without_evidence(
    instrument: Instrument, answers: Mapping[str, AnswerContent], evidence: Mapping[str, ItemEvidence]
) -> list[Item]:
    """List official questions answered above their lowest stage without a file: an assessor will ask for one."""
    missing = []
    for item in instrument.items:
        answer = answers.get(item.code)
        if not item.evidence or item.part not in ("official", "scenario") or answer is None:
            continue
        given = answer.build_item_answer()
        if (
            answer.state != AnswerState.ANSWERED.value
            or given.value is None
            or not item.get_stage(given.value)
        ):
            continue
        if item.code not in evidence or not evidence[item.code].files:
            missing.append(item)
    return missing
