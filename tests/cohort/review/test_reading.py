"""Who reads what at the review desk without deciding there, and what a form keeps that was refused."""

from __future__ import annotations

import io

from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.actions import batches, evidence
from assessments.models import Assessment, Batch, ConditionCheck, Return
from tests.assessments.files import PDF
from tests.assessments.pages import sign_in
from tests.markup import in_one_line


def test_returned_form_keeps_ticks_and_what_was_typed(
    client: Client, scored: Assessment, county_reviewer: User
) -> None:
    sign_in(client, county_reviewer)
    address = reverse("cohort:check", args=[scored.pk])

    answer = client.post(
        address, {"outcome": "return", "items": ["C06"], "C06-comment": "", "C07-comment": "Which lines?"}
    )
    page = in_one_line(answer.content.decode())

    assert '<input class="form-check-input" type="checkbox" name="items" value="C06" checked>' in page
    assert 'name="C07-comment" value="Which lines?"' in page
    assert not Return.objects.exists()


def test_county_opens_the_evidence_beside_each_item(
    client: Client, scored: Assessment, owner: User, county_reviewer: User
) -> None:
    file = evidence.attach_file(
        assessment=scored, item="C06", name="screen.pdf", upload=io.BytesIO(PDF), by=owner
    )
    sign_in(client, county_reviewer)

    page = client.get(reverse("cohort:check", args=[scored.pk])).content.decode()

    assert reverse("assessments:evidence_file", args=[file.pk]) in page
    assert file.name in page


def test_auditor_reads_conditions_and_batches_and_changes_nothing(
    client: Client, recommended: Assessment, officer: User, auditor: User
) -> None:
    batch = batches.create_batch(programme=recommended.round.programme, name="2026-11", by=officer)
    sign_in(client, auditor)
    acceptance = reverse("cohort:acceptance", args=[recommended.pk])
    address = reverse("cohort:batch", args=[batch.pk])
    for page in (acceptance, reverse("cohort:batches"), address):
        assert 'method="post" enctype' not in in_one_line(client.get(page).content.decode())
    assert acceptance in client.get(reverse("cohort:company", args=[recommended.company_id])).content.decode()

    assert client.post(acceptance, {"condition": "window", "finding": "met"}).status_code == 403
    assert client.post(reverse("cohort:batches"), {"name": "Mine"}).status_code == 403
    assert client.post(address, {"all": "yes"}).status_code == 403

    assert (Batch.objects.count(), batch.entries.count()) == (1, 0)
    assert not ConditionCheck.objects.exists()


def test_county_does_not_read_batches_of_the_whole_city(
    client: Client, recommended: Assessment, officer: User, county_reviewer: User
) -> None:
    batch = batches.create_batch(programme=recommended.round.programme, name="2026-11", by=officer)
    sign_in(client, county_reviewer)
    for name, arguments in (("batches", []), ("batch", [batch.pk]), ("batch_table", [batch.pk])):
        assert client.get(reverse(f"cohort:{name}", args=arguments)).status_code == 403


def test_all_that_wait_are_put_into_a_batch_at_once(
    client: Client, recommended: Assessment, officer: User
) -> None:
    batch = batches.create_batch(programme=recommended.round.programme, name="2026-11", by=officer)
    sign_in(client, officer)
    client.post(reverse("cohort:batch", args=[batch.pk]), {"all": "verified"})
    assert not batch.entries.exists()
    client.post(reverse("cohort:batch", args=[batch.pk]), {"all": "recommended"})
    assert list(batch.entries.values_list("assessment", flat=True)) == [recommended.pk]
