"""Making a report and storing its file, and the parts of a packet that workers make side by side."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import override

from assessments import results
from assessments.answering import queries
from assessments.answering.progress import find_current_plan, get_plan_progress, list_plans_so_far
from assessments.models import Assessment, Report
from assessments.reports.plan_pdf import render_plan_pdf
from assessments.reports.result_pdf import render_result_pdf

FOLDER = "reports"


class NothingToReport(Exception):
    """An assessment without a result, or a company without a plan."""


def make_report_file(report: Report) -> None:
    """Set a report on one company and store it; a second attempt leaves the file of the first."""
    if report.is_ready:
        return
    assessment = report.assessment
    assert assessment is not None  # packets are made in parts
    with override(report.language):
        if report.kind == Report.Kind.PLAN:
            content, name = render_plan(assessment, report.language), _("Plan")
        else:
            content, name = render_report(assessment, report.language), _("Report on readiness")
    path = f"{FOLDER}/{secrets.token_hex(16)}.pdf"
    write_file(_get_path(path), content)
    _finish_report(report, path, f"{assessment.company.name}_{assessment.round.code}_{name}.pdf")


def render_report(assessment: Assessment, language: str) -> bytes:
    """Render the report on the result that counts now, with the plan that counts."""
    with override(language):
        found = results.build_result(assessment)
        if found is None:
            raise NothingToReport("The assessment has no result.")
        plans = [get_plan_progress(plan, language) for plan in list_plans_so_far(assessment)[:2]]
        return render_result_pdf(found, plans, language)


def render_plan(assessment: Assessment, language: str) -> bytes:
    """Render the plan that counts now, for paper."""
    plan, run = find_current_plan(assessment), queries.find_counting_run(assessment)
    if plan is None or run is None:
        raise NothingToReport("The company has no plan.")
    return render_plan_pdf(get_plan_progress(plan, language), language, is_synthetic=run.release.is_synthetic)


def make_packet_part(report: Report, ids: Sequence[str]) -> Iterator[int]:
    """Set some reports of a packet, yielding how many are there; whoever makes the last packs them all.

    What an attempt before has left is not made again.
    """
    folder = _get_packet_folder(report)
    found = Assessment.objects.filter(pk__in=ids).select_related(
        "round__programme", "company__sector", "company__division", "company__functional_area"
    )
    for done, assessment in enumerate(found.order_by("pk"), start=1):
        place = folder / f"{assessment.pk}.pdf"
        if not report.is_ready and not place.exists():
            write_file(place, render_report(assessment, report.language))
        yield done
    make_packet_archive(report)


def make_packet_archive(report: Report) -> bool:
    """Put the files of a packet into one archive; return False while some are missing.

    Two workers that end together may both get here: the first to store its archive wins.
    """
    made = sorted(_get_packet_folder(report).glob("*.pdf"))
    if len(made) < report.companies:
        return False
    with override(report.language):
        title = _("Reports on readiness")
    named = Assessment.objects.select_related("company").in_bulk([path.stem for path in made])
    names = {str(pk): f"{found.company.credit_code}_{found.company.name}.pdf" for pk, found in named.items()}
    path = f"{FOLDER}/{secrets.token_hex(16)}.zip"
    place = _get_path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place, "w") as archive:
        for file in made:
            # A fixed time, so that the same reports make the same archive; PDFs are compressed already.
            archive.writestr(zipfile.ZipInfo(get_valid_filename(names[file.stem])), file.read_bytes())
    _finish_report(report, path, f"{report.round.programme.name}_{report.round.code}_{title}.zip")
    shutil.rmtree(_get_packet_folder(report), ignore_errors=True)
    return True


def remove_report_files(report: Report) -> None:
    """Remove the files of a report."""
    if report.path:
        _get_path(report.path).unlink(missing_ok=True)
    shutil.rmtree(_get_packet_folder(report), ignore_errors=True)


def write_file(place: Path, content: bytes) -> None:
    """Write a file at once: a reader, or an attempt after a breakdown, never finds half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(place)


def _finish_report(report: Report, path: str, file_name: str) -> None:
    place = _get_path(path)
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    taken = Report.objects.filter(pk=report.pk, path="").update(
        path=path, file_name=get_valid_filename(file_name)[-200:], sha256=digest, size=place.stat().st_size
    )
    if not taken:
        place.unlink()


def _get_path(path: str) -> Path:
    return Path(default_storage.path(path))


def _get_packet_folder(report: Report) -> Path:
    return _get_path(f"{FOLDER}/packets/{report.pk}")
