"""People and places that tests share: Alice owns a company, Bob works there, Charlie owns another one."""

from __future__ import annotations

import pytest
from django.db import transaction
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
def trained(django_db_setup: None, django_db_blocker: object) -> dict[str, object]:
    """The columns of a release, trained once for the whole run."""

    columns: dict[str, object] = {}
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
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
