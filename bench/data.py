"""Fills a PostgreSQL database with a programme of so many companies, each with one stored submission.

One company, assessment and submission are made as the product makes them and then multiplied by the database
itself, so that a million take a minute. Stages are drawn from the generated world of the reference sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from assessments.models import Assessment, Round, Submission
from benchmarks.actions import facilities, releases
from benchmarks.ml.synthetic_population import REFERENCE_MIX, draw_reference_sample
from benchmarks.models import Activation, Release
from companies.models import Listing, Programme
from instrument import load_instrument
from tests import factories

SEED = 20241018
# Sets of answers that companies share out among themselves.
SETS = 5_000
# Where the numbers in the credit codes begin: of companies that are multiplied, that answer, that submit one by one.
FIRST_TEMPLATE, FIRST_ANSWERED, FIRST_SINGLE = 90_000, 80_000, 0


def fill_programme(count: int) -> Release:
    """Make a programme with a release and `count` companies, each with a submission not scored yet."""
    programme = factories.make_programme(code=f"bench-{count}")
    release = _get_or_train_release(programme)
    now = timezone.now()
    with transaction.atomic():
        round_ = factories.make_round(programme, opens_at=now - timedelta(days=9))
        company = factories.make_company(programme, number=FIRST_TEMPLATE + Programme.objects.count())
        assessment = factories.make_assessment(company, round_)
        submission = Submission.objects.create(
            number=f"B{count}-0",
            assessment=assessment,
            kind=Submission.Kind.SELF,
            origin=Submission.Origin.WORKBOOK,
            content='{"answers":{}}',
            sha256="f" * 64,
            instrument_version=load_instrument().version,
            instrument_sha256=load_instrument().sha256,
            vector=bytes(len(load_instrument().items)),
            declared=True,
            submitted_at=now,
        )
        listing = Listing.objects.get(company=company)
        _store_sets()
        places = count - 1
        company_id = f"md5('company {count} ' || place)::uuid"
        assessment_id = f"md5('assessment {count} ' || place)::uuid"
        multiply(
            company,
            places,
            {
                "id": company_id,
                "credit_code": f"'B' || lpad({count}::text, 8, '0') || lpad(place::text, 9, '0')",
                "name": "'测试企业' || place",
            },
        )
        multiply(listing, places, {"company_id": company_id})
        multiply(assessment, places, {"id": assessment_id, "company_id": company_id})
        multiply(
            submission,
            places,
            {
                "id": f"md5('submission {count} ' || place)::uuid",
                "number": f"'B{count}-' || place",
                "assessment_id": assessment_id,
                "vector": f"(SELECT vector FROM bench_sets WHERE number = mod(place, {SETS}))",
            },
        )
    _update_statistics()
    assert Submission.objects.filter(assessment__round=round_).count() == count
    return release


def fill_answered_programme(count: int) -> Programme:
    """Make a programme of `count` companies with all questions answered, at different stages."""
    code = f"bench-answered-{count}"
    found = Programme.objects.filter(code=code).first()
    if found is not None:
        return found
    with transaction.atomic():
        programme = factories.make_programme(code=code)
        round_ = factories.make_round(programme)
        for number in range(count):
            company = factories.make_company(programme, number=FIRST_ANSWERED + number)
            assessment = factories.make_assessment(company, round_)
            factories.store_answers(assessment, factories.full_answers(number % 5))
    _update_statistics()
    return programme


def multiply(template: models.Model, places: int, overrides: Mapping[str, str]) -> None:
    """Insert copies of a stored row, numbered by `place` from 1, with these columns of their own."""
    table = template._meta.db_table
    columns = [
        str(field.column)
        for field in template._meta.concrete_fields
        if not isinstance(field, models.AutoField) or field.column in overrides
    ]
    values = [overrides.get(column, f"template.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {table} AS template, generate_series(1, %s) AS place WHERE template.id = %s",
            [places, template.pk],
        )


def forget_runs(release: Release) -> None:
    """Take the score runs of a release away again, with everything that came of them.

    The product never deletes a run, so nothing finds who points to one: references are not checked here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"UPDATE {Assessment._meta.db_table} SET self_run_id = NULL, verified_run_id = NULL, scored_at = NULL "
            f"WHERE round_id IN (SELECT id FROM {Round._meta.db_table} WHERE programme_id = %s)",
            [release.programme_id],
        )
        cursor.execute("DELETE FROM assessments_score_run WHERE release_id = %s", [release.pk])
        cursor.execute("TRUNCATE audit_feed_event CASCADE")
        cursor.execute("DELETE FROM jobs_job")
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE assessments_score_run")
        cursor.execute("VACUUM ANALYZE assessments_assessment")


def _get_or_train_release(programme: Programme) -> Release:
    found = Release.objects.filter(programme=programme).first()
    if found is not None:
        return found  # left by a first run that broke off
    other: Any = Release.objects.values().first()
    if other is None:
        if not programme.facilities.exists():
            facilities.generate(programme=programme, seed=SEED, by=None)
        release = releases.fit_release(programme=programme, seed=SEED, by=None)
    else:
        # The same model serves every size.
        copied = {name: value for name, value in other.items() if name not in {"id", "programme_id"}}
        release = Release.objects.create(programme=programme, **copied)
    Activation.objects.create(programme=programme, release=release, is_bootstrap=True)
    return release


def _update_statistics() -> None:
    """Do what the server does by itself in operation, a while after so much was stored."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _store_sets() -> None:
    instrument = load_instrument()
    factor = -(-SETS // sum(REFERENCE_MIX))
    stages, _tiers, _sectors = draw_reference_sample(
        instrument.list_max_stages(),
        [instrument.get_item(code).dimension for code in instrument.item_order],
        [float(instrument.get_weight(code)) for code in instrument.item_order],
        SEED + 1,
        codes=instrument.item_order,
        not_applicable=sorted(instrument.not_applicable_allowed),
        mix=[factor * part for part in REFERENCE_MIX],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS bench_sets (number int PRIMARY KEY, vector bytea) ON COMMIT DROP"
        )
        with cursor.copy("COPY bench_sets FROM STDIN") as copy:
            for number, row in enumerate(stages[:SETS]):
                copy.write_row((number, row.tobytes()))


def find_filled_release(count: int) -> Release | None:
    """Return the release of a filled programme of this size; None where it is not filled."""
    release = Release.objects.filter(programme__code=f"bench-{count}").first()
    stored = Submission.objects.filter(assessment__round__programme__code=f"bench-{count}").count()
    return release if stored >= count else None
