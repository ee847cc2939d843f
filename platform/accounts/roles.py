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


class Verb(StrEnum):
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
_TALK = frozenset({Verb.READ_MESSAGES, Verb.WRITE_MESSAGES})
_OWNER = _TALK | frozenset(
    {
        Verb.SEE_COMPANY,
        Verb.EDIT_COMPANY,
        Verb.SEE_ANSWERS,
        Verb.ANSWER,
        Verb.SUBMIT,
        Verb.INVITE,
        Verb.APPEAL,
        Verb.PLAN,
    }
)

ALLOWED: dict[Role, frozenset[Verb]] = {
    Role.OWNER: _OWNER,
    Role.DELEGATE: _OWNER,
    Role.MEMBER: _TALK | frozenset({Verb.SEE_COMPANY, Verb.SEE_ANSWERS, Verb.ANSWER}),
    Role.PROVIDER: frozenset({Verb.SEE_COMPANY, Verb.SEE_ANSWERS, Verb.PRESCORE}),
    Role.COUNTY_REVIEWER: _TALK
    | frozenset(
        {
            Verb.SEE_COMPANY,
            Verb.SEE_ANSWERS,
            Verb.SEE_COHORT,
            Verb.READ_BRIEFING,
            Verb.REVIEW,
            Verb.SEE_FLAGS,
            Verb.SETTLE_FLAGS,
            Verb.LOG_CONTACT,
            Verb.SEE_PROGRAMME,
            Verb.EXPORT,
        }
    ),
    Role.ASSESSOR: _TALK
    | frozenset(
        {
            Verb.SEE_COMPANY,
            Verb.SEE_ANSWERS,
            Verb.SEE_COHORT,
            Verb.READ_BRIEFING,
            Verb.VERIFY,
            Verb.SEE_FLAGS,
            Verb.SETTLE_FLAGS,
            Verb.LOG_CONTACT,
            Verb.SEE_PROGRAMME,
        }
    ),
    Role.OFFICER: _TALK
    | frozenset(
        {
            Verb.SEE_COMPANY,
            Verb.EDIT_COMPANY,
            Verb.SEE_ANSWERS,
            Verb.SEE_COHORT,
            Verb.READ_BRIEFING,
            Verb.EDIT_BRIEFING,
            Verb.SEE_PROGRAMME,
            Verb.RUN_PROGRAMME,
            Verb.ANSWER_FOR,
            Verb.EDIT_LISTS,
            Verb.LOAD_COHORT,
            Verb.ACCEPT,
            Verb.EXPORT,
            Verb.EDIT_COSTS,
            Verb.SEE_FLAGS,
            Verb.SETTLE_FLAGS,
            Verb.LOG_CONTACT,
            Verb.SEE_MODEL,
        }
    ),
    Role.STEWARD: frozenset(
        {Verb.SEE_COHORT, Verb.SEE_PROGRAMME, Verb.SEE_MODEL, Verb.TRAIN_MODEL, Verb.PROMOTE_MODEL}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Verb.SEE_COMPANY,
            Verb.SEE_PROGRAMME,
            Verb.EDIT_LISTS,
            Verb.PUBLISH_INSTRUMENT,
            Verb.MANAGE_USERS,
            Verb.SEE_AUDIT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Verb.READ_MESSAGES,
            Verb.SEE_COMPANY,
            Verb.SEE_ANSWERS,
            Verb.SEE_COHORT,
            Verb.READ_BRIEFING,
            Verb.SEE_PROGRAMME,
            Verb.SEE_FLAGS,
            Verb.SEE_MODEL,
            Verb.SEE_AUDIT,
        }
    ),
    # What a key may do of this is in its scopes.
    Role.SERVICE_ACCOUNT: frozenset(
        {
            Verb.SEE_COMPANY,
            Verb.EDIT_COMPANY,
            Verb.SEE_ANSWERS,
            Verb.SEE_COHORT,
            Verb.LOAD_COHORT,
            Verb.SEE_MODEL,
            Verb.CALL_API,
        }
    ),
}

NO_VERB: frozenset[Verb] = frozenset()


def people_with(verb: Verb) -> tuple[Role, ...]:
    """The roles of people that allow `verb`: whom to ask."""
    return tuple(role for role in roles_with(verb) if role is not Role.SERVICE_ACCOUNT)


def roles_with(verb: Verb) -> tuple[Role, ...]:
    """The roles that allow `verb`, in the order of the enumeration."""
    return tuple(role for role in Role if verb in ALLOWED[role])


def verbs_of(roles: Iterable[str]) -> frozenset[Verb]:
    """All that the given roles allow together."""
    return NO_VERB.union(*(ALLOWED[Role(role)] for role in roles))
