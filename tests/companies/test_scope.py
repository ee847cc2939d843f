"""Who may do what, asked for one company and asked of the database: both ways agree, whatever a person holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import COMPANY_ROLES, PROGRAMME_ROLES, ROLES, Permission, Role, Scope
from companies.models import Area, Company, Membership, Programme, ProgrammeRole
from companies.models.scope import REACHES, build_company_condition, build_programme_condition
from companies.permissions import can_reach_all_listed, permissions_in_company, permissions_in_programme
from tests import factories

pytestmark = pytest.mark.django_db

ENDS = {"never": None, "later": timedelta(hours=1), "over": -timedelta(hours=1)}
COMPANIES, PROGRAMMES, AREAS = 7, 2, 3


@dataclass(frozen=True)
class World:
    """Companies in all situations: where they are listed, who reviews them, who took them over."""

    programmes: list[Programme]
    areas: list[Area]
    companies: list[Company]
    user: User


@dataclass(frozen=True)
class Held:
    """A role that the person holds: in a company or in a programme, in all of it (no area) or not."""

    role: Role
    place: int
    area: int | None
    end: str


@pytest.fixture
def world() -> World:
    city = factories.make_city()
    first, second = factories.make_programme(city), factories.make_programme(city, "later")
    one, two = factories.make_division(city, 1), factories.make_division(city, 2)
    new_area = factories.make_functional_area(city)
    plain = factories.make_company(first, division=one)
    overlaid = factories.make_company(first, division=one, functional_area=new_area)
    twice = factories.make_company(first, division=two)
    twice.listings.create(programme=second)
    unlisted = factories.make_company(division=two)
    left = factories.make_company(second, division=one)
    left.listings.update(ended_on=date(2025, 1, 1), end_kind="left")
    absorbed = factories.make_company(second, division=two, merged_into=plain)
    unlisted_absorbed = factories.make_company(division=one, merged_into=twice)
    return World(
        [first, second],
        [one, two, new_area],
        [plain, overlaid, twice, unlisted, left, absorbed, unlisted_absorbed],
        factories.make_user("Somebody"),
    )


def give(world: World, held: Held) -> None:
    """Give the person the role; left out is what nobody can hold, as a second role in the same place."""
    end = ENDS[held.end]
    expires_at = None if end is None else timezone.now() + end
    if ROLES[held.role].scope is Scope.COMPANY:
        Membership.objects.get_or_create(
            user=world.user,
            company=world.companies[held.place % COMPANIES],
            defaults={"role": held.role.value, "expires_at": expires_at},
        )
    elif held.area is not None or not ROLES[held.role].needs_area:
        ProgrammeRole.objects.get_or_create(
            user=world.user,
            programme=world.programmes[held.place % PROGRAMMES],
            role=held.role.value,
            area=None if held.area is None else world.areas[held.area],
            defaults={"expires_at": expires_at},
        )


def assert_both_ways_agree(world: World) -> None:
    in_companies = {company.pk: permissions_in_company(world.user, company) for company in world.companies}
    in_programmes = {
        programme.pk: permissions_in_programme(world.user, programme) for programme in world.programmes
    }
    for verb in Permission:
        assert set(Company.objects.allowing(world.user, verb).values_list("pk", flat=True)) == {
            pk for pk, verbs in in_companies.items() if verb in verbs
        }, verb
        assert set(Programme.objects.allowing(world.user, verb).values_list("pk", flat=True)) == {
            pk for pk, verbs in in_programmes.items() if verb in verbs
        }, verb
    for programme, verb in product(world.programmes, (Permission.SEE_COHORT, Permission.SEE_ANSWERS)):
        if can_reach_all_listed(world.user, programme, verb):
            listed = Company.objects.filter(listings__programme=programme)
            assert all(verb in in_companies[company.pk] for company in listed)


HELD = st.builds(
    Held,
    role=st.sampled_from(Role),
    place=st.integers(0, COMPANIES - 1),
    area=st.none() | st.integers(0, AREAS - 1),
    end=st.sampled_from(sorted(ENDS)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(HELD, max_size=5))
def test_both_ways_agree_whatever_somebody_holds(world: World, roles: list[Held]) -> None:
    with transaction.atomic():
        for held in roles:
            give(world, held)
        assert_both_ways_agree(world)
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", Role)
def test_both_ways_agree_for_each_role_by_itself(world: World, role: Role) -> None:
    areas = [None] if role in COMPANY_ROLES else [None, 0, 2]
    for area, end in product(areas, ENDS):
        with transaction.atomic():
            give(world, Held(role, 0, area, end))
            assert_both_ways_agree(world)
            memberships = Membership.objects.filter(user=world.user)
            programme_roles = ProgrammeRole.objects.filter(user=world.user)
            is_held = any(one.is_current for one in memberships) or any(
                one.is_current for one in programme_roles
            )
            assert permissions_in_company(world.user, world.companies[0]) == (
                ROLES[role].permissions if is_held and area != 2 else frozenset()
            )
            transaction.set_rollback(True)


def test_who_is_not_signed_in_may_do_nothing(world: World) -> None:
    nobody = AnonymousUser()
    assert not permissions_in_company(nobody, world.companies[0])
    assert not permissions_in_programme(nobody, world.programmes[0])
    for verb in Permission:
        assert not Company.objects.filter(build_company_condition(nobody, verb)).exists()
        assert not Programme.objects.filter(build_programme_condition(nobody, verb)).exists()


def test_the_table_has_every_role_and_every_scope_has_its_reach() -> None:
    assert set(ROLES) == set(Role)
    assert set(REACHES) == set(Scope)
    assert {*COMPANY_ROLES, *PROGRAMME_ROLES} == set(Role)


def test_whoever_of_a_programme_reads_answers_sees_its_cohort() -> None:
    """The list of companies is narrowed by one condition; see `cohort.queries.cohort`."""
    for role in PROGRAMME_ROLES:
        if Permission.SEE_ANSWERS in ROLES[role].permissions:
            assert Permission.SEE_COHORT in ROLES[role].permissions, role


def test_asking_for_one_company_takes_two_queries(world: World, django_assert_num_queries: object) -> None:
    give(world, Held(Role.OWNER, 0, None, "never"))
    absorbed = Company.objects.select_related("division", "functional_area").get(pk=world.companies[5].pk)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert permissions_in_company(world.user, absorbed) == {
            Permission.SEE_COMPANY,
            Permission.SEE_ANSWERS,
        }
