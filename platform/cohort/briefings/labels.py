"""Sentences with the findings of a briefing, computed from its figures; people may edit them until approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _

from assessments.models.assessment import Stage
from cohort.briefings.sentences import Cell, Sentence, composed, plain
from companies.models import Area
from documents.numbers import percentage, points, signed_points
from instrument import load

LANGUAGES = ("zh-hans", "en")
MOST_AREAS = 3
# Waiting for a visit is the finding of the month from this share of the scored companies on.
BOTTLENECK = 0.2


def words_of(
    figures: Mapping[str, Any], month: date, names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Title, lead and requests by language; `names` are those of areas, by language and code."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = {
                "title": plain(title(figures, month)),
                "lead": joined([plain(sentence) for sentence in lead(figures, names[language])]),
                "requests": [plain(request) for request in requests(figures, names[language])],
            }
    return found


def names_of_areas(areas: list[Area], language: str) -> dict[str, str]:
    """Names by code."""
    return {area.code: area.name_en if language.startswith("en") else area.name_zh for area in areas}


def joined(sentences: list[str]) -> str:
    """Sentences one after the other; Chinese needs no space between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(sentences)


def title(figures: Mapping[str, Any], month: date) -> Sentence:
    """A sentence with the finding of the month."""
    counts = figures["counts"]
    return composed(
        _("%(month)s: %(first)s, %(second)s"),
        month=date_format(month, "YEAR_MONTH_FORMAT"),
        first=composed(
            _("%(submitted)d of %(companies)d submitted"),
            submitted=count_of(counts, Stage.SUBMITTED.value),
            companies=count_of(counts, "companies"),
        ),
        second=second_finding(figures),
    )


def count_of(counts: Mapping[str, int], kind: str) -> Cell:
    """How many companies there are of a kind, leading to them."""
    return Cell(str(counts[kind]), kind)


def share_of(counts: Mapping[str, int], kind: str, whole: str) -> Cell:
    """The share of a kind in another, leading to both counts."""
    return Cell(percentage(counts[kind], counts[whole]), kind, whole=whole)


def change_of(changes: Mapping[str, int], kind: str) -> Cell:
    """The net change of a count since the month before, leading to the companies that came and went."""
    return Cell(plus(changes[kind]), kind, measure="since")


def second_finding(figures: Mapping[str, Any]) -> Sentence:
    """What stands out beside the submissions."""
    counts = figures["counts"]
    to_check, to_visit = counts["to_check"], counts["to_visit"]
    if max(to_check, to_visit) >= BOTTLENECK * max(counts["with_level"], 1):
        if to_check > to_visit:
            return composed(
                ngettext("%(count)d waits for its county", "%(count)d wait for their county", to_check),
                count=count_of(counts, "to_check"),
            )
        return composed(
            ngettext("%(count)d waits for a visit", "%(count)d wait for a visit", to_visit),
            count=count_of(counts, "to_visit"),
        )
    # How many have not submitted follows from the numbers before it.
    if figures["own"] is not None and figures["before"] is not None:
        change = figures["own"] - figures["before"]
        return composed(
            _("median score %(change)s points"), change=Cell(signed_points(round(change)), "compared")
        )
    if counts["not_started"]:
        return composed(
            ngettext("%(count)d has not started", "%(count)d have not started", counts["not_started"]),
            count=count_of(counts, "not_started"),
        )
    return composed(_("none waits for an office"))


def lead(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Sentence]:
    """What happened, in a few sentences."""
    counts, since = figures["counts"], figures["since"]
    sentences = [
        composed(
            ngettext(
                "%(submitted)d of %(count)d company has submitted (%(share)s).",
                "%(submitted)d of %(count)d companies have submitted (%(share)s).",
                counts["companies"],
            ),
            submitted=count_of(counts, Stage.SUBMITTED.value),
            count=count_of(counts, "companies"),
            share=share_of(counts, Stage.SUBMITTED.value, "companies"),
        )
    ]
    if since is not None:
        sentences.append(
            composed(
                _("Since the briefing before: %(submitted)s submitted, %(verified)s verified."),
                submitted=change_of(since["counts"], Stage.SUBMITTED.value),
                verified=change_of(since["counts"], Stage.VERIFIED.value),
            )
        )
    if figures["own"] is not None and figures["before"] is not None:
        sentences.append(
            composed(
                ngettext(
                    "The median score of the %(count)d company scored in both rounds went from %(before)s to %(now)s "
                    "(%(change)s).",
                    "The median score of the %(count)d companies scored in both rounds went from %(before)s to "
                    "%(now)s (%(change)s).",
                    counts["compared"],
                ),
                count=count_of(counts, "compared"),
                before=Cell(points(round(figures["before"])), "compared"),
                now=Cell(points(round(figures["own"])), "compared"),
                change=Cell(signed_points(round(figures["own"] - figures["before"])), "compared"),
            )
        )
    if counts["with_level"]:
        sentences.append(
            composed(
                _(
                    "%(count)d of %(scored)d scored companies are at their target level (%(share)s), %(verified)d by "
                    "values verified on site."
                ),
                count=count_of(counts, "at_target"),
                scored=count_of(counts, "with_level"),
                share=share_of(counts, "at_target", "with_level"),
                verified=count_of(counts, "at_target_verified"),
            )
        )
    sentences += [queue_sentence(figures, kind, names) for kind in ("to_check", "to_visit") if counts[kind]]
    return sentences


