"""Who may do what: the one table of roles, what each allows, and where it is held.

What is not listed is refused. `companies.models.scope` derives both forms of the question from this table: what a
person may do towards one company (Python), and towards which companies a person may do it (a condition in the
database). Nothing else knows which role allows what.

To add a role: a member of `Role`, its rule in `ROLES`, and the migration that `makemigrations` writes, as the
tables of roles name those they take; a page or an action that it opens asks for a permission, never for the role.
`tests/permission_groups.py` then says which addresses it opens. If the role reaches companies in a way that there is
not yet (an industry, the projects it serves), add a member of `Scope` and the two halves of its reach in
`companies.models.scope`, which stand side by side; the test that compares them walks over all roles by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """Everything that somebody can be allowed to do, in plain words."""

    SEE_COMPANY = "see the company's profile and where its assessment stands"
    EDIT_COMPANY = "change the company's profile"
    SEE_ANSWERS = "read answers and results of the company"
    ANSWER = "answer questions for the company"
    SUBMIT = "submit the company's answers"
    INVITE = "invite colleagues and assign sections"
    PLAN = "make and change the company's plan"
    PRESCORE = "enter a service provider's own values"
    REVIEW = "check a submission and recommend or return it"
    VERIFY = "grade on site, item by item"
    ACCEPT = "accept a verified company"
    APPEAL = "appeal against a verification"
    SETTLE_FLAGS = "say what came of a hint for reviewers"
    LOG_CONTACT = "write down a contact with the company"
    SEE_PROGRAMME = "see the programme, its rounds and the lists it uses"
    RUN_PROGRAMME = "open rounds, invite companies, change deadlines and assign reviews"
    ANSWER_FOR = "enter answers on a company's behalf"
    EDIT_LISTS = "change areas, parks, sectors and key industries"
    PUBLISH_INSTRUMENT = "make a version of the questionnaire available for new rounds"
    SEE_COHORT = "see the overview and the list of companies"
    LOAD_COHORT = "load companies and answers from a workbook"
    EXPORT = "export lists of companies"
    EDIT_COSTS = "change the typical costs of steps"
    SEE_FLAGS = "see hints for reviewers"
    READ_BRIEFING = "read the monthly briefings"
    EDIT_BRIEFING = "draft, edit and approve the monthly briefings"
    SEE_MODEL = "see the model, its releases and the reference facilities"
    TRAIN_MODEL = "train a release of the model"
    PROMOTE_MODEL = "activate a release of the model"
    MANAGE_USERS = "manage users, roles and access keys"
    READ_MESSAGES = "read what the company and the bureau write to each other"
    WRITE_MESSAGES = "write messages between the company and the bureau"
    SEE_AUDIT = "read the audit log"
    CALL_API = "use the programming interface within the key's scopes"


class Role(models.TextChoices):
    """A part that a person plays; see `ROLES` for what comes with it."""

    OWNER = "owner", _("Company owner")
    MEMBER = "member", _("Company member")
    DELEGATE = "delegate", _("Company delegate")
    PROVIDER = "provider", _("Service provider")
    COUNTY_REVIEWER = "county_reviewer", _("County reviewer")
    ASSESSOR = "assessor", _("Assessor of the service centre")
    OFFICER = "officer", _("Bureau officer")
    STEWARD = "steward", _("Model steward")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")
    SERVICE_ACCOUNT = "service_account", _("Service account")


class Scope(StrEnum):
    """The place in which a role is held, and so how far it reaches. Every role may have an end."""

    # By membership: it reaches this company, and of those that it absorbed what `ABOUT_ABSORBED` says.
    COMPANY = "a company"
    # It reaches the programme and the companies on its list, those who left included; of these only the ones
    # reviewed in its area where the role is given for one.
    PROGRAMME = "a programme, or an area of it"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Where a role is held and what it allows there."""

    scope: Scope
    permissions: frozenset[Permission]
    # Given for one area, never for the whole programme.
    needs_area: bool = False


# People who talk with each other about an assessment.
_TALK = frozenset({Permission.READ_MESSAGES, Permission.WRITE_MESSAGES})
_OWNER = _TALK | frozenset(
    {
        Permission.SEE_COMPANY,
        Permission.EDIT_COMPANY,
        Permission.SEE_ANSWERS,
        Permission.ANSWER,
        Permission.SUBMIT,
        Permission.INVITE,
        Permission.APPEAL,
        Permission.PLAN,
    }
)

