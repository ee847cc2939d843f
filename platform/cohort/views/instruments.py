"""Versions of the questionnaire: list, preview, difference between two, publishing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Permission
from assessments.actions import instruments as actions
from assessments.answering.questions import build_questions
from assessments.models import PublishedVersion, Round
from assessments.rounds.instruments import NotPublished
from companies.programme_context import get_programme_context
from instrument import CURRENT, DefinitionError, Instrument, loader
from instrument.comparison import Aspect, InstrumentChange, compare_instruments


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list: what its files hash to, who published it, and how many rounds use it."""

    name: str
    instrument: Instrument | None
    problem: str
    is_finished: bool
    published: PublishedVersion | None
    rounds: int
    is_current: bool

    @property
    def differs(self) -> bool:
        """Whether the files are not those that were published."""
        return (
            self.published is not None
            and self.instrument is not None
            and self.published.sha256 != self.instrument.sha256
        )


def get_aspect_labels() -> dict[Aspect, str]:
    """Return the labels of what differs in a question."""
    return {
        Aspect.QUESTION: _("Question"),
        Aspect.NAME: _("Short name"),
        Aspect.HELP: _("Explanation"),
        Aspect.WHY: _("Why it matters"),
        Aspect.EVIDENCE: _("Typical evidence"),
        Aspect.BASIS: _("Basis"),
        Aspect.KIND: _("Kind of question"),
        Aspect.DIMENSION: _("Dimension"),
        Aspect.BINDING: _("Binding"),
        Aspect.OPTION: _("Option"),
        Aspect.POINTS: _("Points"),
        Aspect.FIGURES: _("Figures asked"),
        Aspect.BINS: _("Limits of the options"),
        Aspect.TOLERANCE: _("Counts as unchanged within"),
        Aspect.WEIGHT: _("Weight of the dimension"),
        Aspect.NOT_APPLICABLE: _("May not apply"),
        Aspect.GATE: _("Conditions: base points / scenarios / binding"),
    }


@login_required
@require_safe
def show_instruments(request: HttpRequest) -> HttpResponse:
    """Show all versions that the installation has."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    rows = {row.version: row for row in PublishedVersion.objects.select_related("published_by")}
    used = list(Round.objects.filter(programme=office.programme).values_list("instrument_version", flat=True))
    found = [_build_version(name, rows.get(name), used) for name in loader.list_versions()]
    return render(
        request,
        "cohort/instruments.html",
        {
            "nav": "programme",
            "tab": "instruments",
            "office": office,
            "versions": found,
            "readable": [version.name for version in found if version.instrument],
            "usual": office.programme.instrument_version or CURRENT,
            "can_publish": Permission.PUBLISH_INSTRUMENT in office.verbs,
        },
    )


@login_required
@require_safe
def show_instrument(request: HttpRequest, version: str) -> HttpResponse:
    """Show every question of a version, as companies see it."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    found = _read_instrument(version)
    return render(
        request,
        "cohort/instrument.html",
        {
            "nav": "programme",
            "office": office,
            "instrument": found,
            "sections": [
                (number, section, build_questions(found, section, {}))
                for number, section in enumerate(found.sections, start=1)
            ],
        },
    )


@login_required
@require_safe
def show_difference(request: HttpRequest) -> HttpResponse:
    """Show what differs between the versions `before` and `after`."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    before, after = (_read_instrument(request.GET.get(name, "")) for name in ("before", "after"))
    words = get_aspect_labels()

    def add_label(change: InstrumentChange) -> tuple[str, InstrumentChange]:
        return words[change.aspect], change

    comparison = compare_instruments(before, after, get_language() or "en")
    return render(
        request,
        "cohort/instrument_difference.html",
        {
            "nav": "programme",
            "office": office,
            "before": before,
            "after": after,
            "comparison": comparison,
            "changed": [
                (row.item, [add_label(change) for change in row.changes]) for row in comparison.changed
            ],
            "rules": [add_label(change) for change in comparison.rules],
        },
    )


@login_required
@require_POST
def publish(request: HttpRequest, version: str) -> HttpResponse:
    """Make a version available for new rounds."""
    office = get_programme_context(request, Permission.SEE_PROGRAMME)
    _read_instrument(version)
    try:
        actions.publish_version(version=version, programme=office.programme, by=office.user)
    except NotPublished:
        messages.error(
            request, _("The files of this version are not those that were recorded. Nothing was published.")
        )
    else:
        messages.success(request, _("Version %(version)s can be used for new rounds.") % {"version": version})
    return redirect("cohort:instruments")


def _build_version(name: str, row: PublishedVersion | None, used: list[str]) -> Version:
    found, problem = None, ""
    try:
        found = loader.read_version(name, loader.DEFINITIONS)
    except DefinitionError as error:
        problem = str(error)
    recorded = loader.read_published_hashes(loader.DEFINITIONS).get(name)
    return Version(
        name=name,
        instrument=found,
        problem=problem,
        is_finished=found is not None and recorded == found.sha256,
        published=row,
        rounds=used.count(name),
        is_current=name == CURRENT,
    )


def _read_instrument(version: str) -> Instrument:
    if version not in loader.list_versions():
        raise Http404
    try:
        return loader.read_version(version, loader.DEFINITIONS)
    except DefinitionError as error:
        raise Http404 from error
