"""The pages of the review desk: queue, check, visit, acceptance, batches, flags, samples."""

from __future__ import annotations

import io

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from assessments.actions import county, flags, samples, visits
from assessments.models import (
    Assessment,
    Batch,
    CountyCheck,
    Document,
    Flag,
    Grade,
    Return,
    Submission,
    Visit,
    VisitSample,
)
from assessments.reviewing.flagging import raise_flags
from assessments.reviewing.sampling import Risk, compute_chances, draw_companies
from assessments.scoring.compute import score_and_store
from benchmarks.models import Release
from companies.models import Company, Programme, ProgrammeRole
from tests import factories
from tests.assessments.pages import sign_in
from tests.assessments.verification.conftest import accept_all

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def page(client: Client, name: str, *arguments: object, **query: str) -> str:
    response = client.get(reverse(f"cohort:{name}", args=arguments), query)
    assert response.status_code == 200
    return response.content.decode()


def test_queue_shows_each_step_to_those_who_work_there(
    client: Client, scored: Assessment, county_reviewer: User, assessor: User, officer: User
) -> None:
    sign_in(client, county_reviewer)
    assert reverse("cohort:check", args=[scored.pk]) in page(client, "queue")
    county.recommend_submission(assessment=scored, by=county_reviewer)
    assert scored.company.name not in page(client, "queue")
    sign_in(client, assessor)
    assert reverse("cohort:visit", args=[scored.pk]) in page(client, "queue")
    assert scored.company.name not in page(client, "queue", who="mine")
    sign_in(client, officer)
    assert "Batches" in page(client, "queue", step="visit")


def test_queue_needs_a_constant_number_of_queries(
    client: Client,
    scored: Assessment,
    officer: User,
    django_assert_max_num_queries: object,
) -> None:
    sign_in(client, officer)
    for number in range(3, 8):
        company = factories.make_company(scored.round.programme, number=number)
        factories.make_assessment(company, scored.round, submitted_at=timezone.now())
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        assert page(client, "queue", step="check").count('scope="row"') == 6


def test_county_returns_items_with_a_comment_and_recommends(
    client: Client, scored: Assessment, county_reviewer: User
) -> None:
    sign_in(client, county_reviewer)
    address = reverse("cohort:check", args=[scored.pk])

    assert client.post(address, {"outcome": "return", "items": ["C06"]}).status_code == 422
    client.post(address, {"outcome": "return", "items": ["C06"], "C06-comment": "Which lines?"})

    assert Return.objects.get().items.get().comment == "Which lines?"
    assert "Which lines?" in page(client, "check", scored.pk)
    Return.objects.update(closed_at=timezone.now())
    client.post(address, {"outcome": "recommend", "comment": "Seen."})
    assert CountyCheck.objects.filter(outcome="recommended").count() == 1


def decision(**given: str) -> dict[str, str]:
    return {"revision": "0", "decision": "accepted", "seen": "yes", **given}


def test_visit_begins_with_a_declaration_and_shows_all_items(
    client: Client, recommended: Assessment, assessor: User
) -> None:
    sign_in(client, assessor)
    address = reverse("cohort:visit", args=[recommended.pk])

    assert client.post(address).status_code == 422
    assert not Visit.objects.exists()
    client.post(address, {"declared": "yes"})

    assert page(client, "visit", recommended.pk).count('class="lz-decide"') == 60


def test_decisions_are_stored_by_script_and_by_plain_form(
    client: Client, visit: Visit, assessor: User
) -> None:
    sign_in(client, assessor)
    address = reverse("cohort:grade", args=[visit.assessment_id, "C06"])

    by_script = client.post(address, decision(), headers={"HX-Request": "true"})
    assert (by_script.status_code, by_script["X-Answer"]) == (200, "saved")
    plain = client.post(
        reverse("cohort:grade", args=[visit.assessment_id, "B1"]),
        {"revision": "0", "decision": "changed", "value": ["B", "C"], "remark": "Two of four."},
    )

    assert plain.status_code == 302
    grades = {grade.item: grade for grade in Grade.objects.all()}
    assert (grades["C06"].decision, grades["B1"].value) == ("accepted", ["B", "C"])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"decision": "changed", "remark": "Why"}, 422),
        ({"decision": "changed", "value": "1"}, 422),
        ({"decision": "returned"}, 422),
        ({"decision": "changed", "value": "9", "remark": "Why"}, 422),
        ({"revision": "x"}, 400),
        ({"revision": "7"}, 400),
        ({"decision": "nothing"}, 422),
    ],
)
def test_decision_that_does_not_hold_is_refused(
    client: Client, visit: Visit, assessor: User, given: dict[str, str], status: int
) -> None:
    sign_in(client, assessor)
    address = reverse("cohort:grade", args=[visit.assessment_id, "C06"])

    response = client.post(address, decision(**given), headers={"HX-Request": "true"})

    assert (response.status_code, response["X-Answer"]) == (status, "refused")
    assert not Grade.objects.exists()


