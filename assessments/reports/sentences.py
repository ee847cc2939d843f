"""Sentences about a result that stand on paper; the page says the same with marks and links."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessments.answering.questions import translate_text
from assessments.results import AssessmentResult
from companies.level_labels import format_level_in_sentence, format_plain_level
from documents.numbers import format_decimal, format_points
from instrument import NextLevel, load_instrument

SHOWN_BASE_ITEMS = 3


def get_synthetic_line() -> str:
    """Return what has to stand on every sheet while the reference facilities are generated."""
    return _(
        "Synthetic benchmark data: the reference facilities are generated and describe no real company. "
        "Do not quote them as official figures. This report is no certificate."
    )


def format_source_line(result: AssessmentResult) -> str:
    """Return what the figures rest on."""
    line = _(
        "Questionnaire %(version)s · model version %(release)s, checksum %(hash)s · submission %(number)s, "
        "checksum %(submission)s"
    ) % {
        "version": result.instrument_version,
        "release": result.release_name,
        "hash": result.release_sha256[:8],
        "number": result.submission_number,
        "submission": result.submission_sha256[:8],
    }
    return f"{line} · {_('synthetic reference data')}" if result.is_synthetic else line


def format_scenarios_to_lift(following: NextLevel) -> str:
    """Return how many scenarios have to rise, and how many of them have to be binding ones."""
    count, binding = len(following.scenarios), following.binding_short
    if not binding:
        words_of = ngettext(
            "Lift %(count)d scenario to %(level)s.",
            "Lift %(count)d scenarios to %(level)s.",
            count,
        )
    elif binding == count:
        words_of = ngettext(
            "Lift %(count)d binding scenario ★ to %(level)s.",
            "Lift %(count)d binding scenarios ★ to %(level)s.",
            count,
        )
    else:
        words_of = _("Lift %(count)d scenarios to %(level)s, at least %(binding)d of them binding ★.")
    return words_of % {"count": count, "level": format_plain_level(following.level), "binding": binding}


def build_missing_part(result: AssessmentResult) -> dict[str, object]:
    """Build what is missing for the next official level, in at most three lines."""
    following = result.official.next
    instrument = load_instrument(result.instrument_version)
    if following is None:
        return {"title": "", "lines": [_("This is the highest level.")]}
    lines = []
    if following.scenarios_short or following.binding_short:
        lines.append(format_scenarios_to_lift(following))
        nearest = pgettext("enumeration", ", ").join(
            _("%(code)s %(name)s (%(level)s now)")
            % {
                "code": f"{step.code}{' ★' if step.binding else ''}",
                "name": translate_text(instrument.get_item(step.code).name),
                "level": format_plain_level(step.stage),
            }
            for step in following.scenarios
        )
        lines.append(_("Nearest: %(scenarios)s.") % {"scenarios": nearest})
    else:
        lines.append(_("The condition on scenarios is met."))
    target = result.official.target
    gap = target.base_needed - result.official.base
    if following.base_items:
        smallest = pgettext("enumeration", ", ").join(
            f"{step.code} {translate_text(instrument.get_item(step.code).name)} (+{format_decimal(step.gain)})"
            for step in following.base_items[:SHOWN_BASE_ITEMS]
        )
        lines.append(
            _("Earn %(short)s more base points. The smallest steps: %(steps)s.")
            % {"short": format_decimal(gap), "steps": smallest}
        )
    else:
        lines.append(
            _("The condition on base points is met, with %(spare)s to spare.")
            % {"spare": format_decimal(max(-gap, Fraction(0)))}
        )
    title = _("What is missing for %(level)s") % {
        "level": format_level_in_sentence(following.level, result.instrument_version)
    }
    return {"title": title, "lines": lines}


def list_solidity_lines(result: AssessmentResult) -> list[str]:
    """Return what the result rests on."""
    found = result.solidity
    lines = [
        _(
            "%(items)d questions: %(answered)d with an answer, %(unknown)d “don’t know”, "
            "%(left_out)d “does not apply”."
        )
        % {
            "items": found.items,
            "answered": found.answered,
            "unknown": found.dont_know,
            "left_out": found.not_applicable,
        }
    ]
    if found.dont_know:
        lines.append(
            _(
                "“Don’t know” counts as the lowest option for the level and for the tier. Read that way the score "
                "would be %(guarded)s."
            )
            % {"guarded": format_points(result.readiness.guarded)}
        )
    lines.append(
        _("Verified on site, question by question.")
        if result.official.is_verified
        else _(
            "Not yet verified on site. Until then the level is provisional, and an assessor may correct answers."
        )
    )
    compared = _describe_references(result)
    if result.is_synthetic:
        untested = _(
            "Their answers are generated, so how close the score is to real factories has not been tested."
        )
        compared = _("%(first)s %(second)s") % {"first": compared, "second": untested}
    return [*lines, compared]


def _describe_references(result: AssessmentResult) -> str:
    """Say with how many facilities the result is compared; without the number where it is withheld."""
    number = result.solidity.references
    if not number:
        return _("Compared with the reference facilities of your sector.")
    compared = (
        ngettext(
            "Compared with %(number)d reference facility in your sector.",
            "Compared with %(number)d reference facilities in your sector.",
            number,
        )
        if result.compares_own_sector
        else ngettext(
            "Compared with %(number)d reference facility of all sectors: your own sector has too few.",
            "Compared with %(number)d reference facilities of all sectors: your own sector has too few.",
            number,
        )
    )
    return compared % {"number": number}


def list_use_limits(result: AssessmentResult) -> list[str]:
    """Return what the numbers may not be used for."""
    lines = [
        _(
            "The readiness score does not decide acceptance or money. The official level does, once it is verified "
            "on site."
        ),
        _("Do not rank single companies by it: ranges overlap."),
        _(
            "Do not use it for credit, insurance or contracts. It says how far digitalisation and AI are, not how "
            "sound the company is."
        ),
    ]
    if result.is_synthetic:
        lines.append(
            _("Do not quote comparisons with the reference facilities as official: they are generated.")
        )
    return lines
