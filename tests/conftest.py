"""People and places that tests share: Alice owns a company, Bob works there, Charlie owns another one."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from assessments.actions import submissions
from assessments.models import Assessment, Round
from assessments.scoring.compute import score_and_store
from benchmarks.actions import facilities, releases
from benchmarks.models import Release
from companies.models import Company, Membership, Programme
from tests import factories
from tests.once import find_shared_folder, make_once
from tests.schema_copy import copy_schema_before_migrating, find_kept_schema, keep_schema


@pytest.fixture
def programme(db: None) -> Programme:
    return factories.make_programme()


@pytest.fixture
def company(programme: Programme) -> Company:
    return factories.make_company(programme, number=1)


@pytest.fixture
def owner(company: Company) -> User:
    return factories.make_member(company, "Alice")


@pytest.fixture
def colleague(company: Company) -> User:
    return factories.make_member(company, "Bob", Role.MEMBER)


@pytest.fixture
def other_company(programme: Programme) -> Company:
    return factories.make_company(programme, number=2)


@pytest.fixture
def stranger(other_company: Company) -> User:
    return factories.make_member(other_company, "Charlie")


@pytest.fixture
def officer(programme: Programme) -> User:
    return factories.make_staff(programme, Role.OFFICER)


@pytest.fixture
def county_reviewer(programme: Programme, company: Company) -> User:
    return factories.make_staff(programme, Role.COUNTY_REVIEWER, area=company.division)


@pytest.fixture
def assessor(programme: Programme) -> User:
    return factories.make_staff(programme, Role.ASSESSOR)


@pytest.fixture
def steward(programme: Programme) -> User:
    return factories.make_staff(programme, Role.STEWARD)


@pytest.fixture
def administrator(programme: Programme) -> User:
    return factories.make_staff(programme, Role.ADMINISTRATOR)


@pytest.fixture
def auditor(programme: Programme) -> User:
    return factories.make_staff(programme, Role.AUDITOR)


@pytest.fixture
def provider(company: Company) -> User:
    user = factories.make_user("Provider")
    Membership.objects.create(user=user, company=company, role=Role.PROVIDER.value)
    return user


@pytest.fixture
def round_t0(programme: Programme) -> Round:
    return factories.make_round(programme)


@pytest.fixture
def assessment(company: Company, round_t0: Round) -> Assessment:
    return factories.make_assessment(company, round_t0)


@pytest.fixture
def answered(assessment: Assessment, owner: User) -> Assessment:
    factories.store_answers(assessment, by=owner)
    return assessment


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Copy the tables of a database in memory where an earlier run has kept them."""
    kept = find_kept_schema()
    if connection.vendor == "sqlite" and kept.exists():
        copy_schema_before_migrating(connection, kept)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Keep the tables for the next run where they had to be made."""
    kept = find_kept_schema()
    if connection.vendor == "sqlite" and not kept.exists():
        with django_db_blocker.unblock():
            keep_schema(connection, kept)


@pytest.fixture(scope="session")
def trained(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, object]:
    """The columns of a release, trained once for the whole run, whatever its processes."""
    with django_db_blocker.unblock():
        return make_once(find_shared_folder(tmp_path_factory) / "trained.pickle", train_release)


def train_release() -> dict[str, object]:
    """Train a model version on generated facilities and return its columns; the database stays as it was."""
    columns: dict[str, object] = {}
    with transaction.atomic():
        programme = factories.make_programme(code="for-training")
        facilities.generate(programme=programme, seed=20241018, by=None)
        release = releases.fit_release(programme=programme, seed=20241018, by=None)
        columns = {
            field.attname: getattr(release, field.attname)
            for field in Release._meta.concrete_fields
            if field.attname not in {"id", "programme_id", "trained_at"}
        }
        transaction.set_rollback(True)
    return columns


@pytest.fixture
def release(programme: Programme, trained: dict[str, object]) -> Release:
    """An active release of the programme."""
    made = Release.objects.create(programme=programme, **trained)
    releases.promote(release=made, proposed_by=None, confirmed_by=None)
    return made


@pytest.fixture
def scored(answered: Assessment, owner: User, release: Release) -> Assessment:
    """An assessment that was submitted and scored, without a worker."""

    made = submissions.submit_answers(assessment=answered, declared=True, by=owner)
    score_and_store([made], release)
    answered.refresh_from_db()
    return answered


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches a database: pytest-django lets no other test near one."""
    for item in items:
        wanted = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if wanted or item.get_closest_marker("django_db") is not None:
            item.add_marker(pytest.mark.database)


def pytest_collection_finish() -> None:
    """Search what is loaded now for garbage no more, and the rest more rarely: it took a tenth of the time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
