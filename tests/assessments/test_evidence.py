"""Evidence: what is taken, what is refused, who reads it, and what is left on the disk."""

from __future__ import annotations

import errno
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.storage.filesystem import FileSystemStorage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assessments.actions import evidence as keeping
from assessments.evidence import content as evidence_content
from assessments.evidence.queries import get_evidence_by_item
from assessments.models import Assessment, Evidence, Round
from audit.models import AuditEvent
from companies.models import Company, Programme
from tests import factories
from tests.assessments.files import PDF, archive, photograph, upload, workbook
from tests.assessments.pages import sign_in

SCRIPT = {"HX-Request": "true"}
XLSX_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.fixture
def alice(client: Client, owner: User) -> Client:
    return sign_in(client, owner)


def add_url(assessment: Assessment, item: str = "B2") -> str:
    return reverse("assessments:evidence", args=[assessment.pk, item])


def file_url(evidence: Evidence, name: str = "evidence_file") -> str:
    return reverse(f"assessments:{name}", args=[evidence.pk])


def attach(assessment: Assessment, by: User, content: bytes = PDF, item: str = "B2") -> Evidence:
    return keeping.attach_file(
        assessment=assessment, item=item, name="MES 验收.pdf", upload=BytesIO(content), by=by
    )


def status_of_reading(client: Client, evidence: Evidence) -> int:
    response = client.get(file_url(evidence))
    # Reading to the end closes the file; closing by hand would end the test's connection as well.
    return response.status_code if not response.streaming or response.getvalue() else 0


