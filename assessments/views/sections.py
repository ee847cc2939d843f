"""A section of the questionnaire: showing it, and saving all of it from a plain form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Verb
from assessments.actions import answers as saving
from assessments.actions import sections as handing
from assessments.actions.answers import Frozen, StaleAnswer
from assessments.answering import forms, queries, validation
from assessments.answering.answer_sources import COMPANY, Sheet, entering_verb, sheet_of
from assessments.answering.comparison_values import unchanged_offer, values_beside
from assessments.answering.forms import Posted
from assessments.answering.queries import SectionProgress
from assessments.answering.questions import Question, questions_of
from assessments.evidence.queries import evidence_of, just_removed
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.views.access import find, page_context, user_of
from companies.permissions import require
from instrument import Contradiction, Instrument, InvalidAnswer, ItemAnswer, Section, contradictions, load

# Only what an answer's own side-fields say is shown while filling in; other hints are for reviewers.
HINTS_FROM_FIGURES = frozenset({"share", "part_exceeds_total", "direction", "differs"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """One section; a POST is the plain form of the whole section, which saves what differs."""
    assessment, verbs = find(request, pk)
    instrument = load(assessment.round.instrument_version)
    chosen = section_or_404(instrument, code)
    if request.method == "POST":
        require(verbs, entering_verb(verbs))
        return save_section(request, assessment, verbs, instrument, chosen)
    return show(request, assessment, verbs, instrument, chosen)


def section_or_404(instrument: Instrument, code: str) -> Section:
    """The section with this code; 404 for one that does not exist."""
    try:
        return instrument.section(code)
    except KeyError:
        raise Http404 from None


def figure_hints(
    instrument: Instrument, assessment: Assessment, answers: Mapping[str, AnswerContent]
) -> tuple[list[Contradiction], str]:
    """Answers that do not fit the figures beside them, and the yearly revenue of the profile; one query."""
    profile = queries.profile_figures(assessment.company)
    given = {code: answer.as_item_answer() for code, answer in answers.items()}
    found = contradictions.find(instrument, given, profile)
    return [hint for hint in found if is_of_figures(hint)], queries.mean_revenue_wan(profile)


def has_seen(sections: list[SectionProgress], section: Section) -> bool:
    """Whether somebody of the company has opened the section before."""
    return any(row.is_seen for row in sections if row.section == section)


def is_of_figures(hint: Contradiction) -> bool:
    """Whether a hint comes from an answer's own side-fields."""
    return hint.rule in HINTS_FROM_FIGURES


def show(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Verb],
    instrument: Instrument,
    section: Section,
    *,
    posted: dict[str, tuple[ItemAnswer, bool]] | None = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    """The page of a section. After a refused form it shows what was `posted` and why, with status 422."""
    sheet = sheet_of(verbs)
    answers = queries.answers_by_item(assessment, sheet)
    sections = queries.sections(assessment, instrument, answers, sheet)
    beside = values_beside(assessment, sheet)
    if sheet is COMPANY and Verb.ANSWER in verbs and not has_seen(sections, section):
        handing.see(assessment=assessment, section=section.code, by=user_of(request))
    hints, revenue = figure_hints(instrument, assessment, answers)
    errors = dict(refused or {})
    # Errors are shown only on the way back from an attempt to submit.
    if "check" in request.GET and not refused:
        given = {code: answer.as_item_answer() for code, answer in answers.items() if answer.state}
        found = validation.problems_of(instrument, given)
        errors = {problem.item: problem.message for problem in found if problem.section == section.code}
    questions = questions_of(
        instrument,
        section,
        answers,
        beside=beside,
        contradictions=hints,
        errors=errors,
        posted=posted,
        revenue_wan=revenue,
        evidence=evidence_of(assessment, section.items),
    )
    current = next(row for row in sections if row.section.code == section.code)
    context: dict[str, Any] = page_context(assessment, verbs, "questionnaire") | {
        "section": section,
        "sections": sections,
        "current": current,
        "questions": questions,
        "problems": [question for question in questions if question.error],
        "unchanged": unchanged_offer(questions, beside) if posted is None else None,
        "has_official": any(question.item.part in ("official", "scenario") for question in questions),
        "return_to_check": request.GET.get("from") == "check" or request.POST.get("from") == "check",
        "last_saved_at": max((answer.answered_at for answer in answers.values()), default=None),
        "removed": just_removed(assessment, request.GET.get("removed", "")),
    }
    return render(request, "assessments/section.html", context, status=422 if refused else 200)


