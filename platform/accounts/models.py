"""People, service accounts and the keys that programs use."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEY_PREFIX = "lzr_"
LAST_USED_PRECISION_SECONDS = 60


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is stored in lower case so that it is unique in practice."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user who signs in with `email`; without a password the user cannot sign in until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this e-mail address in whatever case it was typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in, or a service account that only holds keys. What they may do is in their roles."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Service account")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        db_table = "accounts_user"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="accounts_user_email_is_lower_case", condition=Q(email=models.functions.Lower("email"))
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Up to two letters for the round mark beside the name; the last Han character of a Chinese name."""
        words = self.name.split()
        if len(words) > 1:
            return (words[0][0] + words[-1][0]).upper()
        return self.name[-1:] if not self.name.isascii() else self.name[:2].upper()


class ApiKey(models.Model):
    """A key of a service account. Only its digest is stored; the key itself is shown once."""

    class Scope(models.TextChoices):
        COMPANIES_READ = "companies:read"
        COMPANIES_WRITE = "companies:write"
        ASSESSMENTS_READ = "assessments:read"
        ASSESSMENTS_WRITE = "assessments:write"
        SUBMISSIONS_WRITE = "submissions:write"
        SCORES_READ = "scores:read"
        COHORT_READ = "cohort:read"
        MODEL_READ = "model:read"
        JOBS_READ = "jobs:read"
        WEBHOOKS_WRITE = "webhooks:write"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "accounts_api_key"
        ordering: ClassVar[list[str]] = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def digest_of(key: str) -> str:
        """What is stored of a key. A key is 256 random bits, so a plain digest cannot be searched."""
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def issue(
        cls, *, user: User, name: str, scopes: list[str], expires_at: datetime, by: User | None
    ) -> tuple[ApiKey, str]:
        """Store a new key and return it with its text, which cannot be had again."""
        text = KEY_PREFIX + secrets.token_urlsafe(32)
        key = cls.objects.create(
            user=user,
            name=name,
            digest=cls.digest_of(text),
            hint=text[:10],
            scopes=sorted({cls.Scope(scope).value for scope in scopes}),
            expires_at=expires_at,
            created_by=by,
        )
        return key, text

    @property
    def is_usable(self) -> bool:
        """Neither withdrawn nor expired, and its account is active."""
        return self.withdrawn_at is None and self.expires_at > timezone.now() and self.user.is_active

    def touch(self) -> None:
        """Record that the key was used, at most once a minute so that reads stay cheap."""
        now = timezone.now()
        if (
            self.last_used_at is None
            or (now - self.last_used_at).total_seconds() > LAST_USED_PRECISION_SECONDS
        ):
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)
