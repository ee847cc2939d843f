"""Loads a cohort file: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from assessments.actions import bulk
from assessments.models import Assessment, Round, Submission
from assessments.rounds.opening import add_companies
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.loading import ministry
from cohort.loading import ministry_results as stated
from cohort.loading.answer_rows import RoundAnswers, read_answers
from cohort.loading.columns import COMPANY_COLUMNS, PROFILE_COLUMNS
from cohort.loading.company_rows import CompanyRow, read_companies
from cohort.loading.errors import explain_rejection
from cohort.loading.problems import FileProblem, Findings
from cohort.loading.progress import LoadProgress, Tell
from cohort.loading.reading import CohortTable, read_tables
from cohort.loading.sheet_names import ANSWERS_SHEET, COMPANIES_SHEET, RESULTS_SHEET
from cohort.loading.template_detection import refuse_another_template
from cohort.models.file_kinds import FileKind
from companies import actions
from companies.models import Company, Programme
from companies.permissions import Forbidden, permissions_in_programme, require
from companies.profile import CHECK_CHARACTER, InvalidProfile, list_profile_problems
from jobs.models import Job

ORIGINS = {FileKind.MINISTRY: Submission.Origin.MINISTRY}


@dataclass(slots=True)
class CohortLoadResult:
    """The changes that a file made (or would make, after a trial run), and what should be looked at."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    answers: int = 0
    submitted: int = 0
    drafts: int = 0
    stated: int = 0
    warnings: list[FileProblem] = field(default_factory=list)
    # The job that scores what was submitted; None if nothing was, or no release of the model is in use.
    job: Job | None = None


def load_cohort(
    *,
    content: bytes,
    name: str,
    programme: Programme,
    by: User | None,
    kind: FileKind = FileKind.COHORT,
    accept_check_character: bool = False,
    dry_run: bool = False,
    tell: Tell | None = None,
) -> CohortLoadResult:
    """Load companies, and answers if there are any, into a programme.

    Complete sets of answers are submitted and scored by one job; others stay drafts. Loading the same file
    again changes nothing. Raises `Refused` with all that is wrong, or `Forbidden`; then nothing is stored.
    `by=None` is the system itself, for example the command on the server. `tell` hears how far the work is.
    """
    if by is not None:
        require(permissions_in_programme(by, programme), Permission.LOAD_COHORT)
    tables = read_tables(content, name)
    refuse_another_template(tables, kind)
    rows = sum(len(table.rows) for table in tables.values())
    # Each row is read once and stored once.
    progress = LoadProgress(2 * rows, tell)
    findings = Findings(on_row=progress.advance)
    companies, codes = _read_companies(tables, programme, kind, findings)
    answers = _read_answers(
        tables.get(ANSWERS_SHEET) if kind is not FileKind.PROFILE else None, programme, codes, findings
    )
    results = stated.read(tables.get(RESULTS_SHEET), programme, findings) if kind is FileKind.MINISTRY else []
    origin: dict[str, Any] = {"file": name[-120:], "sha256": hashlib.sha256(content).hexdigest()}
    with transaction.atomic():
        loaded = CohortLoadResult(warnings=findings.warnings)
        stored = _store_companies(
            companies,
            programme,
            findings,
            loaded,
            by=by,
            accept=accept_check_character,
            origin=origin,
            progress=progress,
        )
        for round_ in Round.objects.filter(programme=programme).exclude_frozen():
            add_companies(round_)
        if kind is FileKind.MINISTRY:
            ministry.check(answers, programme, findings)
            loaded.stated = stated.store(results, programme, by=by)
        if answers and not findings.problems:
            _store_answers(
                answers,
                stored,
                programme,
                findings,
                loaded,
                by=by,
                origin=ORIGINS.get(kind, Submission.Origin.WORKBOOK),
                progress=progress,
            )
        findings.stop_if_any()
        names = ("created", "changed", "unchanged", "answers", "submitted", "drafts", "stated")
        counts: dict[str, Any] = {name: getattr(loaded, name) for name in names}
        record(CohortAuditCode.COHORT_LOADED, programme, by=by, programme_id=programme.pk, **origin, **counts)
        if dry_run:
            loaded.job = None
            transaction.set_rollback(True)
    return loaded