def save_section(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Verb],
    instrument: Instrument,
    section: Section,
) -> HttpResponse:
    """Save every answer of the section that the form changes.

    An option that does not exist refuses the whole form and stores nothing. Where a colleague was faster, the
    rest is saved and both values of that question are shown.
    """
    try:
        # A question that is not in the form (a conflict stood in its place) is left alone.
        posted = [
            forms.read(instrument.item(code), request.POST)
            for code in section.items
            if f"{code}-revision" in request.POST
        ]
    except InvalidAnswer as error:
        return show(
            request, assessment, verbs, instrument, section, refused={error.item: forms.refusal(error)}
        )
    sheet = sheet_of(verbs)
    stored = queries.answers_by_item(assessment, sheet)
    conflicts: list[tuple[Posted, AnswerContent]] = []
    try:
        with transaction.atomic():
            for form in posted:
                if is_unchanged(instrument, form, stored.get(form.item.code)):
                    continue
                try:
                    save(assessment, form, request, sheet=sheet, verbs=verbs, stored=stored)
                except StaleAnswer as stale:
                    conflicts.append((form, stale.current))
    except InvalidAnswer as error:
        return show(
            request,
            assessment,
            verbs,
            instrument,
            section,
            posted={form.item.code: (form.answer, form.undecided) for form in posted},
            refused={error.item: forms.refusal(error)},
        )
    except Frozen:
        return show(
            request,
            assessment,
            verbs,
            instrument,
            section,
            refused={section.items[0]: _("The round is closed. Nothing was saved.")},
        )
    if conflicts:
        return show_conflicts(request, assessment, verbs, section, conflicts)
    return HttpResponseRedirect(after_saving(request, assessment, instrument, section))


def save(
    assessment: Assessment,
    form: Posted,
    request: HttpRequest,
    *,
    sheet: Sheet,
    verbs: frozenset[Verb],
    stored: Mapping[str, AnswerContent] | None,
) -> AnswerContent:
    """Store one posted answer."""
    return saving.save(
        assessment=assessment,
        item=form.item.code,
        answer=form.answer,
        revision=form.revision,
        by=user_of(request),
        undecided=form.undecided,
        sheet=sheet,
        verbs=verbs,
        stored=stored,
    )


def is_unchanged(instrument: Instrument, form: Posted, stored: AnswerContent | None) -> bool:
    """Whether the form says what is stored already; raises `InvalidAnswer` for what cannot be stored."""
    content = saving.storable(instrument, form.item.code, form.answer, undecided=form.undecided)
    if stored is None:
        return form.is_empty
    return content == stored.content()


def after_saving(
    request: HttpRequest, assessment: Assessment, instrument: Instrument, section: Section
) -> str:
    """Where "save and continue" leads: back to the check page, or on to the next section."""
    codes = [other.code for other in instrument.sections]
    following = codes.index(section.code) + 1
    if request.POST.get("from") == "check" or following == len(codes):
        return reverse("assessments:check", args=[assessment.pk]) + f"#{section.code}"
    return reverse("assessments:section", args=[assessment.pk, codes[following]])


def show_conflicts(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Verb],
    section: Section,
    conflicts: list[tuple[Posted, AnswerContent]],
) -> HttpResponse:
    """Both values of each question that a colleague changed meanwhile, with status 409."""
    context = page_context(assessment, verbs, "questionnaire") | {
        "section": section,
        "conflicts": [
            conflict_context(form, current, position, len(section.items))
            for form, current in conflicts
            for position in [section.items.index(form.item.code) + 1]
        ],
        "return_to_check": request.POST.get("from") == "check",
    }
    return render(request, "assessments/conflicts.html", context, status=409)


def conflict_context(form: Posted, current: AnswerContent, position: int, total: int) -> dict[str, Any]:
    """What the panel with both values needs: the question as it would be with each of them."""

    def question(answer: ItemAnswer, *, undecided: bool) -> Question:
        return Question(
            item=form.item,
            position=position,
            total=total,
            answer=current,
            shown=answer,
            is_undecided=undecided,
            beside=(),
            may_not_apply=False,
            whole=("", ""),
        )

    return {
        "item": form.item,
        "mine": question(form.answer, undecided=form.undecided),
        "theirs": question(current.as_item_answer(), undecided=not current.state),
        "current": current,
        "chosen": forms.read_back(form, current.revision),
        "again": forms.as_json(form, current.revision),
    }