def files_on_disk() -> set[Path]:
    root = Path(settings.VAR_DIR) / "files"
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "acceptance.pdf", Evidence.Kind.PDF),
        (photograph(), "hall.JPG", Evidence.Kind.JPEG),
        (photograph("PNG"), "hall.png", Evidence.Kind.PNG),
        (photograph("WEBP"), "hall.webp", Evidence.Kind.WEBP),
        (workbook(), "equipment.xlsx", Evidence.Kind.XLSX),
    ],
)
def test_file_is_stored_by_its_content(
    alice: Client, assessment: Assessment, owner: User, content: bytes, name: str, kind: Evidence.Kind
) -> None:
    # The stated type is wrong on purpose: nobody believes it.
    response = alice.post(add_url(assessment), {"file": upload(content, name, "text/html")}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (200, "stored")
    assert name in response.content.decode()
    stored = Evidence.objects.get()
    assert (stored.item, stored.name, stored.content_type, stored.uploaded_by) == ("B2", name, kind, owner)
    assert name.split(".")[0] not in stored.stored_name
    with default_storage.open(stored.stored_name) as kept:
        assert len(kept.read()) == stored.size
    assert AuditEvent.objects.get(action="evidence.added").details["item"] == "B2"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_taken_out_and_the_picture_stands_upright(
    assessment: Assessment, owner: User, form: str
) -> None:
    content = photograph(form, size=(6, 4))
    assert b"Camera of Alice" in content

    stored = attach(assessment, owner, content)

    with default_storage.open(stored.stored_name) as kept:
        assert b"Camera of Alice" not in kept.read()
        picture = Image.open(kept)
        assert (picture.size, dict(picture.getexif())) == ((4, 6), {})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<script>alert(1)</script>", "no PDF, picture"),
        (b"MZ" + bytes(100), "no PDF, picture"),
        (b"%PDF-1.4 cut off", "not complete"),
        (photograph()[:-400], "damaged"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office file"),
        (archive({"word/document.xml": b"<w/>"}), "no XLSX"),
        (
            archive({"[Content_Types].xml": XLSX_TYPE, "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
            "without macros",
        ),
        (workbook()[:-200], "damaged or protected"),
    ],
)
def test_file_of_another_kind_is_refused_with_a_reason(
    alice: Client, assessment: Assessment, content: bytes, words: str
) -> None:
    before = files_on_disk()

    response = alice.post(add_url(assessment), {"file": upload(content, "x.pdf")}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (415, "refused")
    assert words in response.content.decode()
    assert not Evidence.objects.exists()
    assert files_on_disk() == before


def test_workbook_that_unpacks_without_end_is_refused(
    assessment: Assessment, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_content, "MAX_UNPACKED", 100_000)
    bomb = archive({"[Content_Types].xml": XLSX_TYPE, "xl/workbook.xml": b"", "xl/a.xml": bytes(200_000)})

    with pytest.raises(evidence_content.EvidenceRefused, match="unpacks to far more"):
        attach(assessment, owner, bomb)


def test_picture_of_too_many_pixels_is_refused(
    assessment: Assessment, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_content, "MAX_PIXELS", 20)

    with pytest.raises(evidence_content.EvidenceRefused, match="pixels"):
        attach(assessment, owner, photograph(size=(6, 4)))


def test_file_above_the_limit_is_refused(alice: Client, assessment: Assessment, settings: Settings) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000
    response = alice.post(add_url(assessment), {"file": upload(PDF + bytes(1000))}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (413, "refused")
    assert "larger than" in response.content.decode()


def test_request_far_above_the_limit_is_dropped_as_it_comes_in(
    alice: Client, assessment: Assessment, settings: Settings
) -> None:
    settings.UPLOAD_REQUEST_MAX_BYTES = 1000
    response = alice.post(add_url(assessment), {"file": upload(PDF + bytes(2000))}, headers=SCRIPT)

    assert response.status_code == 413
    assert not Evidence.objects.exists()


def test_files_of_one_assessment_have_a_limit_together(
    alice: Client, assessment: Assessment, owner: User, settings: Settings
) -> None:
    settings.EVIDENCE_ASSESSMENT_MAX_BYTES = len(PDF) + 10
    attach(assessment, owner)
    before = files_on_disk()

    response = alice.post(add_url(assessment, "B3"), {"file": upload(PDF + b"%%EOF")}, headers=SCRIPT)

    assert response.status_code == 413
    assert "together" in response.content.decode()
    assert files_on_disk() == before


@pytest.mark.parametrize("moment", ["reserve", "writing", "receiving"])
def test_full_disk_leaves_nothing_half_stored(
    alice: Client,
    assessment: Assessment,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    moment: str,
) -> None:
    before = files_on_disk()

    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if moment == "reserve":
        settings.EVIDENCE_DISK_RESERVE_BYTES = 2**60
    elif moment == "writing":
        monkeypatch.setattr(FileSystemStorage, "_save", full)
    else:
        settings.FILE_UPLOAD_HANDLERS = [
            "assessments.evidence.upload_handlers.BoundedUpload",
            "assessments.evidence.upload_handlers.DiskUpload",
        ]
        monkeypatch.setattr(
            "django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", full
        )

    response = alice.post(add_url(assessment), {"file": upload(PDF)}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (507, "refused")
    assert not Evidence.objects.exists()
    assert files_on_disk() == before


def test_row_that_cannot_be_written_takes_its_file_away(
    assessment: Assessment, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_on_disk()

    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("audit is down")

    monkeypatch.setattr(keeping, "record", broken)

    with pytest.raises(RuntimeError):
        attach(assessment, owner)
    assert not Evidence.objects.exists()
    assert files_on_disk() == before


def test_same_file_sent_twice_is_one(assessment: Assessment, owner: User) -> None:
    before = files_on_disk()
    assert attach(assessment, owner) == attach(assessment, owner)
    assert len(files_on_disk() - before) == 1


def test_plain_form_leads_back_to_the_question(alice: Client, assessment: Assessment) -> None:
    response = alice.post(add_url(assessment), {"file": upload(PDF)}, follow=True)

    assert response.redirect_chain[-1][0].endswith("/sections/S2/#B2")
    page = response.content.decode()
    assert "acceptance.pdf is stored." in page
    assert f'data-limit="{20 * 1024 * 1024}"' in page
    assert file_url(Evidence.objects.get()) in page


def test_removed_file_is_brought_back_from_the_page(
    alice: Client, assessment: Assessment, owner: User
) -> None:
    evidence = attach(assessment, owner)

    page = alice.post(file_url(evidence, "remove_evidence"), follow=True).content.decode()
    assert file_url(evidence, "restore_evidence") in page
    assert status_of_reading(alice, evidence) == 404
    response = alice.post(file_url(evidence, "restore_evidence"), headers=SCRIPT)

    assert file_url(evidence) in response.content.decode()
    assert status_of_reading(alice, evidence) == 200
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"evidence.removed", "evidence.restored", "evidence.read"} <= actions


def test_file_comes_as_a_download_that_nothing_can_run_in(
    alice: Client, assessment: Assessment, owner: User
) -> None:
    response = alice.get(file_url(attach(assessment, owner)))

    assert response.getvalue() == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('MES 验收.pdf')}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"
    again = alice.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("colleague", 200),
        ("provider", 200),
        ("county_reviewer", 200),
        ("assessor", 200),
        ("officer", 200),
        ("auditor", 200),
        ("administrator", 404),
        ("steward", 404),
        ("stranger", 404),
    ],
)
def test_who_reads_a_file(
    request: pytest.FixtureRequest,
    client: Client,
    assessment: Assessment,
    owner: User,
    person: str,
    status: int,
) -> None:
    evidence = attach(assessment, owner)
    sign_in(client, request.getfixturevalue(person))

    assert status_of_reading(client, evidence) == status
    if person not in ("colleague",):
        assert client.post(file_url(evidence, "remove_evidence")).status_code in (403, 404)
        assert client.post(add_url(assessment), {"file": upload(PDF)}).status_code in (403, 404)
    assert Evidence.objects.exclude_removed().count() == 1


def test_person_who_is_not_signed_in_is_told_so(client: Client, assessment: Assessment, owner: User) -> None:
    evidence = attach(assessment, owner)

    response = client.post(add_url(assessment), {"file": upload(PDF)}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (401, "signed-out")
    assert client.get(file_url(evidence)).status_code == 302


def test_closed_round_takes_no_file(alice: Client, assessment: Assessment, round_t0: Round) -> None:
    round_t0.frozen_at = timezone.now()
    round_t0.save()

    response = alice.post(add_url(assessment), {"file": upload(PDF)}, headers=SCRIPT)

    assert (response.status_code, response["X-Evidence"]) == (403, "refused")


@pytest.fixture
def second_round(programme: Programme, company: Company, assessment: Assessment) -> Assessment:
    later = factories.make_round(programme, "T1", opens_at=timezone.now() - timedelta(days=1))
    return factories.make_assessment(company, later)


def test_evidence_of_an_earlier_round_is_used_again_without_a_copy(
    alice: Client, assessment: Assessment, second_round: Assessment, owner: User
) -> None:
    first = attach(assessment, owner)
    before = files_on_disk()
    page = alice.get(reverse("assessments:section", args=[second_round.pk, "S2"])).content.decode()
    assert "Sent in an earlier round" in page

    response = alice.post(add_url(second_round), {"reuse": str(first.pk)}, headers=SCRIPT)
    alice.post(add_url(second_round), {"reuse": str(first.pk)}, headers=SCRIPT)

    assert response.status_code == 200
    again = second_round.evidence.get()
    assert (again.stored_name, again.reused_from) == (first.stored_name, first)
    assert files_on_disk() == before
    keeping.remove_file(evidence=first, by=owner)
    assert status_of_reading(alice, again) == 200


def test_evidence_of_another_company_cannot_be_used(
    alice: Client, second_round: Assessment, other_company: Company, round_t0: Round, stranger: User
) -> None:
    theirs = attach(factories.make_assessment(other_company, round_t0), stranger)

    response = alice.post(add_url(second_round), {"reuse": str(theirs.pk)}, headers=SCRIPT)

    assert response.status_code == 404
    assert not second_round.evidence.exists()


def test_check_page_lists_files_and_only_warns_of_missing_ones(
    alice: Client, answered: Assessment, owner: User
) -> None:
    evidence = attach(answered, owner)
    page = alice.get(reverse("assessments:check", args=[answered.pk])).content.decode()

    assert file_url(evidence) in page
    assert "official answers above the lowest option have no file" in page
    submit = reverse("assessments:submit", args=[answered.pk])
    assert alice.post(submit, {"declared": "yes"}).status_code == 302


def test_evidence_of_a_section_costs_two_queries(
    assessment: Assessment, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for item in ("B1", "B2", "B3"):
        attach(assessment, owner, item=item)
    with django_assert_num_queries(2):
        found = get_evidence_by_item(assessment, ["B1", "B2", "B3"])
        assert [file.uploaded_by for item in found.values() for file in item.files] == [owner] * 3