@pytest.mark.parametrize("is_script", [True, False])
def test_two_officers_on_one_item_get_409_with_both_values(
    client: Client, visit: Visit, assessor: User, second_assessor: User, is_script: bool
) -> None:
    address = reverse("cohort:grade", args=[visit.assessment_id, "C06"])
    sign_in(client, assessor)
    client.post(address, decision(decision="changed", value="1", remark="Only a sheet."))
    sign_in(client, second_assessor)
    headers = {"HX-Request": "true"} if is_script else {}

    response = client.post(
        address, decision(decision="changed", value="3", remark="Linked with quality."), headers=headers
    )

    said = response.content.decode()
    assert response.status_code == 409
    assert "Only a sheet." in said
    assert "Linked with quality." in said
    assert assessor.name in said
    assert Grade.objects.get().value == 1
    client.post(address, decision(decision="changed", value="3", remark="Linked with quality.", revision="1"))
    assert Grade.objects.get().value == 3


def test_who_answered_for_the_company_gets_403_with_the_reason(
    client: Client, recommended: Assessment, owner: User, programme: Programme
) -> None:
    ProgrammeRole.objects.create(user=owner, programme=programme, role=Role.ASSESSOR)
    sign_in(client, owner)

    response = client.get(reverse("cohort:visit", args=[recommended.pk]))

    assert response.status_code == 403
    assert "You entered or submitted answers of this company." in response.content.decode()


def test_finishing_names_what_is_open_and_turns_the_level_verified(
    client: Client, visit: Visit, assessor: User, release: Release, officer: User
) -> None:
    sign_in(client, assessor)
    address = reverse("cohort:finish", args=[visit.assessment_id])
    accept_all(visit, assessor, leave={"C06"})

    assert "C06" in client.post(address, follow=True).content.decode()
    client.post(reverse("cohort:grade", args=[visit.assessment_id, "C06"]), decision())
    client.post(address)

    submission = Submission.objects.get(kind=Submission.Kind.VERIFIED)
    score_and_store([submission], release)
    assessment = Assessment.objects.get(pk=visit.assessment_id)
    assert assessment.is_verified
    sign_in(client, officer)
    assert assessment.company.name in page(client, "queue", step="accept")


@pytest.fixture
def verified(visit: Visit, assessor: User, release: Release) -> Assessment:
    accept_all(visit, assessor)
    score_and_store([visits.finish_visit(visit=visit, by=assessor)], release)
    return Assessment.objects.select_related("company").get(pk=visit.assessment_id)


