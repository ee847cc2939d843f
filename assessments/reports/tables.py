"""The numbers behind the charts of a result, as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.answering.questions import words
from assessments.results import Result
from benchmarks.models.facility import Tier
from documents.numbers import chance, points, signed_points

HUNDREDTHS = 100


@dataclass(frozen=True)
class Table:
    """Headings and rows of texts; the first column names the row."""

    head: list[str]
    rows: list[list[str]]


def profile(result: Result) -> Table:
    """The ten dimensions: own score, medians of the tiers above, and the change since the round before."""
    tiers = sorted(result.typical)
    head = [_("Dimension"), _("You"), *(str(Tier(tier).label) for tier in tiers)]
    if result.uplift:
        head.append(_("Since %(round)s") % {"round": result.uplift.since})
    rows = []
    for reading in result.dimensions:
        row = [f"{reading.code} {words(reading.name)}", points(reading.score)]
        row += [points(reading.medians[tier]) for tier in tiers]
        if result.uplift:
            row.append(signed_points(reading.change) if reading.change is not None else "–")
        rows.append(row)
    return Table(head, rows)


def moves(result: Result) -> Table:
    """From the typical SME to the own score, the largest gain first."""
    ordered = sorted(result.dimensions, key=lambda reading: reading.moved, reverse=True)
    return Table(
        [_("Dimension"), _("Points")],
        [
            [_("Typical SME"), points(round(result.explanation.start * HUNDREDTHS))],
            *([words(reading.name), signed_points(reading.moved_hundredths)] for reading in ordered),
            [_("Your readiness score"), points(result.readiness.score)],
        ],
    )


def scale_bands(result: Result) -> Table:
    """The own score and the bands of the tiers: low end, middle, high end."""
    reading = result.readiness
    return Table(
        ["", _("Low end"), _("Middle"), _("High end")],
        [
            [_("You"), points(reading.low), points(reading.score), points(reading.high)],
            *(
                [str(Tier(band.tier).label), points(band.low), points(band.median), points(band.high)]
                for band in result.bands
            ),
        ],
    )


def chances(result: Result) -> Table:
    """The chance of each tier; no rows where no tier is stated."""
    stated = result.tier.chances if result.tier else ()
    return Table(
        [_("Tier"), _("Chance")],
        [[str(Tier(tier).label), chance(likely)] for tier, likely in enumerate(stated)],
    )


def rounds(result: Result) -> Table:
    """The rounds with a result."""
    return Table(
        [_("Round"), _("Official level"), _("Score"), _("Likely range")],
        [
            [
                point.round_label,
                str(point.level),
                points(point.score),
                f"{points(point.low)}–{points(point.high)}",
            ]
            for point in result.history
        ],
    )


def changes(result: Result) -> Table:
    """What moved the score from round to round; the parts of a row add up exactly. No rows for the first round."""
    rows = []
    for change in result.changes:
        name = f"{change.earlier.round.code} → {change.later.round.code}"
        if change.uplift is None:
            rows.append([name, *["–"] * 5])
            continue
        method = (
            pgettext("release", "none") if change.is_same_release else signed_points(change.uplift.method)
        )
        rows.append(
            [
                name,
                points(change.uplift.before),
                signed_points(change.uplift.answers),
                signed_points(change.uplift.verification),
                method,
                points(change.uplift.after),
            ]
        )
    return Table(
        [
            _("Rounds"),
            _("As reported then"),
            _("Changed answers"),
            _("The assessor’s corrections"),
            _("Another release of the model"),
            _("As it counts now"),
        ],
        rows,
    )


def positions(result: Result) -> Table:
    """The place among the reference facilities of the own sector, with n."""
    rows = []
    for place in result.explanation.positions:
        name = str(Tier(place.tier).label)
        if place.position is None:
            rows.append([name, str(place.n), _("too few to say"), "–"])
        else:
            found = place.position
            rows.append(
                [name, str(place.n), f"{found.percentile:.0f}%", f"{found.low:.0f}–{found.high:.0f}%"]
            )
    return Table([_("Tier"), _("Facilities"), _("Score lower"), _("Likely range")], rows)
