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

from accounts.roles import Permission
from assessments.actions import answers as saving
from assessments.actions import sections as handing
from assessments.actions.answers import AnswersLocked
from assessments.answering import forms, queries, validation
from assessments.answering.answer_sources import (
    COMPANY,
    AnswerSource,
    get_answer_source,
    get_entering_permission,
)
from assessments.answering.comparison_values import find_unchanged_offer, list_comparison_values
from assessments.answering.forms import PostedAnswer
from assessments.answering.queries import SectionProgress
from assessments.answering.questions import FormQuestion, build_questions
from assessments.answering.revisions import StaleAnswer
from assessments.evidence.queries import find_removed_evidence, get_evidence_by_item
from assessments.models import Assessment
from assessments.models.answer import AnswerContent
from assessments.views.access import build_page_context, get_assessment, get_signed_in_user
from companies.permissions import require
from instrument import (
    Contradiction,
    Instrument,
    InvalidAnswer,
    ItemAnswer,
    Section,
    contradictions,
    load_instrument,
)

# Only what an answer's own side-fields say is shown while filling in; other hints are for reviewers.
HINTS_FROM_FIGURES = frozenset({"share", "part_exceeds_total", "direction", "differs"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_section(request: HttpRequest, pk: uuid.UUID, code: str) -> HttpResponse:
    """Show one section; a POST is the plain form of the whole section, which saves what differs."""
    assessment, verbs = get_assessment(request, pk)
    instrument = load_instrument(assessment.round.instrument_version)
    chosen = get_section(instrument, code)
    if request.method == "POST":
        require(verbs, get_entering_permission(verbs))
        return save_section(request, assessment, verbs, instrument, chosen)
    return render_section(request, assessment, verbs, instrument, chosen)


def get_section(instrument: Instrument, code: str) -> Section:
    """Return the section with this code; 404 for one that does not exist."""
    try:
        return instrument.get_section(code)
    except KeyError:
        raise Http404 from None


def find_figure_hints(
    instrument: Instrument, assessment: Assessment, answers: Mapping[str, AnswerContent]
) -> tuple[list[Contradiction], str]:
    """Find answers that do not fit the figures beside them, and the profile's yearly revenue; one query."""
    profile = queries.get_profile_figures(assessment.company)
    given = {code: answer.build_item_answer() for code, answer in answers.items()}
    found = contradictions.find(instrument, given, profile)
    return [hint for hint in found if is_figure_hint(hint)], queries.compute_mean_revenue_wan(profile)


def is_section_seen(sections: list[SectionProgress], section: Section) -> bool:
    """Return whether somebody of the company has opened the section before."""
    return any(row.is_seen for row in sections if row.section == section)


def is_figure_hint(hint: Contradiction) -> bool:
    """Return whether a hint comes from an answer's own side-fields."""
    return hint.rule in HINTS_FROM_FIGURES


def render_section(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
    instrument: Instrument,
    section: Section,
    *,
    posted: dict[str, tuple[ItemAnswer, bool]] | None = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    """Render a section's page. After a refused form it shows what was `posted` and why, with status 422."""
    sheet = get_answer_source(verbs)
    answers = queries.get_answers_by_item(assessment, sheet)
    sections = queries.list_section_progress(assessment, instrument, answers, sheet)
    beside = list_comparison_values(assessment, sheet)
    if sheet is COMPANY and Permission.ANSWER in verbs and not is_section_seen(sections, section):
        handing.mark_section_seen(assessment=assessment, section=section.code, by=get_signed_in_user(request))
    hints, revenue = find_figure_hints(instrument, assessment, answers)
    errors = dict(refused or {})
    # Errors are shown only on the way back from an attempt to submit.
    if "check" in request.GET and not refused:
        given = {code: answer.build_item_answer() for code, answer in answers.items() if answer.state}
        found = validation.list_answer_problems(instrument, given)
        errors = {problem.item: problem.message for problem in found if problem.section == section.code}
    questions = build_questions(
        instrument,
        section,
        answers,
        beside=beside,
        contradictions=hints,
        errors=errors,
        posted=posted,
        revenue_wan=revenue,
        evidence=get_evidence_by_item(assessment, section.items),
    )
    current = next(row for row in sections if row.section.code == section.code)
    context: dict[str, Any] = build_page_context(assessment, verbs, "questionnaire") | {
        "section": section,
        "sections": sections,
        "current": current,
        "questions": questions,
        "problems": [question for question in questions if question.error],
        "unchanged": find_unchanged_offer(questions, beside) if posted is None else None,
        "has_scale": any(
            question.item.kind == "scale" and question.item.part != "scenario" for question in questions
        ),
        "return_to_check": request.GET.get("from") == "check" or request.POST.get("from") == "check",
        "last_saved_at": max((answer.answered_at for answer in answers.values()), default=None),
        "removed": find_removed_evidence(assessment, request.GET.get("removed", "")),
    }
    return render(request, "assessments/section.html", context, status=422 if refused else 200)


def save_section(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
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
            forms.read_posted_answer(instrument.get_item(code), request.POST)
            for code in section.items
            if f"{code}-revision" in request.POST
        ]
    except InvalidAnswer as error:
        return render_section(
            request, assessment, verbs, instrument, section, refused={error.item: forms.format_refusal(error)}
        )
    sheet = get_answer_source(verbs)
    stored = queries.get_answers_by_item(assessment, sheet)
    conflicts: list[tuple[PostedAnswer, AnswerContent]] = []
    try:
        with transaction.atomic():
            for form in posted:
                if is_unchanged(instrument, form, stored.get(form.item.code)):
                    continue
                try:
                    save_posted_answer(assessment, form, request, sheet=sheet, verbs=verbs, stored=stored)
                except StaleAnswer as stale:
                    conflicts.append((form, stale.current))
    except InvalidAnswer as error:
        return render_section(
            request,
            assessment,
            verbs,
            instrument,
            section,
            posted={form.item.code: (form.answer, form.undecided) for form in posted},
            refused={error.item: forms.format_refusal(error)},
        )
    except AnswersLocked:
        return render_section(
            request,
            assessment,
            verbs,
            instrument,
            section,
            refused={section.items[0]: _("The round is closed. Nothing was saved.")},
        )
    if conflicts:
        return show_conflicts(request, assessment, verbs, section, conflicts)
    return HttpResponseRedirect(build_next_url(request, assessment, instrument, section))


def save_posted_answer(
    assessment: Assessment,
    form: PostedAnswer,
    request: HttpRequest,
    *,
    sheet: AnswerSource,
    verbs: frozenset[Permission],
    stored: Mapping[str, AnswerContent] | None,
) -> AnswerContent:
    """Store one posted answer."""
    return saving.save_answer(
        assessment=assessment,
        item=form.item.code,
        answer=form.answer,
        revision=form.revision,
        by=get_signed_in_user(request),
        undecided=form.undecided,
        sheet=sheet,
        verbs=verbs,
        stored=stored,
    )


def is_unchanged(instrument: Instrument, form: PostedAnswer, stored: AnswerContent | None) -> bool:
    """Return whether the form says what is stored; raise `InvalidAnswer` for what cannot be stored."""
    content = saving.build_answer_columns(instrument, form.item.code, form.answer, undecided=form.undecided)
    if stored is None:
        return form.is_empty
    return content == stored.get_content()


def build_next_url(
    request: HttpRequest, assessment: Assessment, instrument: Instrument, section: Section
) -> str:
    """Return where "save and continue" leads: back to the check page, or on to the next section."""
    codes = [other.code for other in instrument.sections]
    following = codes.index(section.code) + 1
    if request.POST.get("from") == "check" or following == len(codes):
        return reverse("assessments:check", args=[assessment.pk]) + f"#{section.code}"
    return reverse("assessments:section", args=[assessment.pk, codes[following]])


def show_conflicts(
    request: HttpRequest,
    assessment: Assessment,
    verbs: frozenset[Permission],
    section: Section,
    conflicts: list[tuple[PostedAnswer, AnswerContent]],
) -> HttpResponse:
    """Show both values of each question that a colleague changed meanwhile, with status 409."""
    context = build_page_context(assessment, verbs, "questionnaire") | {
        "section": section,
        "conflicts": [
            build_conflict_context(form, current, position, len(section.items))
            for form, current in conflicts
            for position in [section.items.index(form.item.code) + 1]
        ],
        "return_to_check": request.POST.get("from") == "check",
    }
    return render(request, "assessments/conflicts.html", context, status=409)


def build_conflict_context(
    form: PostedAnswer, current: AnswerContent, position: int, total: int
) -> dict[str, Any]:
    """Return what the panel with both values needs: the question as it would be with each of them."""

    def build_question(answer: ItemAnswer, *, undecided: bool) -> FormQuestion:
        return FormQuestion(
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
        "mine": build_question(form.answer, undecided=form.undecided),
        "theirs": build_question(current.build_item_answer(), undecided=not current.state),
        "current": current,
        "chosen": forms.list_posted_fields(form, current.revision),
        "again": forms.dump_posted_fields(form, current.revision),
    }
