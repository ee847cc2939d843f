"""Sentences with the findings of a briefing, computed from its figures; people may edit them until approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _

from assessments.models.stage import Stage
from cohort.briefings.sentences import BriefingCell, Sentence, compose_sentence, format_sentence
from cohort.models.briefing import get_covered_month
from companies.models import Area
from documents.numbers import compute_change, format_percentage, format_points, format_signed_points
from instrument import load_instrument

LANGUAGES = ("zh-hans", "en")
MOST_AREAS = 3
# Waiting for a visit is the finding of the month from this share of the scored companies on.
BOTTLENECK = 0.2


def compose_briefing_texts(
    figures: Mapping[str, Any], day: date, names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Compose title, lead and requests of a sample of that day; `names` are those of areas, by language and code."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = {
                "title": format_sentence(compose_title(figures, day)),
                "lead": join_sentences(
                    [format_sentence(sentence) for sentence in compose_lead(figures, names[language])]
                ),
                "requests": [
                    format_sentence(request) for request in compose_requests(figures, names[language])
                ],
            }
    return found


def get_area_names(areas: list[Area], language: str) -> dict[str, str]:
    """Return names by code."""
    return {area.code: area.name_en if language.startswith("en") else area.name_zh for area in areas}


def join_sentences(sentences: list[str]) -> str:
    """Put sentences one after the other; Chinese needs no space between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(sentences)


def compose_title(figures: Mapping[str, Any], day: date) -> Sentence:
    """Compose a sentence with the finding of the month that a sample of that day covers."""
    counts = figures["counts"]
    return compose_sentence(
        _("%(month)s (as of %(day)s): %(first)s, %(second)s"),
        month=date_format(get_covered_month(day), "YEAR_MONTH_FORMAT"),
        day=date_format(day, "MONTH_DAY_FORMAT"),
        first=compose_sentence(
            _("%(submitted)d of %(companies)d submitted"),
            submitted=build_count_cell(counts, Stage.SUBMITTED.value),
            companies=build_count_cell(counts, "companies"),
        ),
        second=compose_second_finding(figures),
    )


def build_count_cell(counts: Mapping[str, int], kind: str) -> BriefingCell:
    """Build the number of companies of a kind, leading to them."""
    return BriefingCell(str(counts[kind]), kind)


def build_share_cell(counts: Mapping[str, int], kind: str, whole: str) -> BriefingCell:
    """Build the share of a kind in another, leading to both counts."""
    return BriefingCell(format_percentage(counts[kind], counts[whole]), kind, whole=whole)


def build_change_cell(changes: Mapping[str, int], kind: str) -> BriefingCell:
    """Build the net change of a count since the month before, leading to who came and went."""
    return BriefingCell(format_count_change(changes[kind]), kind, measure="since")


def compose_second_finding(figures: Mapping[str, Any]) -> Sentence:
    """Compose what stands out beside the submissions."""
    counts = figures["counts"]
    to_check, to_visit = counts["to_check"], counts["to_visit"]
    if max(to_check, to_visit) >= BOTTLENECK * max(counts["with_level"], 1):
        if to_check > to_visit:
            return compose_sentence(
                ngettext("%(count)d waits for its county", "%(count)d wait for their county", to_check),
                count=build_count_cell(counts, "to_check"),
            )
        return compose_sentence(
            ngettext("%(count)d waits for a visit", "%(count)d wait for a visit", to_visit),
            count=build_count_cell(counts, "to_visit"),
        )
    # How many have not submitted follows from the numbers before it.
    if figures["own"] is not None and figures["before"] is not None:
        change = compute_change(figures["before"], figures["own"])
        return compose_sentence(
            _("median readiness score %(change)s points"),
            change=BriefingCell(format_signed_points(change), "compared"),
        )
    if counts["not_started"]:
        return compose_sentence(
            ngettext("%(count)d has not started", "%(count)d have not started", counts["not_started"]),
            count=build_count_cell(counts, "not_started"),
        )
    return compose_sentence(_("nothing waits for review"))