def _read_companies(
    tables: Mapping[str, CohortTable], programme: Programme, kind: FileKind, findings: Findings
) -> tuple[list[CompanyRow], frozenset[str]]:
    """Read the companies of the file; one of profiles may only speak of companies that are listed."""
    if kind in (FileKind.ANSWERS, FileKind.MINISTRY):
        return [], frozenset()
    table = tables[COMPANIES_SHEET]
    if kind is FileKind.COHORT:
        return read_companies(table, programme, findings, COMPANY_COLUMNS)
    companies, codes = read_companies(table, programme, findings, PROFILE_COLUMNS)
    listed = set(programme.listings.values_list("company__credit_code", flat=True))
    for company in companies:
        if company.code not in listed:
            message = _(
                "No listed company has this code. Correct it, or add the company with the template for companies."
            )
            findings.add(company.row.build_problem("credit_code", message))
    return [company for company in companies if company.code in listed], codes


def _read_answers(
    table: CohortTable | None, programme: Programme, codes: frozenset[str], findings: Findings
) -> list[RoundAnswers]:
    if table is None or not table.rows:
        return []
    rounds = {round_.code: round_ for round_ in Round.objects.filter(programme=programme)}
    listed = programme.listings.values_list("company__credit_code", flat=True)
    return read_answers(table, rounds, codes.union(listed), findings)


def _store_companies(
    rows: Sequence[CompanyRow],
    programme: Programme,
    findings: Findings,
    loaded: CohortLoadResult,
    *,
    by: User | None,
    accept: bool,
    origin: Mapping[str, Any],
    progress: LoadProgress,
) -> dict[str, Company]:
    """Create or update each company; return the companies by credit code."""
    present = {
        company.credit_code: company
        for company in Company.objects.filter(credit_code__in=[row.code for row in rows]).select_related(
            "division", "functional_area", "sector", "key_industry"
        )
    }
    for row in rows:
        progress.advance()
        company = present.get(row.code)
        try:
            if company is None:
                company = actions.create(
                    programme=programme, profile=row.profile, years=row.years, by=by,
                    accept_check_character=accept, **origin,
                )  # fmt: skip
                changed = True
                loaded.created += 1
                _warn_of_check_character(company, row, findings)
            else:
                changed = bool(
                    actions.update(
                        company=company, changes=row.profile, years=row.years, by=by,
                        accept_check_character=accept, **origin,
                    )
                )  # fmt: skip
            listing_changed = actions.enlist(company=company, programme=programme, by=by, **row.listing)[1]
            if row.code in present:
                loaded.changed += changed or listing_changed
                loaded.unchanged += not (changed or listing_changed)
        except InvalidProfile as error:
            for problem in error.problems:
                hint = ""
                if problem.code == CHECK_CHARACTER:
                    hint = " " + _(
                        "To accept it, tick “Accept credit codes whose last character differs from the computed "
                        "one” when you upload the file (on the command line: --accept-check-digit)."
                    )
                findings.add(row.row.build_problem(problem.field, problem.message + hint))
        except Forbidden:
            message = _("This company belongs to another programme. Ask an administrator to list it here.")
            findings.add(row.row.build_problem("credit_code", message))
        else:
            present[row.code] = company
    return present


def _warn_of_check_character(company: Company, row: CompanyRow, findings: Findings) -> None:
    for problem in list_profile_problems(company):
        if problem.code == CHECK_CHARACTER:
            findings.warn(
                row.row.build_problem("credit_code", _("Accepted although the last character differs."))
            )


def _store_answers(
    answers: Sequence[RoundAnswers],
    stored: Mapping[str, Company],
    programme: Programme,
    findings: Findings,
    loaded: CohortLoadResult,
    *,
    by: User | None,
    origin: Submission.Origin,
    progress: LoadProgress,
) -> None:
    assessments = {
        (assessment.company.credit_code, assessment.round_id): assessment
        for assessment in Assessment.objects.filter(round__programme=programme).select_related(
            "company", "round__programme"
        )
    }
    by_assessment = {assessments[found.code, found.round.pk].pk: found for found in answers}
    sets = [
        bulk.AnswerSet(assessments[found.code, found.round.pk], found.answers, frozenset(found.undecided))
        for found in answers
    ]
    try:
        result = bulk.save_answer_sets(
            sets=sets,
            origin=origin,
            by=by,
            on_stored=lambda assessment: progress.advance(len(by_assessment[assessment.pk].rows)),
        )
    except bulk.NotSaved as error:
        for rejected in error.rejected:
            row = by_assessment[rejected.assessment.pk].rows[rejected.item]
            findings.add(row.build_problem(*explain_rejection(rejected)))
        return
    loaded.answers, loaded.submitted = result.answers, len(result.submissions)
    loaded.drafts, loaded.job = len(result.kept_back), result.job
    for assessment, problems in result.kept_back:
        # Something that is merely missing may be filled in on the site; anything else is worth a look.
        for problem in problems:
            if problem.kind not in ("missing", "later"):
                rows = by_assessment[assessment.pk].rows
                if problem.item in rows:
                    findings.warn(rows[problem.item].build_problem("value", problem.message))
