"""One person for each role, with passwords drawn anew for each demonstration."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.actions import issue_key
from accounts.models import ApiKey, User
from accounts.purpose import VERSION
from accounts.roles import Role
from companies.models import Area, Company, Membership, Programme, ProgrammeRole

ACCOUNTS_FILE = "demo-accounts.json"
KEY_FILE = "demo-api-key"
KEY_LIFE = timedelta(days=365)
ROLE_LIFE = timedelta(days=180)
# Companies that let the service provider in besides the managed one.
OTHERS_PRESCORED = 3
_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - an alphabet, not a password
_OF_COMPANY = {
    Role.OWNER: "韦建平", Role.MEMBER: "覃晓燕", Role.DELEGATE: "莫志强", Role.PROVIDER: "梁文斌",
}  # fmt: skip
_OF_PROGRAMME = {
    Role.OFFICER: "农丽华", Role.COUNTY_REVIEWER: "陆涛", Role.ASSESSOR: "黄海波",
    Role.STEWARD: "蒙雪梅", Role.ADMINISTRATOR: "潘永胜", Role.AUDITOR: "卢春燕",
}  # fmt: skip
_SCOPES = (
    ApiKey.Scope.COMPANIES_READ, ApiKey.Scope.ASSESSMENTS_READ, ApiKey.Scope.SCORES_READ,
    ApiKey.Scope.COHORT_READ, ApiKey.Scope.MODEL_READ,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """One sign-in as it is printed and written down."""

    role: str
    name: str
    email: str
    password: str


def make_people(*, programme: Programme, managed: Company, folder: Path) -> list[Account]:
    """Make the people and write their sign-ins to `folder`, readable by its owner only.

    Where the file exists the people do too, and it is read instead.
    """
    path = folder / ACCOUNTS_FILE
    if path.exists():
        return [Account(**row) for row in json.loads(path.read_text(encoding="utf-8"))]
    with transaction.atomic():
        accounts = [_create_account(role, name) for role, name in (_OF_COMPANY | _OF_PROGRAMME).items()]
        users = {account.role: User.objects.get(email=account.email) for account in accounts}
        for role in _OF_COMPANY:
            Membership.objects.update_or_create(
                user=users[role.value], company=managed, defaults={"role": role.value, **_get_expiry(role)}
            )
        others = Company.objects.filter(listings__programme=programme).exclude(pk=managed.pk)
        for company in others.order_by("credit_code")[:OTHERS_PRESCORED]:
            Membership.objects.update_or_create(
                user=users[Role.PROVIDER.value],
                company=company,
                defaults={"role": Role.PROVIDER.value, **_get_expiry(Role.PROVIDER)},
            )
        for role in _OF_PROGRAMME:
            area = _get_reviewing_area(managed) if role is Role.COUNTY_REVIEWER else None
            ProgrammeRole.objects.update_or_create(
                user=users[role.value], programme=programme, role=role.value, area=area
            )
        key = _issue_service_key(programme)
    _write_private(folder / KEY_FILE, key + "\n")
    rows = [asdict(account) for account in accounts]
    _write_private(path, json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    return accounts


def _get_expiry(role: Role) -> dict[str, datetime]:
    """Return the end of the roles that are given for a time."""
    if role not in (Role.DELEGATE, Role.PROVIDER):
        return {}
    return {"expires_at": timezone.now() + ROLE_LIFE}


def _create_account(role: Role, name: str) -> Account:
    email = f"{role.value.replace('_', '-')}@demo.example"
    password = "-".join("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(4)) for _ in range(4))
    user = User.objects.filter(email=email).first() or User(email=email, name=name)
    user.set_password(password)
    # The sign-ins that are printed go straight to the pages; people who are invited read the text first.
    user.purpose_version, user.purpose_accepted_at = VERSION, timezone.now()
    user.save()
    return Account(role.value, name, email, password)


def _issue_service_key(programme: Programme) -> str:
    user, _made = User.objects.get_or_create(
        email="service-account@demo.example",
        defaults={"name": "示例接口账户", "kind": User.Kind.SERVICE},
    )
    ProgrammeRole.objects.get_or_create(
        user=user, programme=programme, role=Role.SERVICE_ACCOUNT.value, area=None
    )
    _key, text = issue_key(
        user=user,
        name="演示",
        scopes=[scope.value for scope in _SCOPES],
        expires_at=timezone.now() + KEY_LIFE,
        by=None,
        programme_id=programme.pk,
    )
    return text


def _get_reviewing_area(company: Company) -> Area:
    return company.reviewing_area


def _write_private(path: Path, content: str) -> None:
    """Write under another name first, so that a file that is there is whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(content)
    draft.replace(path)
