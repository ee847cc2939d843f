"""What is withheld of small groups: nobody who knows the rule and all that is shown can tell small counts apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companies.small_groups import (
    can_show_figures,
    is_small,
    withhold_count,
    withhold_counts,
    withhold_split,
    withhold_table_if_small,
)

SMALL = {1, 2, 3, 4}
counts_lists = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=5)


def divide(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every table of so many counts with this total."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in divide(total - first, places - 1))


def withstands(counts: Sequence[int], place: int) -> bool:
    """Whether each of 1 to 4 could stand at a withheld place, for who knows the rule, the total and what is shown."""
    shown = withhold_counts(counts)
    hidden = [other for other, count in enumerate(shown) if count is None and other != place]
    for value in SMALL:
        rest = sum(counts) - sum(count or 0 for count in shown) - value
        totals = [rest] if not is_small(sum(counts)) else range(5 - value)
        tables = (table for total in totals if total >= 0 for table in divide(total, max(len(hidden), 1)))
        for table in tables:
            other = [count or 0 for count in shown]
            other[place] = value
            for found, number in zip(hidden, table, strict=False):
                other[found] = number
            if (hidden or not sum(table)) and withhold_counts(other) == shown:
                break
        else:
            return False
    return True


@pytest.mark.parametrize(("places", "highest"), [(1, 12), (2, 60), (3, 32), (4, 19)])
def test_no_small_count_can_be_told_from_any_table(places: int, highest: int) -> None:
    """All tables of a total that are shown alike: where one has a small count, others have each of 1 to 4."""
    seen = defaultdict(list)
    for total in range(highest + 1):
        for table in divide(total, places):
            seen[withhold_count(total), tuple(withhold_counts(table))].append(table)
    for (known, shown), tables in seen.items():
        for place, count in enumerate(shown):
            values = {table[place] for table in tables}
            if count is None:
                assert not values & SMALL or values >= SMALL, (known, shown, place)
            else:
                assert values == {count}
                assert not is_small(count)


@settings(deadline=None)  # the reader who tries every table takes long for some
@given(counts_lists)
def test_no_small_count_can_be_told_from_larger_tables(counts: list[int]) -> None:
    for place, (count, shown) in enumerate(zip(counts, withhold_counts(counts), strict=True)):
        assert shown in (None, count)
        if is_small(count):
            assert shown is None
            assert withstands(counts, place)


@pytest.mark.parametrize("place", range(4))
def test_table_reads_the_same_for_every_small_count(place: int) -> None:
    tables = [[62, 75, 8, 30] for _value in SMALL]
    for table, value in zip(tables, SMALL, strict=True):
        table[place] = value
    assert {str(withhold_table_if_small(table)) for table in tables} == {str(([None] * 4, None))}
    assert withhold_table_if_small([62, 75, 0]) == ([62, 75, 0], 137)


def test_larger_tables_keep_what_they_can() -> None:
    assert withhold_counts([30, 3, 0, 400, 12, 90, 55]) == [30, None, 0, 400, None, 90, 55]
    assert withhold_counts([50, 3, 3, 9]) == [50, None, None, None]  # six leaves out one
    assert withhold_counts([50, 3, 9, 9]) == [50, None, None, None]  # which of the nines went would tell
    assert withhold_counts([0, 2, 3]) == [
        None,
        None,
        None,
    ]  # five, were the zero shown, leaves out four for three
    assert withhold_counts(list(range(12))) == withhold_counts(list(range(12)))


def test_group_of_five_is_shown() -> None:
    assert [withhold_count(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]
    assert [can_show_figures(count) for count in (0, 4, 5)] == [False, False, True]


def test_number_withheld_from_a_row_leaves_at_least_four_values_open() -> None:
    seen = defaultdict(list)
    for members in divide(16, 3):
        for marked in product(*(range(count + 1) for count in members)):
            seen[withhold_split(members, marked)].append((members, marked))
    for split, tables in seen.items():
        for row, (whole, part) in enumerate(zip(split.members, split.marked, strict=True)):
            if part is None and whole != 0:
                assert len({table[1][row] for table in tables}) >= 4, (split, row)
            elif part is not None and whole is not None:
                assert not is_small(part)
                assert not is_small(whole - part)


def test_split_withholds_smaller_rows_and_both_sides() -> None:
    shown = withhold_split([20, 30, 40, 60, 80], [8, 12, 37, 30, 50])
    assert shown.marked == (None, None, None, 30, 50)  # three of forty are not marked
    assert shown.all_marked == 137
    assert shown.has_figures == (False, False, False, True, True)
    assert withhold_split([20, 30, 40], [0, 0, 0]).marked == (0, 0, 0)
    assert withhold_split([20, 30, 40], [20, 30, 40]).marked == (20, 30, 40)


def test_medians_stay_where_only_few_are_not_marked() -> None:
    shown = withhold_split([20, 30, 8], [19, 29, 8])
    assert (shown.marked, shown.all_marked) == ((None, None, None), None)
    assert shown.has_figures == (True, True, False)
    assert withhold_split([20, 30, 8], [1, 2, 0]).has_figures == (False, False, False)
