"""Who may do what: the one table of roles and verbs.

A role is held in a company (owner, member, delegate, provider) or in a programme (all others, some
limited to one area). `companies.permissions` finds the roles that a person holds towards a company;
this table says what they allow. What is not listed is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
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
    INVITE = "invite colleagues and hand out sections"
    PLAN = "make and change the company's plan"
    PRESCORE = "enter a service provider's own values"
    REVIEW = "check a submission and recommend or return it"
    VERIFY = "grade on site, item by item"
    ACCEPT = "accept a verified company"
    APPEAL = "appeal against a verification"
    SETTLE_FLAGS = "say what came of a hint for reviewers"
    LOG_CONTACT = "write down a contact with the company"
    SEE_PROGRAMME = "see the programme, its rounds and the lists it uses"
    RUN_PROGRAMME = "open rounds, invite companies, change deadlines and hand out reviews"
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
    PROMOTE_MODEL = "put a release of the model into use"
    MANAGE_USERS = "manage users, roles and access keys"
    READ_MESSAGES = "read what the company and the bureau write to each other"
    WRITE_MESSAGES = "write messages between the company and the bureau"
    SEE_AUDIT = "read the record of who did what"
    CALL_API = "use the programming interface within the key's scopes"


class Role(models.TextChoices):
    """A part that a person plays; see `ALLOWED` for what comes with it."""

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


COMPANY_ROLES = (Role.OWNER, Role.MEMBER, Role.DELEGATE, Role.PROVIDER)
PROGRAMME_ROLES = tuple(role for role in Role if role not in COMPANY_ROLES)

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

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _OWNER,
    Role.DELEGATE: _OWNER,
    Role.MEMBER: _TALK | frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS, Permission.ANSWER}),
    Role.PROVIDER: frozenset({Permission.SEE_COMPANY, Permission.SEE_ANSWERS, Permission.PRESCORE}),
    Role.COUNTY_REVIEWER: _TALK
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
    Role.ASSESSOR: _TALK
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
    Role.OFFICER: _TALK
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
    Role.STEWARD: frozenset(
        {
            Permission.SEE_COHORT,
            Permission.SEE_PROGRAMME,
            Permission.SEE_MODEL,
            Permission.TRAIN_MODEL,
            Permission.PROMOTE_MODEL,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_COMPANY,
            Permission.SEE_PROGRAMME,
            Permission.EDIT_LISTS,
            Permission.PUBLISH_INSTRUMENT,
            Permission.MANAGE_USERS,
            Permission.SEE_AUDIT,
        }
    ),
    Role.AUDITOR: frozenset(
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
    # What a key may do of this is in its scopes.
    Role.SERVICE_ACCOUNT: frozenset(
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
}

NO_VERB: frozenset[Permission] = frozenset()


def list_granting_person_roles(verb: Permission) -> tuple[Role, ...]:
    """List the roles of people that allow this: whom to ask."""
    return tuple(role for role in list_granting_roles(verb) if role is not Role.SERVICE_ACCOUNT)


def list_granting_roles(verb: Permission) -> tuple[Role, ...]:
    """List the roles that allow this, in the order of the enumeration."""
    return tuple(role for role in Role if verb in ALLOWED[role])


def combine_permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """Return all that the given roles allow together."""
    return NO_VERB.union(*(ALLOWED[Role(role)] for role in roles))