ROLES: dict[Role, RoleRule] = {
    Role.OWNER: RoleRule(Scope.COMPANY, _OWNER),
    Role.DELEGATE: RoleRule(Scope.COMPANY, _OWNER),
    Role.MEMBER: RoleRule(
        Scope.COMPANY, _TALK | frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS, Permission.ANSWER})
    ),
    Role.PROVIDER: RoleRule(
        Scope.COMPANY, frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS, Permission.PRESCORE})
    ),
    Role.COUNTY_REVIEWER: RoleRule(
        Scope.PROGRAMME,
        _TALK
        | frozenset(
            {
                Permission.SEE_COMPANY,
                Permission.SEE_ANSWERS,
                Permission.SEE_COHORT,
                Permission.READ_BRIEFING,
                Permission.REVIEW,
                Permission.SEE_FLAGS,
                Permission.SETTLE_FLAGS,
                Permission.LOG_CONTACT,
                Permission.SEE_PROGRAMME,
                Permission.EXPORT,
            }
        ),
        needs_area=True,
    ),
    Role.ASSESSOR: RoleRule(
        Scope.PROGRAMME,
        _TALK
        | frozenset(
            {
                Permission.SEE_COMPANY,
                Permission.SEE_ANSWERS,
                Permission.SEE_COHORT,
                Permission.READ_BRIEFING,
                Permission.VERIFY,
                Permission.SEE_FLAGS,
                Permission.SETTLE_FLAGS,
                Permission.LOG_CONTACT,
                Permission.SEE_PROGRAMME,
            }
        ),
    ),
    Role.OFFICER: RoleRule(
        Scope.PROGRAMME,
        _TALK
        | frozenset(
            {
                Permission.SEE_COMPANY,
                Permission.EDIT_COMPANY,
                Permission.SEE_ANSWERS,
                Permission.SEE_COHORT,
                Permission.READ_BRIEFING,
                Permission.EDIT_BRIEFING,
                Permission.SEE_PROGRAMME,
                Permission.RUN_PROGRAMME,
                Permission.ANSWER_FOR,
                Permission.EDIT_LISTS,
                Permission.LOAD_COHORT,
                Permission.ACCEPT,
                Permission.EXPORT,
                Permission.EDIT_COSTS,
                Permission.SEE_FLAGS,
                Permission.SETTLE_FLAGS,
                Permission.LOG_CONTACT,
                Permission.SEE_MODEL,
            }
        ),
    ),
    Role.STEWARD: RoleRule(
        Scope.PROGRAMME,
        frozenset(
            {
                Permission.SEE_COHORT,
                Permission.SEE_PROGRAMME,
                Permission.SEE_MODEL,
                Permission.TRAIN_MODEL,
                Permission.PROMOTE_MODEL,
            }
        ),
    ),
    Role.ADMINISTRATOR: RoleRule(
        Scope.PROGRAMME,
        frozenset(
            {
                Permission.SEE_COMPANY,
                Permission.SEE_PROGRAMME,
                Permission.EDIT_LISTS,
                Permission.PUBLISH_INSTRUMENT,
                Permission.MANAGE_USERS,
                Permission.SEE_AUDIT,
            }
        ),
    ),
    Role.AUDITOR: RoleRule(
        Scope.PROGRAMME,
        frozenset(
            {
                Permission.READ_MESSAGES,
                Permission.SEE_COMPANY,
                Permission.SEE_ANSWERS,
                Permission.SEE_COHORT,
                Permission.READ_BRIEFING,
                Permission.SEE_PROGRAMME,
                Permission.SEE_FLAGS,
                Permission.SEE_MODEL,
                Permission.SEE_AUDIT,
            }
        ),
    ),
    # What a key may do of this is in its scopes.
    Role.SERVICE_ACCOUNT: RoleRule(
        Scope.PROGRAMME,
        frozenset(
            {
                Permission.SEE_COMPANY,
                Permission.EDIT_COMPANY,
                Permission.SEE_ANSWERS,
                Permission.SEE_COHORT,
                Permission.LOAD_COHORT,
                Permission.SEE_MODEL,
                Permission.CALL_API,
            }
        ),
    ),
}

COMPANY_ROLES = tuple(role for role in Role if ROLES[role].scope is Scope.COMPANY)
PROGRAMME_ROLES = tuple(role for role in Role if ROLES[role].scope is Scope.PROGRAMME)
# People who work for a programme.
STAFF_ROLES = tuple(role for role in PROGRAMME_ROLES if role is not Role.SERVICE_ACCOUNT)
# What the people of a company may do towards the companies that it absorbed.
ABOUT_ABSORBED = frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS})

NO_VERB: frozenset[Permission] = frozenset()


def list_granting_person_roles(verb: Permission) -> tuple[Role, ...]:
    """List the roles of people that allow this: whom to ask."""
    return tuple(role for role in list_granting_roles(verb) if role is not Role.SERVICE_ACCOUNT)


def list_granting_roles(verb: Permission, scope: Scope | None = None) -> tuple[Role, ...]:
    """List the roles that allow this, in the order of the enumeration; of one scope where it is given."""
    return tuple(
        role
        for role in Role
        if verb in ROLES[role].permissions and (scope is None or ROLES[role].scope is scope)
    )


def combine_permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """Return all that the given roles allow together."""
    return NO_VERB.union(*(ROLES[Role(role)].permissions for role in roles))
