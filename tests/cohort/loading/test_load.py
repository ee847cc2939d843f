"""Loading cohorts: what is stored, what is refused, and that a refusal stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from assessments.models import Answer, Assessment, Round, Submission
from audit.models import AuditEvent
from benchmarks.models import Release
from cohort.loading import CohortLoadResult, FileRefused, load_cohort
from companies.models import Company, CompanyYear, Listing, Programme
from companies.permissions import Forbidden
from instrument import load_instrument as load_instrument
from jobs.models import Job
from tests import factories
from tests.cohort.loading.conftest import ANSWER_HEADER, CODE, COMPANY, HEADER, OTHER_CODE, csv_text

Make = Callable[..., bytes]


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def put(content: bytes, programme: Programme, **options: Any) -> CohortLoadResult:
    return load_cohort(content=content, name="cohort.xlsx", programme=programme, **{"by": None, **options})


def complete(code: str = CODE, round_code: str = "T0") -> list[tuple[str, ...]]:
    """Rows that answer everything with the lowest option, with one figure, one ? and one N/A."""
    rows: list[tuple[str, ...]] = []
    for item in load_instrument().items:
        value = item.get_value_for_stage(0)
        rows.append(
            (code, round_code, item.code, ",".join(value) if isinstance(value, tuple) else str(value))
        )
    rows[rows.index((code, round_code, "X5", "0"))] = (code, round_code, "X5", "N/A", "没有模具")
    rows[rows.index((code, round_code, "X6", "0"))] = (code, round_code, "X6", "？")
    rows.append((code, round_code, "B2.machines_total", "40"))
    return rows


def problems(content: bytes, programme: Programme, **options: Any) -> list[str]:
    with pytest.raises(FileRefused) as caught:
        put(content, programme, **options)
    return [str(problem) for problem in caught.value.problems]


def test_load_stores_company_with_profile_figures_and_listing(liuzhou: Programme, workbook: Make) -> None:
    header = (*HEADER, "功能区", "2024 年营业收入（万元）", "2024 年从业人数", "规上企业", "批次", "联系电话")
    row = (*COMPANY, "柳东新区", 4200.5, 68, "是", "2024-1", 13800000000)

    loaded = put(workbook(companies=[header, row]), liuzhou)

    company = Company.objects.get(credit_code=CODE)
    figures = CompanyYear.objects.get(company=company, year=2024)
    assert (loaded.created, loaded.changed, loaded.unchanged) == (1, 0, 0)
    assert (company.division.code, company.sector.code, company.size) == ("450203", "automotive", "small")
    assert company.functional_area is not None
    assert company.functional_area.code == "liudong"
    assert company.above_scale
    assert company.contact_phone == "13800000000"
    assert (str(figures.revenue_wan), figures.employees) == ("4200.50", 68)
    assert Listing.objects.get(company=company).batch == "2024-1"


def test_load_again_changes_nothing_and_says_so(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)
    content = workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, *complete()])
    first = put(content, liuzhou)

    second = put(content, liuzhou)

    assert (first.created, first.answers, first.submitted) == (1, 60, 1)
    assert (second.created, second.unchanged, second.answers, second.submitted) == (0, 1, 0, 0)
    assert Submission.objects.count() == 1


def test_empty_cells_leave_what_is_stored(liuzhou: Programme, workbook: Make) -> None:
    put(workbook(companies=[(*HEADER, "主要产品"), (*COMPANY, "支架")]), liuzhou)

    put(workbook(companies=[(*HEADER, "主要产品", "园区"), (*COMPANY, None, "洛维工业园")]), liuzhou)

    company = Company.objects.get()
    assert (company.main_products, company.park) == ("支架", "洛维工业园")


def test_complete_answers_are_submitted_with_origin_and_one_scoring_job(
    liuzhou: Programme, workbook: Make, trained: dict[str, Any]
) -> None:
    release = Release.objects.create(programme=liuzhou, **trained)
    release.activations.create(programme=liuzhou)
    factories.make_round(liuzhou)
    other = (OTHER_CODE, "示例二有限公司", "柳北", "steel")
    rows = [*complete(), *complete(OTHER_CODE)]

    loaded = put(workbook(companies=[HEADER, COMPANY, other], answers=[ANSWER_HEADER, *rows]), liuzhou)

    submission = Submission.objects.get(assessment__company__credit_code=CODE)
    assert submission.origin == Submission.Origin.WORKBOOK
    assert submission.read_answers()["B2"].figures == {"machines_total": "40"}
    assert submission.read_answers()["X5"].reason == "没有模具"
    assert loaded.job is not None
    assert (Job.objects.count(), loaded.job.total) == (1, 2)
    assert Assessment.objects.get(company=submission.assessment.company).answered == 60


@pytest.mark.parametrize("dry_run", [True, False])
def test_load_tells_how_far_it_is_row_by_row(liuzhou: Programme, workbook: Make, dry_run: bool) -> None:
    told: list[tuple[int, int]] = []
    answers = complete()
    content = workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, *answers])
    factories.make_round(liuzhou)

    put(content, liuzhou, dry_run=dry_run, tell=lambda done, total: told.append((done, total)))

    rows = 1 + len(answers)
    assert {total for _done, total in told} == {2 * rows}
    done = [done for done, _total in told]
    assert done == sorted(done)
    # One step for each row read and for each company; the answers of a company are stored together.
    assert done[: rows + 1] == list(range(1, rows + 2))
    assert done[-1] >= 2 * rows - 1


def test_incomplete_answers_stay_a_draft(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)
    answers = [ANSWER_HEADER, (CODE, "T0", "B1", "B、C"), (CODE, "T0", "b3.machines_networked", 12.0)]

    loaded = put(workbook(companies=[HEADER, COMPANY], answers=answers), liuzhou)

    assert (loaded.answers, loaded.submitted, loaded.drafts) == (2, 0, 1)
    assert Answer.objects.get(item="B1").value == ["B", "C"]
    undecided = Answer.objects.get(item="B3")
    assert (undecided.state, undecided.figures) == (None, {"machines_networked": "12"})


def test_listed_company_without_answers_has_an_assessment(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)

    put(workbook(companies=[HEADER, COMPANY]), liuzhou)

    assert Assessment.objects.get().answered == 0


def test_trial_run_counts_and_stores_nothing(liuzhou: Programme, workbook: Make) -> None:
    loaded = put(workbook(companies=[HEADER, COMPANY]), liuzhou, dry_run=True)

    assert loaded.created == 1
    assert not Company.objects.exists()
    assert not AuditEvent.objects.exists()


def test_all_errors_are_named_at_once_and_nothing_is_stored(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)
    companies = [
        (*HEADER, "规上企业", "成立日期"),
        (*COMPANY, "也许", "2015-02-30"),
        (CODE, "重复有限公司", "鱼峰区", "automotive"),
        ("91350100M000100Y4", "短码有限公司", "桂林", "造船"),
        (OTHER_CODE, "好的有限公司", "450205", "steel"),
    ]
    answers = [
        ANSWER_HEADER,
        (OTHER_CODE, "T0", "B1", "Q"),
        (OTHER_CODE, "T9", "B2", "A"),
        (OTHER_CODE, "T0", "ZZ9", "A"),
        (OTHER_CODE, "T0", "X5", "N/A"),
        (OTHER_CODE, "T0", "B2.machines_total", "vier"),
        ("91110000802100433B", "T0", "B1", "A"),
        (OTHER_CODE, "T0", "C01", ""),
    ]

    found = problems(workbook(companies=companies, answers=answers), liuzhou)

    assert found == [
        "sheet companies, row 2, column 规上企业: Write yes or no.",
        "sheet companies, row 2, column 成立日期: Write a date, for example 2015-06-01.",
        "sheet companies, row 3, column 统一社会信用代码: This code stands in row 2 already. Keep one of the two rows.",
        "sheet companies, row 4, column 区县: “桂林” is not known here. Write one of: Chengzhong, Yufeng, Liunan, "
        "Liubei, Liujiang, Liucheng, Luzhai, Rong'an, Rongshui, Sanjiang.",
        "sheet companies, row 4, column 行业: “造船” is not known here. Write one of: Automotive and parts, "
        "Steel and metals, Construction machinery, Other manufacturing.",
        "sheet answers, row 3, column round: Round “T9” is not open. Open rounds: T0.",
        "sheet answers, row 4, column item: There is no item “ZZ9”. Items are written like B1, C07, X2 or b42.",
        "sheet answers, row 5, column value: Say in the column for the reason why the item does not apply.",
        "sheet answers, row 6, column value: B2.machines_total must be a whole number, zero or more.",
        "sheet answers, row 7, column credit_code: No company has this code. Add it to the sheet “companies”, "
        "or correct the code.",
        "sheet answers, row 8, column value: The cell is empty. Fill it in.",
    ]
    assert not Company.objects.exists()
    assert not Answer.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("item", "value", "said"),
    [
        ("B1", "Q", "Item B1 takes one or more of A, B, C, D, E, for example B,C."),
        ("B1", "A,B", "“None of these” cannot be combined with other options."),
        ("B1", "B,B", "An option is repeated. Write each one once."),
        ("C01", "5", "Item C01 takes one of 0, 1, 2, 3, 4."),
        ("G1", "B,C", "Item G1 takes one of A, B, C, D, E, F."),
    ],
)
def test_unknown_answer_is_named_with_what_may_be_written(
    liuzhou: Programme, workbook: Make, item: str, value: str, said: str
) -> None:
    factories.make_round(liuzhou)
    content = workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, (CODE, "T0", item, value)])

    assert problems(content, liuzhou) == [f"sheet answers, row 2, column value: {said}"]
    assert not Company.objects.exists()


def test_other_workbook_is_recognised_before_its_rows_are_read(liuzhou: Programme, workbook: Make) -> None:
    content = workbook(companies=[("产品", "数量"), ("支架", 4)])

    found = problems(content, liuzhou)

    assert len(found) == 1
    assert "This is not the template for companies" in found[0]


def test_workbook_without_the_sheet_names_the_sheets_it_has(liuzhou: Programme, workbook: Make) -> None:
    assert problems(workbook(Tabelle1=[HEADER, COMPANY]), liuzhou) == [
        "The workbook has no sheet “companies”. Its sheets are: Tabelle1."
    ]


def test_check_character_is_refused_unless_accepted(liuzhou: Programme, workbook: Make) -> None:
    content = workbook(companies=[HEADER, ("91350100M000100Y44", *COMPANY[1:])])

    found = problems(content, liuzhou)
    loaded = put(content, liuzhou, accept_check_character=True)

    assert "should be 3" in found[0]
    assert "--accept-check-digit" in found[0]
    assert loaded.created == 1
    assert [warning.row for warning in loaded.warnings] == [2]
    assert AuditEvent.objects.filter(action="company.check_character_accepted").exists()


def test_code_typed_as_a_number_has_lost_digits(liuzhou: Programme, workbook: Make) -> None:
    content = workbook(companies=[HEADER, (914403007084611360, *COMPANY[1:])])

    assert "has lost digits" in problems(content, liuzhou)[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(liuzhou: Programme, encoding: str) -> None:
    put(csv_text([HEADER, COMPANY]).encode(encoding), liuzhou)

    assert Company.objects.get().name == "示例一有限公司"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04 no workbook", b"\xff\xfe\xfa,\xff"])
def test_other_files_are_refused(liuzhou: Programme, content: bytes) -> None:
    assert len(problems(content, liuzhou)) == 1


def test_answer_of_the_company_is_not_written_over(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)
    put(workbook(companies=[HEADER, COMPANY]), liuzhou)
    owner = factories.make_member(Company.objects.get(), "Alice")
    lowest = load_instrument().get_item("C01")
    factories.store_answers(
        Assessment.objects.get(),
        {"C01": factories.full_answers(3)[lowest.code]},
        by=owner,
    )

    found = problems(
        workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, (CODE, "T0", "C01", "1")]), liuzhou
    )

    assert "The company answered this itself" in found[0]
    assert Answer.objects.get().value == 3


def test_changed_answers_supersede_the_submission(liuzhou: Programme, workbook: Make) -> None:
    factories.make_round(liuzhou)
    put(workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, *complete()]), liuzhou)

    loaded = put(
        workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, (CODE, "T0", "C01", "2")]), liuzhou
    )

    latest = Submission.objects.filter_counting().get()
    assert (loaded.answers, loaded.submitted) == (1, 1)
    assert latest.supersedes is not None
    assert latest.read_answers()["C01"].value == 2
    assert Answer.objects.get(item="C01").revision == 2


def test_closed_round_takes_no_answers(liuzhou: Programme, workbook: Make) -> None:
    closed = factories.make_round(liuzhou)
    Round.objects.filter(pk=closed.pk).update(frozen_at=closed.opens_at)
    content = workbook(companies=[HEADER, COMPANY], answers=[ANSWER_HEADER, (CODE, "T0", "B2", "A")])

    assert "Round T0 is closed" in problems(content, liuzhou)[0]


def test_loading_needs_the_permission(liuzhou: Programme, workbook: Make) -> None:
    steward = factories.make_staff(liuzhou, Role.STEWARD)

    with pytest.raises(Forbidden):
        put(workbook(companies=[HEADER, COMPANY]), liuzhou, by=steward)


def test_officer_loads_and_is_recorded(liuzhou: Programme, workbook: Make) -> None:
    officer: User = factories.make_staff(liuzhou, Role.OFFICER)

    put(workbook(companies=[HEADER, COMPANY]), liuzhou, by=officer)

    event = AuditEvent.objects.get(action="cohort.loaded")
    assert (event.by_id, event.details["created"]) == (officer.pk, 1)


def test_company_of_another_programme_is_not_taken_over(liuzhou: Programme, workbook: Make) -> None:
    elsewhere = factories.make_programme(factories.make_city("450100", "Nanning"), "nanning-2025")
    factories.make_company(elsewhere, credit_code=CODE, name="别处有限公司")
    officer = factories.make_staff(liuzhou, Role.OFFICER)

    found = problems(workbook(companies=[HEADER, COMPANY]), liuzhou, by=officer)

    assert "belongs to another programme" in found[0]
    assert Company.objects.get().name == "别处有限公司"
