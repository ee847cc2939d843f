"""The keys that programs use."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone

from accounts.models.user import User

KEY_PREFIX = "lzr_"
LAST_USED_PRECISION_SECONDS = 60


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
    def compute_digest(key: str) -> str:
        """Compute what is stored of a key: 256 random bits, whose plain digest cannot be searched."""
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
            digest=cls.compute_digest(text),
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
            with transaction.atomic():
                # A long write with the same key holds the row and records its own use; nobody waits for it.
                free = type(self).objects.select_for_update(skip_locked=True, no_key=True).filter(pk=self.pk)
                if list(free.values_list("pk", flat=True)):
                    type(self).objects.filter(pk=self.pk).update(last_used_at=now)
