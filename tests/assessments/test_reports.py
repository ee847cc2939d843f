"""Reports: the same figures as the page, glyphs inside, the same bytes again, and only for those who may read."""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import python_calamine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from accounts.models import ApiKey, User
from accounts.roles import Role
from assessments import results
from assessments.actions import reports, submissions
from assessments.models import Assessment, Report
from assessments.reports import files, render_result_pdf
from assessments.reports.workbook import render_result_workbook
from assessments.scoring.compute import score_and_store
from assessments.tasks.reports import make_report
from audit.models import AuditEvent
from benchmarks.models import Release
from companies.level_labels import get_level_label
from companies.models import Programme
from companies.permissions import Forbidden
from documents.numbers import format_points
from instrument import AnswerState, ItemAnswer, load_instrument
from jobs.models import Job
from tests import factories
from tests.markup import in_one_line

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def file_folder(tmp_path: Path, settings: object) -> Path:
    storages = dict(settings.STORAGES)  # type: ignore[attr-defined]
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path},
    }
    settings.STORAGES = storages  # type: ignore[attr-defined]
    return tmp_path


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def varied_answers(seed: int) -> dict[str, ItemAnswer]:
    chance = random.Random(seed)
    return {
        item.code: ItemAnswer(
            AnswerState.ANSWERED,
            value=item.get_value_for_stage(
                min(item.max_stage, chance.randint(0, seed % 4 + 1) * item.max_stage // 4)
            ),
        )
        for item in load_instrument().items
    }


def test_page_pdf_workbook_and_api_say_the_same_of_fifty_companies(
    programme: Programme, release: Release, client: Client
) -> None:
    round_ = factories.make_round(programme)
    officer = factories.make_staff(programme, Role.OFFICER)
    account = factories.make_staff(programme, Role.SERVICE_ACCOUNT, "Province")
    account.kind = User.Kind.SERVICE
    account.save()
    _, key = ApiKey.issue(
        user=account,
        name="k",
        scopes=[ApiKey.Scope.SCORES_READ.value],
        expires_at=timezone.now() + timedelta(days=1),
        by=None,
    )
    made = []
    for number in range(50):
        company = factories.make_company(programme, number=100 + number)
        owner = factories.make_member(company, f"Owner {number}")
        assessment = factories.make_assessment(company, round_)
        factories.store_answers(assessment, varied_answers(number), by=owner)
        made.append(submissions.submit_answers(assessment=assessment, declared=True, by=owner))
    score_and_store(made, release)
    client.force_login(officer, backend=BACKEND)
    headers = {"Authorization": f"Bearer {key}"}
    seen = set()

    for submission in made:
        assessment = Assessment.objects.get(pk=submission.assessment_id)
        found = results.build_result(assessment)
        assert found is not None
        readiness = found.readiness
        expected = format_points(readiness.score)
        span = f"{format_points(readiness.low)} and {format_points(readiness.high)}"
        seen.add(expected)

        page = client.get(
            reverse("assessments:result", args=[assessment.pk]), headers={"Accept-Language": "en"}
        )
        html = in_one_line(re.sub(r"<[^>]+>", "", page.content.decode()))
        assert f"AI-manufacturing readiness {expected} / 100" in html
        assert f"Likely between {span}" in html
        pdf = text_of(render_result_pdf(found, [], "en"))
        assert re.search(rf"^{re.escape(expected)} ?/ 100", pdf, re.M), pdf[:900]
        assert f"Likely between {span}" in pdf
        assert re.search(rf"^{found.official.level} ?/ 4", pdf, re.M)
        base = f"{float(found.official.base):.3f}".rstrip("0").rstrip(".")
        assert f"Base points: {base} of 100" in html
        assert f"Base points: {base} of 100" in pdf
        with override("en"):
            book = python_calamine.load_workbook(io.BytesIO(render_result_workbook(found)))
        figures = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python() if row[1] != ""}
        assert figures["Readiness score"] == float(expected)
        with override("en"):
            assert figures["Official level"] == get_level_label(found.official.level)
        answer = client.get(reverse("api:score-detail", args=[assessment.self_run_id]), headers=headers)
        said = answer.json()
        assert format_points(round(said["readiness"] * 100)) == expected
        assert said["official_level"]["level"] == found.official.level
    assert len(seen) > 25, "the companies have to differ, or the test compares one result fifty times"


def test_losses_are_numbers_in_the_workbook_too(scored: Assessment) -> None:
    found = results.build_result(scored)
    assert found is not None
    with override("en"):
        book = python_calamine.load_workbook(io.BytesIO(render_result_workbook(found)))
    _head, *rows = book.get_sheet_by_name(book.sheet_names[-1]).to_python()
    gains = [row[2] for row in rows if isinstance(row[2], float)]
    assert len(gains) == len(rows)
    assert min(gains) < 0 < max(gains)


