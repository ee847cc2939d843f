"""The difference between two rounds, split without remainder."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from assessments.actions import submissions
from assessments.models import Assessment, Submission
from assessments.results.uplift import MEASURES, READINESS, ScoredRound, compute_uplift, split_difference
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from documents.numbers import MINUS, format_points, format_signed_points, round_to_tenth
from tests import factories

hundredths = st.integers(min_value=0, max_value=10_000)


@st.composite
def figures(draw: st.DrawFn) -> ScoredRound:
    return ScoredRound(own={READINESS: draw(hundredths)}, counting={READINESS: draw(hundredths)})


@given(figures(), figures(), figures())
def test_parts_add_up_to_the_whole(
    before: ScoredRound, after_old: ScoredRound, after_new: ScoredRound
) -> None:
    found = split_difference(before, after_old, after_new)
    assert found.before + found.answers + found.verification + found.method == found.after
    assert found.total == after_new.counting[READINESS] - before.counting[READINESS]
    shown = found.round_as_shown()
    printed = [format_signed_points(part) for part in (shown.answers, shown.verification, shown.method)]
    added = sum(Decimal(text.replace(MINUS, "-")) for text in printed)
    assert Decimal(format_points(found.before)) + added == Decimal(format_points(found.after))
    assert (shown.before, shown.after) == (round_to_tenth(found.before), round_to_tenth(found.after))
    assert found.method or shown.method == 0


@given(figures(), figures())
def test_same_release_leaves_nothing_to_the_method(before: ScoredRound, after: ScoredRound) -> None:
    assert split_difference(before, after, after).method == 0


@given(hundredths, hundredths, hundredths)
def test_without_verification_only_answers_and_method_move(first: int, second: int, third: int) -> None:
    def own(value: int) -> ScoredRound:
        return ScoredRound(own={READINESS: value}, counting={READINESS: value})

    found = split_difference(own(first), own(second), own(third))
    assert (found.answers, found.verification, found.method) == (second - first, 0, third - second)


def test_better_answers_in_the_next_round_move_the_score(
    scored: Assessment, release: Release, owner: User
) -> None:
    later = factories.make_assessment(scored.company, factories.make_round(release.programme, "T1"))
    factories.store_answers(later, factories.full_answers(3), by=owner)
    assert compute_uplift(scored, later, old=release, new=release) is None
    made = submissions.submit_answers(assessment=later, declared=True, by=owner)
    score_and_store([made], release)
    later.refresh_from_db()
    found = compute_uplift(scored, later, old=release, new=release)
    assert found is not None
    assert set(found) == set(MEASURES)
    readiness = found[READINESS]
    assert scored.run is not None
    assert later.run is not None
    assert (readiness.before, readiness.after) == (scored.run.readiness, later.run.readiness)
    assert readiness.answers == readiness.total > 0
    assert Submission.objects.count() == 2
