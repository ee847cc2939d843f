"""Reading answers from a posted form. Nothing is checked here: saving never asks whether it is complete.

Fields of an item are named after it: `B2` holds the choice or one of the states, `B2-revision`, `B2-reason`,
`B2-comment`, and `B2-<figure>` each side-field.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.answering.revisions import parse_revision
from instrument import AnswerState, InvalidAnswer, Item, ItemAnswer, Value

THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
STATES = (AnswerState.DONT_KNOW, AnswerState.LATER, AnswerState.NOT_APPLICABLE)

# What a company may choose as the reason why an item does not apply; a workbook may bring free text instead.
REASONS = {
    "no_activity": gettext_lazy("We do not do this activity"),
    "parent_company": gettext_lazy("Our parent company does it"),
    "customer": gettext_lazy("Our customer does it or prescribes it"),
    "other": pgettext_lazy("reason", "Other (explain in a comment)"),
}

REFUSALS = {
    "exclusive": gettext_lazy(
        "“None of these”, “don’t know” and “later” cannot be combined with other options."
    ),
    "unknown_option": gettext_lazy("This option does not exist. Reload the page and choose again."),
    "unknown_level": gettext_lazy("This stage does not exist. Reload the page and choose again."),
    "repeated": gettext_lazy("An option was sent twice. Reload the page and choose again."),
    "not_allowed": gettext_lazy("“Does not apply” cannot be chosen for this question."),
    "bad_figure": gettext_lazy("This figure is too long."),
    "too_long": gettext_lazy("This text is too long. At most 2,000 characters fit."),
}


@dataclass(frozen=True)
class PostedAnswer:
    """The content of a form about one item, and the revision that it was made from (0: no answer then)."""

    item: Item
    answer: ItemAnswer
    undecided: bool
    revision: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was chosen or typed."""
        return self.undecided and not (
            self.answer.reason or self.answer.comment or any(self.answer.figures.values())
        )


def list_field_names(item: Item) -> list[str]:
    """List the names of all form fields of an item."""
    return [
        item.code,
        *(f"{item.code}-{name}" for name in ("revision", "reason", "comment")),
        *(f"{item.code}-{figure.code}" for figure in item.figures),
    ]


def read_posted_answer(item: Item, data: QueryDict) -> PostedAnswer:
    """Return what `data` says about `item`.

    Raises `InvalidAnswer` where a state is sent together with options, or no revision or a garbled one.
    """
    revision = parse_revision(item.code, data.get(f"{item.code}-revision", ""))
    chosen = data.getlist(item.code)
    states = [state for state in STATES if state.value in chosen]
    if states and len(chosen) > 1:
        raise InvalidAnswer(item.code, "value", "exclusive", "a state cannot be combined with options")
    value: Value | None = None
    state = states[0] if states else AnswerState.ANSWERED
    if not states and chosen:
        value = tuple(chosen) if item.kind == "multiple" or len(chosen) > 1 else chosen[0]
    return PostedAnswer(
        item=item,
        answer=ItemAnswer(
            state=state,
            value=value,
            reason=data.get(f"{item.code}-reason", "").strip() if state is AnswerState.NOT_APPLICABLE else "",
            figures={
                figure.code: normalize_figure(data.get(f"{item.code}-{figure.code}", ""))
                for figure in item.figures
            },
            comment=data.get(f"{item.code}-comment", "").replace("\r\n", "\n").strip(),
        ),
        undecided=not chosen,
        revision=revision,
    )


def normalize_figure(typed: str) -> str:
    """Return a number typed with full-width digits or commas between thousands in plain digits; else unchanged."""
    narrow = unicodedata.normalize("NFKC", typed).strip()
    return narrow.replace(",", "") if THOUSANDS.fullmatch(narrow) else narrow


def format_refusal(error: InvalidAnswer) -> str:
    """Say why an answer was refused, in the language of the page, and what to do."""
    if error.field == "revision":
        return _(
            "The request does not say which version of the answer it changes. Nothing was saved. Reload the page."
        )
    message = REFUSALS.get(error.reason)
    return str(message) if message else _("This answer could not be read. Reload the page and try again.")


def format_reason(reason: str) -> str:
    """Return a reason for "does not apply" in words: from the list in the page's language, else as given."""
    return str(REASONS[reason]) if reason in REASONS else reason


def list_posted_fields(form: PostedAnswer, revision: int) -> list[tuple[str, str]]:
    """List the posted fields of an item again, now made from `revision`: what "keep mine" sends."""
    code, answer = form.item.code, form.answer
    fields = [] if form.undecided else [(code, choice) for choice in _list_choices(answer)]
    fields += [(f"{code}-reason", answer.reason), (f"{code}-comment", answer.comment)]
    fields += [(f"{code}-{figure}", typed) for figure, typed in answer.figures.items()]
    return [(name, value) for name, value in fields if value] + [(f"{code}-revision", str(revision))]


def dump_posted_fields(form: PostedAnswer, revision: int) -> str:
    """Return the same fields for a script, asking for the whole question in reply."""
    fields: dict[str, list[str]] = {"whole": ["1"]}
    for name, value in list_posted_fields(form, revision):
        fields.setdefault(name, []).append(value)
    return json.dumps(fields, ensure_ascii=False)


def _list_choices(answer: ItemAnswer) -> list[str]:
    if answer.state is not AnswerState.ANSWERED or answer.value is None:
        return [answer.state.value]
    return list(answer.value) if isinstance(answer.value, tuple) else [str(answer.value)]
