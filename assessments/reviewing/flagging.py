"""Turning what the checks of quality find into stored flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments.models import Assessment, Flag, Submission
from assessments.reviewing.quality import Careless, Flags, get_flags_by_assessment
from benchmarks.ml.answer_checks import JumpKind

Kind = Flag.Kind
OFFICIAL_LEVEL = ""
# These compare with what is usual in the round, which moves a little with each submission of others.
OF_THE_ROUND = frozenset({Kind.STRAIGHT, Kind.RANDOM})
Key = tuple[str, str, UUID | None]


@dataclass(frozen=True)
class FoundFlag:
    """One hint as it is stored."""

    kind: Flag.Kind
    item: str
    other: UUID | None
    evidence: dict[str, Any]

    @property
    def key(self) -> Key:
        """What makes it the same hint when it is found again."""
        return self.kind.value, self.item, self.other

    def is_news(self, flag: Flag, submission: Submission) -> bool:
        """Return whether it says something that the stored flag does not."""
        if flag.lapsed_at is not None:
            return True
        if self.kind in OF_THE_ROUND and flag.submission_id == submission.pk:
            return False
        return bool(flag.evidence != self.evidence)

    def update_flag(self, flag: Flag, submission: Submission, now: datetime) -> Flag:
        """Return the flag, open, with this evidence; not saved."""
        flag.evidence, flag.submission = self.evidence, submission
        flag.raised_at, flag.lapsed_at = now, None
        flag.disposition, flag.settled_by, flag.settled_at = Flag.Disposition.OPEN, None, None
        return flag


def raise_flags(assessments: Sequence[Assessment]) -> int:
    """Store the hints about the latest own submissions of assessments of one round; return how many are new.

    A hint found again keeps what was made of it; one that changed its evidence after it was settled is open again;
    one that is no longer found lapses, as all do once the submission was withdrawn.
    """
    if not assessments:
        return 0
    flags = get_flags_by_assessment(assessments)
    companies = {twin.company.pk for each in flags.values() for twin in each.twins}
    in_round = Assessment.objects.filter(round=assessments[0].round_id, company__in=companies)
    others = dict(in_round.values_list("company_id", "pk")) if companies else {}
    found = {pk: {hint.key: hint for hint in list_found_flags(each, others)} for pk, each in flags.items()}
    now = timezone.now()
    new: list[Flag] = []
    changed: list[Flag] = []
    gone: list[UUID] = []
    with transaction.atomic():
        stored: dict[UUID, dict[Key, Flag]] = {assessment.pk: {} for assessment in assessments}
        for flag in Flag.objects.select_for_update().filter(assessment__in=list(stored)).order_by("pk"):
            stored[flag.assessment_id][flag.kind, flag.item, flag.other_id] = flag
        for pk, known in stored.items():
            hints = found.get(pk, {})
            for key, hint in hints.items():
                submission = flags[pk].submission
                if key not in known:
                    kind, item, other = key
                    flag = Flag(assessment_id=pk, kind=kind, item=item, other_id=other)
                    new.append(hint.update_flag(flag, submission, now))
                elif hint.is_news(known[key], submission):
                    changed.append(hint.update_flag(known[key], submission, now))
            gone += [flag.pk for key, flag in known.items() if key not in hints and flag.lapsed_at is None]
        # Another worker may be storing the same hints: the constraint keeps one of each.
        Flag.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
        for flag in changed:
            flag.save()
        Flag.objects.filter(pk__in=gone).update(lapsed_at=now)
    return len(new) + len(changed)


def list_found_flags(flags: Flags, others: Mapping[UUID, UUID]) -> list[FoundFlag]:
    """Return the hints as they are stored, with their evidence in plain JSON values.

    `others` has the assessments of the other companies of pairs, by company.
    """
    found = []
    for kind, careless in ((Kind.STRAIGHT, flags.straight_lining), (Kind.RANDOM, flags.random)):
        if careless is not None:
            found.append(FoundFlag(kind, "", None, _build_careless_evidence(careless)))
    for twin in flags.twins:
        evidence = {
            "same": twin.pair.same,
            "compared": twin.pair.compared,
            "differing": list(twin.pair.differing),
        }
        found.append(FoundFlag(Kind.TWIN, "", others[twin.company.pk], evidence))
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
        found.append(FoundFlag(kind, contradiction.item, None, evidence))
    for jump in flags.jumps:
        item = OFFICIAL_LEVEL if jump.kind is JumpKind.OFFICIAL_LEVEL else jump.item
        evidence = {
            "before": jump.before,
            "after": jump.after,
            "most": 4 if not item else flags.instrument.get_item(item).max_stage,
            "days": jump.days,
            "since": flags.since,
        }
        found.append(FoundFlag(Kind.JUMP, item, None, evidence))
    return found


def _build_careless_evidence(careless: Careless) -> dict[str, Any]:
    return {
        "score": round(careless.score, 2),
        "limit": round(careless.limit, 2),
        "compared": careless.compared,
        "release": careless.release,
    }