def queue_sentence(figures: Mapping[str, Any], kind: str, names: Mapping[str, str]) -> Sentence:
    """How many wait for an office, and where, if a few areas hold most of them."""
    number = figures["counts"][kind]
    if hold_most(figures, kind):
        template = (
            ngettext(
                "%(count)d scored company waits for the check of its county, most of them in %(areas)s.",
                "%(count)d scored companies wait for the check of their county, most of them in %(areas)s.",
                number,
            )
            if kind == "to_check"
            else ngettext(
                "%(count)d recommended company waits for an assessor, most of them in %(areas)s.",
                "%(count)d recommended companies wait for an assessor, most of them in %(areas)s.",
                number,
            )
        )
        return composed(template, count=count_of(figures["counts"], kind), areas=most(figures, kind, names))
    template = (
        ngettext(
            "%(count)d scored company waits for the check of its county.",
            "%(count)d scored companies wait for the check of their county.",
            number,
        )
        if kind == "to_check"
        else ngettext(
            "%(count)d recommended company waits for an assessor.",
            "%(count)d recommended companies wait for an assessor.",
            number,
        )
    )
    return composed(template, count=count_of(figures["counts"], kind))


def requests(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Sentence]:
    """What the areas and task forces are asked to do."""
    counts = figures["counts"]
    asked = []
    to_check, to_visit = most(figures, "to_check", names), most(figures, "to_visit", names)
    idle = most(figures, "not_started", names)
    if counts["to_check"]:
        asked.append(
            composed(_("%(areas)s: check the submissions that wait there."), areas=to_check)
            if to_check
            else composed(
                _("Check the submissions that wait: %(count)d."), count=count_of(counts, "to_check")
            )
        )
    if counts["to_visit"]:
        asked.append(
            composed(_("%(areas)s: plan the visits that wait there."), areas=to_visit)
            if to_visit
            else composed(_("Plan the visits that wait: %(count)d."), count=count_of(counts, "to_visit"))
        )
    if counts["not_started"]:
        asked.append(
            composed(_("%(areas)s: call the companies that have not started."), areas=idle)
            if idle
            else composed(
                _("Call the companies that have not started: %(count)d."),
                count=count_of(counts, "not_started"),
            )
        )
    known = [entry for entry in figures["dimensions"] if entry["now"] is not None]
    if known:
        lowest = min(known, key=lambda entry: entry["now"])
        template = (
            _(
                "All: “%(dimension)s” is the lowest of the ten dimensions (median %(points)s). Point companies to "
                "help with it."
            )
            if figures["areas"]
            else _(
                "“%(dimension)s” is the lowest of the ten dimensions (median %(points)s). Point companies to help "
                "with it."
            )
        )
        asked.append(
            composed(
                template,
                dimension=dimension_name(lowest["code"]),
                points=Cell(points(round(lowest["now"])), "compared", dimension=lowest["code"].lower()),
            )
        )
    return asked


def most(figures: Mapping[str, Any], name: str, names: Mapping[str, str]) -> str:
    """The areas with the most of a kind, at most three; empty where areas are not told apart."""
    chosen = [names.get(entry["code"], entry["code"]) for entry in fullest(figures, name)]
    return pgettext("enumeration", ", ").join(chosen)


def hold_most(figures: Mapping[str, Any], name: str) -> bool:
    """Whether the areas that `most` names hold more than half of a kind together."""
    held: int = sum(entry[name] for entry in fullest(figures, name))
    return bool(2 * held > figures["counts"][name])


def fullest(figures: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The areas with the most of a kind, at most three of those that have any."""
    entries = sorted(figures["areas"], key=lambda entry: -entry[name])
    return [entry for entry in entries[:MOST_AREAS] if entry[name]]


def dimension_name(code: str) -> str:
    """What a dimension is called."""
    language = get_language() or "en"
    return next(
        dimension.name.in_language(language) for dimension in load().dimensions if dimension.code == code
    )


def plus(count: int) -> str:
    """A change of a count with its sign."""
    return f"+{count}" if count > 0 else str(count).replace("-", "−")