def test_accepting_needs_conditions_and_papers(client: Client, verified: Assessment, officer: User) -> None:
    sign_in(client, officer)
    address = reverse("cohort:acceptance", args=[verified.pk])
    client.post(reverse("cohort:accept", args=[verified.pk]))
    assert not Assessment.objects.filter(accepted_at__isnull=False).exists()

    for condition in ("standing", "window", "benefit"):
        client.post(address, {"condition": condition, "finding": "met", "note": "Seen."})
    client.post(address, {"condition": "level", "finding": "met"})
    for kind in ("application", "assessment", "contract", "invoice", "no such kind"):
        upload = SimpleUploadedFile(f"{kind}.pdf", PDF + kind.encode())
        client.post(reverse("cohort:documents", args=[verified.pk]), {"kind": kind, "file": upload})
    client.post(reverse("cohort:accept", args=[verified.pk]))

    assert Assessment.objects.filter(accepted_at__isnull=False).exists()
    assert Document.objects.count() == 4
    contract = Document.objects.get(kind="contract")
    response = client.get(reverse("cohort:document", args=[contract.pk]))
    assert b"".join(response.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")


def test_batch_is_immutable_once_sent_and_its_table_is_a_workbook(
    client: Client, verified: Assessment, officer: User
) -> None:
    sign_in(client, officer)
    client.post(reverse("cohort:batches"), {"name": "2026-11"})
    batch = Batch.objects.get()
    address = reverse("cohort:batch", args=[batch.pk])
    client.post(address, {"send": "yes"})
    batch.refresh_from_db()
    assert not batch.is_sent

    client.post(address, {"add": [str(verified.pk)]})
    client.post(address, {"send": "yes"})
    batch.refresh_from_db()
    content = client.get(reverse("cohort:batch_table", args=[batch.pk])).content
    Company.objects.update(name="Another name")

    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    assert verified.company.credit_code in rows[4]
    assert "Another name" not in page(client, "batch", batch.pk)
    client.post(address, {"remove": [str(verified.pk)]})
    assert batch.entries.count() == 1
    with pytest.raises(TypeError):
        batch.save()


@pytest.fixture
def twins(scored: Assessment, release: Release) -> tuple[Assessment, Assessment]:
    """Two companies of different divisions with the same answers."""
    programme = scored.round.programme
    division = factories.make_division(programme.city, 2)
    other = factories.make_company(programme, number=2, division=division)
    copy = factories.make_assessment(other, scored.round, submitted_at=timezone.now())
    own = scored.submissions.get()
    made = Submission.objects.create(
        number="LZ-TWIN-TWIN",
        assessment=copy,
        kind=own.kind,
        content=own.content,
        sha256=own.sha256,
        instrument_version=own.instrument_version,
        instrument_sha256=own.instrument_sha256,
        vector=bytes(own.vector),
        submitted_at=timezone.now(),
    )
    score_and_store([made], release)
    for assessment in (scored, copy):
        Flag.objects.create(
            assessment=assessment,
            submission=own if assessment == scored else made,
            kind=Flag.Kind.TWIN,
            other=copy if assessment == scored else scored,
            evidence={"same": 60, "compared": 60, "differing": []},
            raised_at=timezone.now(),
        )
    return scored, copy


def test_pair_names_the_other_company_only_to_those_who_may_see_both(
    client: Client, twins: tuple[Assessment, Assessment], county_reviewer: User, officer: User
) -> None:
    other = twins[1].company.name
    sign_in(client, county_reviewer)
    said = page(client, "flags")
    assert "Nearly the same answers" in said
    assert "a company outside your area" in said
    assert other not in said
    sign_in(client, officer)
    assert other in page(client, "flags")


def test_flag_is_settled_with_a_comment_by_reviewers_and_read_by_auditors(
    client: Client, twins: tuple[Assessment, Assessment], officer: User, auditor: User
) -> None:
    flag = Flag.objects.get(assessment=twins[0])
    address = reverse("cohort:flag", args=[flag.pk])
    sign_in(client, auditor)
    assert client.get(address).status_code == 200
    assert client.post(address, {"disposition": "dismissed", "comment": "No."}).status_code == 403
    sign_in(client, officer)
    assert client.post(address, {"disposition": "explained"}).status_code == 422
    client.post(address, {"disposition": "explained", "comment": "Sister companies."})

    flag.refresh_from_db()
    assert (flag.disposition, flag.settled_by) == ("explained", officer)
    assert twins[0].company.name not in page(client, "flags", kind="jump")


def test_no_company_sees_flags(client: Client, twins: tuple[Assessment, Assessment], owner: User) -> None:
    sign_in(client, owner)
    flag = Flag.objects.get(assessment=twins[0])
    assert client.get(reverse("cohort:flags")).status_code == 403
    assert client.get(reverse("cohort:flag", args=[flag.pk])).status_code == 404
    for name in ("home", "result", "check"):
        response = client.get(reverse(f"assessments:{name}", args=[twins[0].pk]))
        assert "Nearly the same" not in response.content.decode()


def test_flags_are_raised_once_kept_and_lapse(scored: Assessment, officer: User) -> None:
    scored.company.machines_total = 10
    scored.company.save()
    raise_flags([scored])
    before = Flag.objects.count()
    raise_flags([scored])
    assert Flag.objects.count() == before
    flag = Flag.objects.create(
        assessment=scored,
        submission=scored.submissions.get(),
        kind=Flag.Kind.JUMP,
        item="C06",
        raised_at=timezone.now(),
    )
    flags.settle_flag(flag=flag, disposition=Flag.Disposition.CONFIRMED, comment="Seen.", by=officer)
    raise_flags([scored])
    flag.refresh_from_db()
    assert flag.lapsed_at is not None
    assert flag.disposition == "confirmed"


def test_sample_can_be_drawn_again_exactly(
    client: Client, twins: tuple[Assessment, Assessment], officer: User
) -> None:
    sign_in(client, officer)
    client.post(reverse("cohort:samples"), {"size": "1", "seed": "2026-11"})

    sample = VisitSample.objects.get()
    assert samples.redraw_sample(sample) == sample.drawn
    assert len(sample.drawn) == 1
    assert {entry["weight"] for entry in sample.frame} == {5}
    assert "Drawn again just now: the same companies." in page(client, "sample", sample.pk)


def test_chances_add_up_and_follow_the_weights() -> None:
    weights = {"a": 1, "b": 2, "c": 30, "d": 3}
    found = compute_chances(weights, 2)
    assert sum(found.values()) == 2
    assert found["c"] == 1
    assert found["b"] == 2 * found["a"]
    drawn = [draw_companies(weights, 2, str(seed)) for seed in range(600)]
    assert all("c" in companies and len(companies) == 2 for companies in drawn)
    share = sum("d" in companies for companies in drawn) / len(drawn)
    assert abs(share - float(found["d"])) < 0.06
    assert Risk(open_flags=2, confirmed_flags=1, has_twin=True, levels_above=5).weight == 1 + 4 + 4 + 2 + 2
