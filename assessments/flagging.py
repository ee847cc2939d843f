"""Turning what the checks of quality find into stored flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Flag
from assessments.quality import Careless, Flags, flags_of
from benchmarks.ml.answer_checks import JumpKind

Kind = Flag.Kind
OFFICIAL_LEVEL = ""


@dataclass(frozen=True)
class Found:
    """One hint as it is stored."""

    kind: Flag.Kind
    item: str
    other: UUID | None
    evidence: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """What makes it the same hint when it is found again."""
        return self.kind.value, self.item, self.other


def raise_flags(assessment: Assessment) -> int:
    """Store the hints about the latest submission; how many are new.

    A hint found again keeps what was made of it; one that changed its evidence after it was settled is open again;
    one that is no longer found lapses.
    """
    flags = flags_of(assessment)
    if flags is None:
        return 0
    found = {hint.key: hint for hint in hints_of(flags, assessment)}
    now = timezone.now()
    new = 0
    with transaction.atomic():
        stored = {
            (flag.kind, flag.item, flag.other_id): flag
            for flag in Flag.objects.select_for_update().filter(assessment=assessment)
        }
        for key, hint in found.items():
            flag = stored.get(key)
            if flag is None:
                Flag.objects.get_or_create(
                    assessment=assessment,
                    kind=hint.kind,
                    item=hint.item,
                    other_id=hint.other,
                    defaults={
                        "submission": flags.submission,
                        "evidence": hint.evidence,
                        "raised_at": now,
                    },
                )
                new += 1
            elif flag.evidence != hint.evidence or flag.lapsed_at is not None:
                flag.evidence, flag.submission, flag.lapsed_at = hint.evidence, flags.submission, None
                flag.raised_at = now
                flag.disposition, flag.settled_by, flag.settled_at = Flag.Disposition.OPEN, None, None
                flag.save()
                new += 1
        gone = [flag.pk for key, flag in stored.items() if key not in found and flag.lapsed_at is None]
        Flag.objects.filter(pk__in=gone).update(lapsed_at=now)
    return new


def hints_of(flags: Flags, assessment: Assessment) -> list[Found]:
    """The hints as they are stored, with their evidence in plain JSON values."""
    found = []
    for kind, careless in ((Kind.STRAIGHT, flags.straight_lining), (Kind.RANDOM, flags.random)):
        if careless is not None:
            found.append(Found(kind, "", None, _careless(careless)))
    others = dict(
        Assessment.objects.filter(
            round=assessment.round_id, company__in=[twin.company.pk for twin in flags.twins]
        ).values_list("company_id", "pk")
    ) if flags.twins else {}  # fmt: skip
    for twin in flags.twins:
        evidence = {
            "same": twin.pair.same,
            "compared": twin.pair.compared,
            "differing": list(twin.pair.differing),
        }
        found.append(Found(Kind.TWIN, "", others[twin.company.pk], evidence))
    for contradiction in flags.contradictions:
        kind = Kind.DIFFERS if contradiction.rule == "differs" else Kind.CONTRADICTION
        evidence = {
            "rule": contradiction.rule,
            "answer": contradiction.answer,
            "expected": contradiction.expected,
            "figure": str(contradiction.figure),
            "en": contradiction.message.en,
            "zh": contradiction.message.zh_hans,
        }
        found.append(Found(kind, contradiction.item, None, evidence))
    for jump in flags.jumps:
        item = OFFICIAL_LEVEL if jump.kind is JumpKind.OFFICIAL_LEVEL else jump.item
        evidence = {
            "before": jump.before,
            "after": jump.after,
            "most": 4 if not item else flags.instrument.item(item).max_stage,
            "days": jump.days,
            "since": flags.since,
        }
        found.append(Found(Kind.JUMP, item, None, evidence))
    return found


def _careless(careless: Careless) -> dict[str, Any]:
    # Rounded, so that one more submission in the round does not make the hint look changed.
    return {
        "score": round(careless.score, 1),
        "limit": round(careless.limit, 1),
        "release": careless.release,
    }
