"""What an installation needs before its first company: lists, a programme, an administrator and a model.

Every step looks first and adds only what is missing, so the whole may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from assessments.actions.releases import activate_release
from audit.record import record
from benchmarks.actions import costs, facilities, releases
from benchmarks.models import Activation, Release
from companies.audit_codes import CompanyAuditCode
from companies.models import Programme, ProgrammeRole
from companies.reference_data import store_industry, store_programme
from instrument import load_instrument

# Of the generated reference facilities and of the first release; any number would do, but it is written down.
SEED = 20241018

Say = Callable[[str], None]


def prepare_installation(*, programme_code: str, say: Say, seed: int = SEED) -> Programme:
    """Store the lists and the programme, generate reference facilities, train a release and activate it.

    Raises `companies.reference_data.UnknownProgramme`, or `instrument.DefinitionError` if the published
    questionnaire has been changed.
    """
    instrument = load_instrument()
    say(f"Instrument {instrument.version}: {len(instrument.items)} items, as published.")
    added = store_industry()
    programme, added_here = store_programme(programme_code)
    say(f"Lists and programme {programme.code}: {_format_count(added + added_here)}.")
    say(f"Typical costs of steps: {_format_count(costs.load_defaults(programme=programme, by=None))}.")
    _ensure_facilities(programme, seed, say)
    _ensure_release(programme, seed, say)
    return programme


def ensure_administrator(
    *, programme: Programme, email: str, name: str, password: Callable[[], str], say: Say
) -> User | None:
    """Make the administrator unless the programme has one; `password` is called only when one is needed.

    Raises `django.core.exceptions.ValidationError` if the password is too weak.
    """
    held = ProgrammeRole.objects.filter(programme=programme, role=Role.ADMINISTRATOR.value)
    if held.exists():
        say("Administrator: there is one already.")
        return None
    with transaction.atomic():
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            typed = password()
            validate_password(typed, User(email=email, name=name))
            user = User.objects.create_user(email, typed, name=name)
            record(CompanyAuditCode.USER_CREATED, user, by=None, programme_id=programme.pk)
        role = ProgrammeRole.objects.create(user=user, programme=programme, role=Role.ADMINISTRATOR.value)
        record(
            CompanyAuditCode.ROLE_GRANTED,
            role,
            by=None,
            programme_id=programme.pk,
            role=role.role,
            user=str(user.pk),
        )
    say(f"Administrator {user.email}: added.")
    return user


def _ensure_facilities(programme: Programme, seed: int, say: Say) -> None:
    try:
        count = facilities.generate(programme=programme, seed=seed, by=None)
    except facilities.AlreadyThere:
        say("Reference facilities: there already.")
    else:
        say(f"Reference facilities: {count} generated with seed {seed} and labelled as generated.")


def _ensure_release(programme: Programme, seed: int, say: Say) -> None:
    active = Release.objects.find_active(programme)
    if active is not None:
        say(f"Model release {active.name}: in use already.")
        return
    release = Release.objects.filter(programme=programme).first()
    if release is None:
        release = releases.fit_release(programme=programme, seed=seed, by=None)
        say(f"Model release {release.name}: trained.")
    if Activation.objects.exists():
        # Only the very first release of an installation may go without a second person.
        say(f"Model release {release.name}: a steward proposes it and a second person confirms it.")
        return
    activate_release(release=release, proposed_by=None, confirmed_by=None)
    say(f"Model release {release.name}: activated, recorded as the first of this installation.")


def _format_count(added: int) -> str:
    return f"{added} rows added" if added else "there already"
