"""Files in and out: templates, the trial run, mistakes cell by cell, loading, stated results, the ledger."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import python_calamine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import override

from accounts.models import Notice, User
from accounts.roles import Role
from assessments.models import Round, Submission
from audit.models import AuditEvent
from cohort.loading.columns import COMPANY_COLUMNS, recognise_header
from cohort.loading.sheet_names import recognise_sheet
from cohort.loading.template import SHEETS, write_cohort_workbook
from cohort.models import CohortFile, LedgerExport, StatedResult
from cohort.models.file_kinds import FileKind
from cohort.tasks import check_cohort_file, clean_office_files, load_cohort_file, write_ledger_file
from companies.models import Company, Listing, Programme, Sector
from instrument import load_instrument
from jobs.models import Job
from jobs.work import Work, claim
from tests import factories
from tests.assessments.pages import sign_in
from tests.cohort.loading.conftest import (
    ANSWER_HEADER,
    CODE,
    COMPANY,
    HEADER,
    OTHER_CODE,
    csv_text,
    liuzhou,
    workbook,
)
from tests.markup import in_one_line

__all__ = ["liuzhou", "workbook"]
Make = Callable[..., bytes]


@pytest.fixture
def olive(client: Client, liuzhou: Programme) -> Client:
    return sign_in(client, factories.make_staff(liuzhou, Role.OFFICER, "Olive"))


def hand_in(
    client: Client, content: bytes, kind: FileKind = FileKind.COHORT, name: str = "cohort.xlsx"
) -> CohortFile:
    upload = SimpleUploadedFile(name, content)
    response = client.post(reverse("cohort:files"), {"kind": kind.value, "file": upload})
    assert response.status_code == 302
    file = CohortFile.objects.latest("uploaded_at")
    assert file.job is not None
    check_cohort_file(str(file.job.pk))
    file.refresh_from_db()
    return file


def load_it(client: Client, file: CohortFile) -> CohortFile:
    client.post(reverse("cohort:load_file", args=[file.pk]))
    file.refresh_from_db()
    assert file.job is not None
    load_cohort_file(str(file.job.pk))
    file.refresh_from_db()
    return file


def content_of(response: object) -> bytes:
    content: bytes = response.getvalue()  # type: ignore[attr-defined]
    return content


def test_checked_file_stores_nothing_until_it_is_loaded(olive: Client, workbook: Make) -> None:
    file = hand_in(olive, workbook(companies=[HEADER, COMPANY]))
    assert (file.state, file.counts["created"]) == (CohortFile.State.CHECKED, 1)
    assert not Company.objects.exists()
    page = olive.get(reverse("cohort:file", args=[file.pk])).content.decode()
    assert "Companies: 1 new, 0 changed, 0 unchanged." in page

    file = load_it(olive, file)

    assert file.state == CohortFile.State.LOADED
    assert Listing.objects.get().company.credit_code == CODE
    assert not file.stored_name
    olive.post(reverse("cohort:load_file", args=[file.pk]))
    assert Listing.objects.count() == 1
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"cohort_file.handed_in", "cohort_file.load_asked", "cohort.loaded"} <= actions


def test_page_shows_progress_and_the_last_sign_of_life(olive: Client, workbook: Make) -> None:
    file = hand_in(olive, workbook(companies=[HEADER, COMPANY]))
    olive.post(reverse("cohort:load_file", args=[file.pk]))
    file.refresh_from_db()
    address = reverse("cohort:file", args=[file.pk])
    assert "Waiting for a worker" in olive.get(address).content.decode()
    assert file.job is not None
    Work(claim(str(file.job.pk)) or file.job).heartbeat(30, 120)

    page = olive.get(address, headers={"HX-Request": "true"})

    assert page.status_code == 200
    job = Job.objects.get(pk=file.job.pk)
    assert job.heartbeat_at is not None
    text = in_one_line(page.content.decode())
    assert 'max="120" value="30"' in text
    assert f"Last response {localtime(job.heartbeat_at):%H:%M:%S}" in text


def test_mistakes_are_listed_by_cell_and_marked_in_a_copy(olive: Client, workbook: Make) -> None:
    wrong = (OTHER_CODE, "示例二有限公司", "不存在的区", "汽车及零部件")
    file = hand_in(olive, workbook(companies=[HEADER, COMPANY, wrong]))

    assert file.state == CohortFile.State.REFUSED
    assert [(row["sheet"], row["row"], row["column"]) for row in file.problems] == [("companies", 3, "区县")]
    assert not file.stored_name
    assert not Company.objects.exists()
    page = olive.get(reverse("cohort:file", args=[file.pk])).content.decode()
    assert "Refused: 1 mistake." in page
    assert "区县" in page
    copy = content_of(olive.get(reverse("cohort:marked_file", args=[file.pk])))
    book = python_calamine.load_workbook(BytesIO(copy))
    assert book.sheet_names == ["Mistakes", "companies"]
    assert book.get_sheet_by_name("Mistakes").to_python()[1][:3] == ["companies", 3.0, "区县"]
    assert book.get_sheet_by_name("companies").to_python()[2] == list(wrong)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_csv_in_the_usual_encodings_is_taken(olive: Client, encoding: str) -> None:
    file = hand_in(olive, csv_text([HEADER, COMPANY]).encode(encoding), name="名单.csv")

    assert file.state == CohortFile.State.CHECKED


@pytest.mark.parametrize("kind", [FileKind.ANSWERS, FileKind.MINISTRY])
def test_wrong_template_is_recognised_first(olive: Client, workbook: Make, kind: FileKind) -> None:
    file = hand_in(olive, workbook(companies=[HEADER, ("x", "", "", "")]), kind)

    assert [row["row"] for row in file.problems] == [0]
    assert "This is not the template" in file.problems[0]["message"]


def test_profile_changes_listed_companies_alone(olive: Client, workbook: Make) -> None:
    load_it(olive, hand_in(olive, workbook(companies=[HEADER, COMPANY])))
    header, change = ("credit_code", "main_products"), (CODE, "Castings")
    refused = hand_in(olive, workbook(companies=[header, change, (OTHER_CODE, "Bolts")]), FileKind.PROFILE)
    assert [(row["row"], row["column"]) for row in refused.problems] == [(3, "credit_code")]

    load_it(olive, hand_in(olive, workbook(companies=[header, change]), FileKind.PROFILE))

    assert Company.objects.get().main_products == "Castings"


@pytest.fixture
def listed(olive: Client, liuzhou: Programme, workbook: Make) -> Round:
    found = factories.make_round(liuzhou)
    load_it(olive, hand_in(olive, workbook(companies=[HEADER, COMPANY])))
    return found


def official_rows(skip: str = "") -> list[tuple[str, ...]]:
    instrument = load_instrument()
    rows: list[tuple[str, ...]] = []
    for item in (*instrument.official_items, *instrument.scenarios):
        value = item.get_value_for_stage(item.reachable_stages[-1])
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        if item.code != skip:
            rows.append((CODE, "T0", item.code, text, "", ""))
    return rows


def test_answers_of_the_ministry_become_a_submission_of_that_origin(
    olive: Client, listed: Round, workbook: Make
) -> None:
    file = hand_in(olive, workbook(answers=[ANSWER_HEADER, *official_rows()]), FileKind.MINISTRY)
    assert file.state == CohortFile.State.CHECKED, file.problems
    assert not Submission.objects.exists()

    load_it(olive, file)

    made = Submission.objects.get()
    assert (made.kind, made.origin) == (Submission.Kind.SELF, Submission.Origin.MINISTRY)
    assert set(made.read_answers()) == {row[2] for row in official_rows()}


def test_incomplete_or_foreign_answers_of_the_ministry_do_not_become_one(
    olive: Client, listed: Round, workbook: Make
) -> None:
    load_it(
        olive, hand_in(olive, workbook(answers=[ANSWER_HEADER, *official_rows(skip="B1")]), FileKind.MINISTRY)
    )
    assert not Submission.objects.exists()

    foreign = (CODE, "T0", "X2", "2", "", "")
    file = hand_in(olive, workbook(answers=[ANSWER_HEADER, foreign]), FileKind.MINISTRY)
    assert [row["column"] for row in file.problems] == ["item"]


def test_stated_result_is_kept_apart_from_computed_levels(
    olive: Client, listed: Round, workbook: Make
) -> None:
    header = ("credit_code", "round", "level", "points", "stated_on")
    wrong = hand_in(olive, workbook(results=[header, (CODE, "T0", 5, 101, "soon")]), FileKind.MINISTRY)
    assert [row["column"] for row in wrong.problems] == ["level", "points", "stated_on"]

    load_it(
        olive,
        hand_in(olive, workbook(results=[header, (CODE, "T0", 2, 61.5, "2025-03-01")]), FileKind.MINISTRY),
    )

    stated = StatedResult.objects.get()
    assert (stated.level, str(stated.points)) == (2, "61.50")
    assert stated.assessment.self_run is None
    company = Company.objects.get()
    page = olive.get(reverse("cohort:company", args=[company.pk])).content.decode()
    assert "Result on the ministry’s platform: level 2" in page


@pytest.mark.parametrize("kind", list(FileKind))
def test_template_can_be_downloaded_and_handed_in_empty(olive: Client, kind: FileKind) -> None:
    content = content_of(olive.get(reverse("cohort:file_template"), {"kind": kind.value}))
    names = python_calamine.load_workbook(BytesIO(content)).sheet_names
    assert names == [*(name for name, _columns in SHEETS[kind]), "Explanation"]

    file = hand_in(olive, content, kind)

    # Its headers are known; all that can be wrong is that there are no rows.
    assert all("rows" in row["message"] for row in file.problems)


@pytest.mark.parametrize(
    "fields", [{"kind": "cohort"}, {"kind": "other", "file": SimpleUploadedFile("a.xlsx", b"x")}]
)
def test_form_without_file_or_kind_says_so(olive: Client, fields: dict[str, object]) -> None:
    assert olive.post(reverse("cohort:files"), fields).status_code == 422
    assert not CohortFile.objects.exists()


def test_failing_load_leaves_nothing_and_can_be_repeated(
    olive: Client, workbook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = hand_in(olive, workbook(companies=[HEADER, COMPANY]))
    olive.post(reverse("cohort:load_file", args=[file.pk]))
    file.refresh_from_db()
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["cohort.loading.load"], "record", _break)
        assert file.job is not None
        load_cohort_file(str(file.job.pk))
    assert not Company.objects.exists()

    load_cohort_file(str(file.job.pk))

    file.refresh_from_db()
    assert file.state == CohortFile.State.LOADED


def _break(*_arguments: object, **_options: object) -> None:
    raise RuntimeError("the record cannot be written")


def test_who_may_load(client: Client, liuzhou: Programme) -> None:
    for role, status in ((Role.OFFICER, 200), (Role.ASSESSOR, 403), (Role.AUDITOR, 403)):
        sign_in(client, factories.make_staff(liuzhou, role))
        assert client.get(reverse("cohort:files")).status_code == status


def ask(client: Client, query: str = "", **fields: str) -> LedgerExport:
    client.post(reverse("cohort:ledger") + query, fields)
    export = LedgerExport.objects.latest("requested_at")
    assert export.job is not None
    write_ledger_file(str(export.job.pk))
    export.refresh_from_db()
    return export


def rows_in(client: Client, export: LedgerExport) -> list[list[Any]]:
    content = content_of(client.get(reverse("cohort:ledger_file", args=[export.pk])))
    rows: list[list[Any]] = python_calamine.load_workbook(BytesIO(content)).get_sheet_by_index(0).to_python()
    return rows


@pytest.fixture
def two_companies(programme: Programme, company: Company, other_company: Company, round_t0: Round) -> None:
    for number, found in enumerate((company, other_company)):
        Company.objects.filter(pk=found.pk).update(contact_phone=f"1387720123{number}", name=f"=企业{number}")
        factories.make_assessment(found, round_t0)


def test_ledger_holds_text_codes_and_masked_phones_and_says_when_and_what(
    client: Client, two_companies: None, officer: User, company: Company
) -> None:
    sign_in(client, officer)

    export = ask(client, f"?q={company.credit_code}")

    rows = rows_in(client, export)
    assert export.rows == 1
    assert "As of" in str(rows[1][0])
    assert company.credit_code in str(rows[1][0])
    head, row = rows[3], rows[4]
    assert row[head.index("Unified social credit code")] == company.credit_code
    assert row[head.index("Company")] == "=企业0"
    assert row[head.index("Contact’s phone")] == "138****1230"
    assert Notice.objects.filter(user=officer).exists()
    actions = list(AuditEvent.objects.order_by("at").values_list("action", flat=True))
    assert actions == ["ledger.asked", "ledger.exported", "ledger.downloaded"]


def test_ledger_names_its_filters_in_words(
    client: Client, two_companies: None, officer: User, company: Company
) -> None:
    Sector.objects.filter(pk=company.sector_id).update(name_en="Motor parts", retired_at=timezone.now())
    query = f"?sector={company.sector.code}&size=small"
    page = sign_in(client, officer).get(reverse("cohort:ledger") + query).content.decode()
    assert "Filters: Sector: Motor parts (no longer used); Size: Small." in page

    rows = rows_in(client, ask(client, query))

    assert "Filters: Sector: Motor parts (no longer used); Size: Small." in str(rows[1][0])


def test_full_phones_are_for_those_who_call(
    client: Client, two_companies: None, officer: User, county_reviewer: User, auditor: User
) -> None:
    export = ask(sign_in(client, officer), phones="full")
    rows = rows_in(client, export)
    assert rows[4][rows[3].index("Contact’s phone")] == "13877201230"

    assert (
        sign_in(client, county_reviewer).get(reverse("cohort:ledger_file", args=[export.pk])).status_code
        == 404
    )
    assert sign_in(client, auditor).post(reverse("cohort:ledger")).status_code == 403


def test_reviewer_of_one_area_gets_that_area(
    client: Client, programme: Programme, two_companies: None, county_reviewer: User
) -> None:
    elsewhere = factories.make_division(programme.city, 7)
    far = factories.make_company(programme, number=9, division=elsewhere)
    factories.make_assessment(far, Round.objects.get())

    export = ask(sign_in(client, county_reviewer))

    assert export.rows == 2


def test_old_files_are_deleted_with_what_nobody_names(olive: Client, workbook: Make) -> None:
    file = hand_in(olive, workbook(companies=[HEADER, COMPANY]))
    kept = file.stored_name
    CohortFile.objects.update(uploaded_at="2025-01-01T00:00:00Z")
    long_ago = time.time() - 3 * 86_400
    os.utime(default_storage.path(kept), (long_ago, long_ago))

    clean_office_files()

    assert not default_storage.exists(kept)
    file.refresh_from_db()
    assert file.state == CohortFile.State.REFUSED


def test_sheets_and_columns_of_chinese_and_of_former_templates_are_recognised() -> None:
    assert recognise_sheet(" 企业名单 ") == recognise_sheet("Companies") == "companies"
    for header in ("县（区）", "区县", "Division"):
        found = recognise_header(header, COMPANY_COLUMNS)
        assert found is not None
        assert found.column.key == "division"


def test_template_in_chinese_is_recognised(liuzhou: Programme) -> None:
    buffer = BytesIO()
    with override("zh-hans"):
        write_cohort_workbook(buffer, years=[2024], kind=FileKind.MINISTRY)
    assert (
        "统一社会信用代码"
        in python_calamine.load_workbook(BytesIO(buffer.getvalue()))
        .get_sheet_by_name("评测结果")
        .to_python()[0]
    )