def compose_lead(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Sentence]:
    """Compose in a few sentences what happened."""
    counts, since = figures["counts"], figures["since"]
    sentences = [
        compose_sentence(
            ngettext(
                "%(submitted)d of %(count)d company has submitted (%(share)s).",
                "%(submitted)d of %(count)d companies have submitted (%(share)s).",
                counts["companies"],
            ),
            submitted=build_count_cell(counts, Stage.SUBMITTED.value),
            count=build_count_cell(counts, "companies"),
            share=build_share_cell(counts, Stage.SUBMITTED.value, "companies"),
        )
    ]
    if since is not None:
        sentences.append(
            compose_sentence(
                _("Since the previous briefing: %(submitted)s submitted, %(verified)s verified."),
                submitted=build_change_cell(since["counts"], Stage.SUBMITTED.value),
                verified=build_change_cell(since["counts"], Stage.VERIFIED.value),
            )
        )
    if figures["own"] is not None and figures["before"] is not None:
        sentences.append(
            compose_sentence(
                ngettext(
                    "The median readiness score of the %(count)d company scored in both rounds went from "
                    "%(before)s to %(now)s (%(change)s).",
                    "The median readiness score of the %(count)d companies scored in both rounds went from "
                    "%(before)s to %(now)s (%(change)s).",
                    counts["compared"],
                ),
                count=build_count_cell(counts, "compared"),
                before=BriefingCell(format_points(figures["before"]), "compared"),
                now=BriefingCell(format_points(figures["own"]), "compared"),
                change=BriefingCell(
                    format_signed_points(compute_change(figures["before"], figures["own"])), "compared"
                ),
            )
        )
    if counts["with_level"]:
        sentences.append(
            compose_sentence(
                _(
                    "%(count)d of %(scored)d scored companies are at their target level (%(share)s), %(verified)d by "
                    "values verified on site."
                ),
                count=build_count_cell(counts, "at_target"),
                scored=build_count_cell(counts, "with_level"),
                share=build_share_cell(counts, "at_target", "with_level"),
                verified=build_count_cell(counts, "at_target_verified"),
            )
        )
    sentences += [
        compose_queue_sentence(figures, kind, names) for kind in ("to_check", "to_visit") if counts[kind]
    ]
    return sentences


def compose_queue_sentence(figures: Mapping[str, Any], kind: str, names: Mapping[str, str]) -> Sentence:
    """Say how many wait for an office, and where, if a few areas hold most of them."""
    number = figures["counts"][kind]
    if is_concentrated(figures, kind):
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
        return compose_sentence(
            template,
            count=build_count_cell(figures["counts"], kind),
            areas=format_fullest_areas(figures, kind, names),
        )
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
    return compose_sentence(template, count=build_count_cell(figures["counts"], kind))


def compose_requests(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Sentence]:
    """Compose what the areas and task forces are asked to do."""
    counts = figures["counts"]
    asked = []
    to_check, to_visit = (
        format_fullest_areas(figures, "to_check", names),
        format_fullest_areas(figures, "to_visit", names),
    )
    idle = format_fullest_areas(figures, "not_started", names)
    if counts["to_check"]:
        asked.append(
            compose_sentence(
                _("%(areas)s: complete the check of the submissions waiting there."), areas=to_check
            )
            if to_check
            else compose_sentence(
                _("Complete the check of the submissions waiting: %(count)d."),
                count=build_count_cell(counts, "to_check"),
            )
        )
    if counts["to_visit"]:
        asked.append(
            compose_sentence(_("%(areas)s: arrange the visits waiting there."), areas=to_visit)
            if to_visit
            else compose_sentence(
                _("Arrange the visits waiting: %(count)d."), count=build_count_cell(counts, "to_visit")
            )
        )
    if counts["not_started"]:
        asked.append(
            compose_sentence(_("%(areas)s: call the companies that have not started."), areas=idle)
            if idle
            else compose_sentence(
                _("Call the companies that have not started: %(count)d."),
                count=build_count_cell(counts, "not_started"),
            )
        )
    known = [entry for entry in figures["dimensions"] if entry["now"] is not None]
    if known:
        lowest = min(known, key=lambda entry: entry["now"])
        template = (
            _(
                "All: “%(dimension)s” is the lowest of the ten dimensions (median readiness score %(points)s). "
                "Give companies focused guidance on it."
            )
            if figures["areas"]
            else _(
                "“%(dimension)s” is the lowest of the ten dimensions (median readiness score %(points)s). Give "
                "companies focused guidance on it."
            )
        )
        asked.append(
            compose_sentence(
                template,
                dimension=get_dimension_name(lowest["code"]),
                points=BriefingCell(
                    format_points(lowest["now"]), "compared", dimension=lowest["code"].lower()
                ),
            )
        )
    return asked


def format_fullest_areas(figures: Mapping[str, Any], name: str, names: Mapping[str, str]) -> str:
    """Name the areas with the most of a kind, at most three; empty where areas are not told apart."""
    chosen = [names.get(entry["code"], entry["code"]) for entry in list_fullest_areas(figures, name)]
    return pgettext("enumeration", ", ").join(chosen)


def is_concentrated(figures: Mapping[str, Any], name: str) -> bool:
    """Return whether the areas of `format_fullest_areas` hold more than half of a kind together."""
    held: int = sum(entry[name] for entry in list_fullest_areas(figures, name))
    return bool(2 * held > figures["counts"][name])


def list_fullest_areas(figures: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """List the areas with the most of a kind, at most three of those that have any."""
    entries = sorted(figures["areas"], key=lambda entry: -entry[name])
    return [entry for entry in entries[:MOST_AREAS] if entry[name]]


def get_dimension_name(code: str) -> str:
    """Return what a dimension is called."""
    language = get_language() or "en"
    return next(
        dimension.name.translate(language)
        for dimension in load_instrument().dimensions
        if dimension.code == code
    )


def format_count_change(count: int) -> str:
    """Format a change of a count with its sign."""
    return f"+{count}" if count > 0 else str(count).replace("-", "−")