def test_report_embeds_its_fonts_and_repeats_byte_for_byte(scored: Assessment) -> None:
    found = results.build_result(scored)
    assert found is not None
    chinese = render_result_pdf(found, [], "zh-hans")
    render_result_pdf(found, [], "en")

    assert render_result_pdf(found, [], "zh-hans") == chinese
    reader = PdfReader(io.BytesIO(chinese))
    fonts = [
        font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    ]
    assert fonts
    assert all("/FontFile3" in font for font in fonts)
    text = text_of(chinese)
    # The typesetter parts Chinese from figures, as the site does.
    assert scored.company.name in re.sub(r"\s", "", text)
    for words in ("官方数字化水平等级", "就绪度", "合成", "不是证书"):
        assert words in re.sub(r"\s", "", text), words
    assert found.release_name in text


def test_report_is_made_by_a_job_and_fetched_by_members_alone(
    client: Client,
    scored: Assessment,
    owner: User,
    stranger: User,
    django_capture_on_commit_callbacks: object,
) -> None:
    client.force_login(owner, backend=BACKEND)
    ordered = client.post(reverse("assessments:order_report", args=[scored.pk]), {"language": "en"})

    report = Report.objects.get()
    assert ordered["Location"] == reverse("assessments:report", args=[report.pk])
    job = Job.objects.get(key=f"{report.job_key}1")
    assert "hx-trigger" in client.get(ordered["Location"]).content.decode()
    make_report(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DONE, "")
    address = reverse("assessments:report_file", args=[report.pk])
    assert address in client.get(ordered["Location"]).content.decode()
    response = client.get(address)
    content = b"".join(response)
    assert content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("attachment")
    assert scored.company.name not in report.path
    assert AuditEvent.objects.filter(action="report.fetched", by=owner, company_id=scored.company_id).exists()
    client.force_login(stranger, backend=BACKEND)
    assert client.get(address).status_code == 404


def test_order_that_waits_is_not_doubled(scored: Assessment, owner: User) -> None:
    orders = [
        reports.order_report(assessment=scored, kind=Report.Kind.RESULT, language="en", by=owner)
        for _ in "ab"
    ]

    assert orders[0] == orders[1]
    assert Job.objects.filter(kind="make-report").count() == 1


def test_packet_holds_a_report_for_each_scored_company_in_scope(
    scored: Assessment, officer: User, round_t0: object, other_company: object, programme: Programme
) -> None:
    unscored = factories.make_assessment(other_company, round_t0)  # type: ignore[arg-type]
    packet = reports.order_packet(
        round=scored.round, assessments=[scored.pk, unscored.pk], language="zh-hans", by=officer
    )
    assert packet.companies == 1

    assert list(files.make_packet_part(packet, [str(scored.pk)])) == [1]

    packet.refresh_from_db()
    assert packet.is_ready
    with zipfile.ZipFile(files._get_path(packet.path)) as archive:
        names = archive.namelist()
        assert names == [f"{scored.company.credit_code}_{scored.company.name}.pdf"]
        assert archive.read(names[0]) == files.render_report(scored, "zh-hans")
    assert not files._get_packet_folder(packet).exists()
    elsewhere = factories.make_staff(
        factories.make_programme(factories.make_city("450300", "Guilin"), code="guilin"),
        Role.OFFICER,
        "Other",
    )
    assert not Report.objects.visible_to(elsewhere).exists()
    with pytest.raises(Forbidden):
        reports.order_packet(round=scored.round, assessments=[scored.pk], language="en", by=elsewhere)


def test_packet_is_packed_once_its_last_part_is_there(scored: Assessment, officer: User) -> None:
    packet = reports.order_packet(round=scored.round, assessments=[scored.pk], language="en", by=officer)
    Report.objects.filter(pk=packet.pk).update(companies=2)
    packet.refresh_from_db()

    list(files.make_packet_part(packet, [str(scored.pk)]))

    packet.refresh_from_db()
    assert not packet.is_ready
    place = files._get_packet_folder(packet) / f"{scored.pk}.pdf"
    before = place.stat().st_mtime_ns
    list(files.make_packet_part(packet, [str(scored.pk)]))
    assert place.stat().st_mtime_ns == before, "what is there is not made again"


@pytest.mark.parametrize("chart", ["profile", "moved", "scale", "tiers"])
def test_chart_is_fetched_as_picture_and_workbook(signed_in: Client, scored: Assessment, chart: str) -> None:
    picture = signed_in.get(reverse("assessments:chart_picture", args=[scored.pk, chart]))
    book = signed_in.get(reverse("assessments:chart_workbook", args=[scored.pk, chart]))

    assert picture.content.startswith(b"\x89PNG")
    rows = python_calamine.load_workbook(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert len(rows) > 4
    assert signed_in.get(reverse("assessments:chart_picture", args=[scored.pk, "other"])).status_code == 404


def test_old_reports_are_forgotten_with_their_files(
    scored: Assessment, owner: User, file_folder: Path
) -> None:
    report = reports.order_report(assessment=scored, kind=Report.Kind.RESULT, language="en", by=owner)
    files.make_report_file(Report.objects.select_related("assessment__company").get(pk=report.pk))
    report.refresh_from_db()
    assert (file_folder / report.path).exists()

    files.remove_report_files(report)

    assert not (file_folder / report.path).exists()
