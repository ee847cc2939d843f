"""Generated answers for property tests."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from instrument import AnswerState, Instrument, Item, ItemAnswer, Value, load_instrument

INSTRUMENT = load_instrument()
# Sets of sixty answers are slow to draw; so many show what there is to see.
SETS = settings(max_examples=30, deadline=None)
CODES = st.sampled_from(INSTRUMENT.item_order)


def values(item: Item) -> st.SearchStrategy[Value]:
    """Every value the item can take."""
    if item.kind == "scale":
        return st.integers(0, item.max_stage)
    keys = [option.key for option in item.options]
    if item.kind == "single":
        return st.sampled_from(keys)
    ticks = st.sets(st.sampled_from(keys[1:]), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
    return st.one_of(st.just((keys[0],)), ticks)


def item_answers(instrument: Instrument, item: Item) -> st.SearchStrategy[ItemAnswer]:
    """An answer in any state the item allows, with a reason and figures where there may be some."""
    answered = values(item).map(lambda value: ItemAnswer(AnswerState.ANSWERED, value))
    others = [ItemAnswer(AnswerState.DONT_KNOW), ItemAnswer(AnswerState.LATER, comment="Ask 财务")]
    if item.code in instrument.not_applicable_allowed:
        others.append(ItemAnswer(AnswerState.NOT_APPLICABLE, reason="No such process"))
    if item.figures:
        figures = {figure.code: "12" for figure in item.figures}
        others.append(ItemAnswer(AnswerState.DONT_KNOW, figures=figures))
    return st.one_of(answered, st.sampled_from(others))


def answer_sets(parts: tuple[str, ...] = ()) -> st.SearchStrategy[dict[str, ItemAnswer]]:
    """Answers to some of the items, or of the items of some parts."""
    return st.fixed_dictionaries(
        {},
        optional={
            item.code: item_answers(INSTRUMENT, item)
            for item in INSTRUMENT.items
            if not parts or item.part in parts
        },
    )
