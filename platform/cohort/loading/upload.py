"""Checks and loads a file that somebody has handed in, and notes how it went."""

from __future__ import annotations

from dataclasses import asdict

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from cohort.loading.annotated_copy import build_annotated_copy
from cohort.loading.load import CohortLoadResult, load_cohort
from cohort.loading.problems import FileProblem, FileRefused
from cohort.loading.progress import Tell
from cohort.models import CohortFile
from cohort.models.file_kinds import FileKind
from cohort.stored_files import read_content, store_content

COUNTS = ("created", "changed", "unchanged", "answers", "submitted", "drafts", "stated")


def check_file(file: CohortFile, tell: Tell) -> None:
    """Go through the file as if loading it and store nothing but what was found. Repeating changes nothing."""
    if file.state != CohortFile.State.CHECKING:
        return
    _run(file, tell, dry_run=True)


def load_file(file: CohortFile, tell: Tell) -> None:
    """Load a file that was checked. What has changed since then may still refuse it."""
    if file.state != CohortFile.State.LOADING:
        return
    _run(file, tell, dry_run=False)


def _run(file: CohortFile, tell: Tell, *, dry_run: bool) -> None:
    content = read_content(file.stored_name)
    with override(file.uploaded_by.language):
        try:
            with transaction.atomic():
                loaded = load_cohort(
                    content=content,
                    name=file.name,
                    programme=file.programme,
                    kind=FileKind(file.kind),
                    by=file.uploaded_by,
                    accept_check_character=file.accept_check_character,
                    dry_run=dry_run,
                    tell=tell,
                )
                if not dry_run:
                    _note(file, loaded, CohortFile.State.LOADED)
            if dry_run:
                _note(file, loaded, CohortFile.State.CHECKED)
        except FileRefused as refused:
            _refuse(file, content, refused)
    if file.state != CohortFile.State.CHECKED:
        _forget_content(file)


def _note(file: CohortFile, loaded: CohortLoadResult, state: CohortFile.State) -> None:
    file.state = state
    file.counts = {name: getattr(loaded, name) for name in COUNTS}
    file.warnings = [asdict(warning) for warning in loaded.warnings]
    file.loaded_at = timezone.now() if state == CohortFile.State.LOADED else None
    file.save(update_fields=["state", "counts", "warnings", "loaded_at"])


def _refuse(file: CohortFile, content: bytes, refused: FileRefused) -> None:
    """Keep what is wrong and an annotated copy of the file; one that cannot be opened has none."""
    try:
        file.marked_name = store_content(
            build_annotated_copy(content, file.name, _sort_problems(refused.problems))
        )
    except FileRefused:
        file.marked_name = ""
    file.state = CohortFile.State.REFUSED
    file.problems = [asdict(problem) for problem in refused.problems]
    file.more_problems = refused.more
    file.save(update_fields=["state", "problems", "more_problems", "marked_name"])


def _sort_problems(problems: list[FileProblem]) -> list[FileProblem]:
    return sorted(problems, key=lambda problem: (problem.sheet, problem.row))


def _forget_content(file: CohortFile) -> None:
    name, file.stored_name = file.stored_name, ""
    file.save(update_fields=["stored_name"])
    default_storage.delete(name)
