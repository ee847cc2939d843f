"""The numbers behind the charts of a result, as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.answering.questions import translate_text
from assessments.results import AssessmentResult
from benchmarks.models.facility import Tier
from companies.level_labels import format_level_code
from documents.numbers import format_chance, format_points, format_signed_points


@dataclass(frozen=True)
class ReportTable:
    """Headings and rows of texts; the first column names the row."""

    head: list[str]
    rows: list[list[str]]


def build_profile_table(result: AssessmentResult) -> ReportTable:
    """Build the ten dimensions: own score, medians of the tiers above, change since the round before."""
    tiers = sorted(result.typical)
    head = [_("Dimension"), _("You"), *(str(Tier(tier).label) for tier in tiers)]
    if result.uplift:
        head.append(_("Since %(round)s") % {"round": result.uplift.since})
    rows = []
    for reading in result.dimensions:
        row = [f"{reading.code} {translate_text(reading.name)}", format_points(reading.score)]
        row += [format_points(reading.medians[tier]) for tier in tiers]
        if result.uplift:
            row.append(format_signed_points(reading.change) if reading.change is not None else "–")
        rows.append(row)
    return ReportTable(head, rows)


def build_moves_table(result: AssessmentResult) -> ReportTable:
    """Build the way from the typical SME to the own score, the largest gain first."""
    way = result.score_way
    return ReportTable(
        [_("Dimension"), _("Points")],
        [
            [_("Typical SME"), format_points(way.start)],
            *([translate_text(reading.name), format_signed_points(moved)] for reading, moved in way.moves),
            [_("Your readiness score"), format_points(way.end)],
        ],
    )


def build_scale_table(result: AssessmentResult) -> ReportTable:
    """Build the own score and the bands of the tiers: low end, middle, high end."""
    reading = result.readiness
    return ReportTable(
        ["", _("Low end"), _("Middle"), _("High end")],
        [
            [_("You"), format_points(reading.low), format_points(reading.score), format_points(reading.high)],
            *(
                [
                    str(Tier(band.tier).label),
                    format_points(band.low),
                    format_points(band.median),
                    format_points(band.high),
                ]
                for band in result.bands
            ),
        ],
    )


def build_chances_table(result: AssessmentResult) -> ReportTable:
    """Build the chance of each tier; no rows where no tier is stated."""
    stated = result.tier.chances if result.tier else ()
    return ReportTable(
        [_("Tier"), _("Chance")],
        [[str(Tier(tier).label), format_chance(likely)] for tier, likely in enumerate(stated)],
    )


def build_rounds_table(result: AssessmentResult) -> ReportTable:
    """Build the rounds with a result."""
    return ReportTable(
        [_("Round"), _("Official level"), _("Score"), _("Likely range")],
        [
            [
                point.round_label,
                format_level_code(point.level, result.instrument_version),
                format_points(point.score),
                f"{format_points(point.low)}–{format_points(point.high)}",
            ]
            for point in result.history
        ],
    )


def build_changes_table(result: AssessmentResult) -> ReportTable:
    """Build what moved the score from round to round; a row's parts add up as they are printed. None for the first."""
    rows = []
    for change in result.changes:
        name = f"{change.earlier.round.code} → {change.later.round.code}"
        shown = change.shown
        if shown is None:
            rows.append([name, *["–"] * 5])
            continue
        method = pgettext("release", "none") if change.is_same_release else format_signed_points(shown.method)
        rows.append(
            [
                name,
                format_points(shown.before),
                format_signed_points(shown.answers),
                format_signed_points(shown.verification),
                method,
                format_points(shown.after),
            ]
        )
    return ReportTable(
        [
            _("Rounds"),
            _("As reported then"),
            _("Changed answers"),
            _("The assessor’s corrections"),
            _("Updated model version"),
            _("As it counts now"),
        ],
        rows,
    )


def build_positions_table(result: AssessmentResult) -> ReportTable:
    """Build the place among the reference facilities of the own sector, with n."""
    rows = []
    for place in result.explanation.positions:
        name = str(Tier(place.tier).label)
        if place.n is None:
            rows.append([name, "–", _("not shown, to protect single facilities"), "–"])
        elif place.position is None:
            rows.append([name, str(place.n), _("too few to say"), "–"])
        else:
            found = place.position
            rows.append(
                [name, str(place.n), f"{found.percentile:.0f}%", f"{found.low:.0f}–{found.high:.0f}%"]
            )
    return ReportTable([_("Tier"), _("Facilities"), _("Score lower"), _("Likely range")], rows)
