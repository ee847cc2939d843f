"""People and service accounts."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """The maker of users, with the e-mail address in lower case so that it is unique in practice."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user who signs in with `email`, without a password only once one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address in whatever case it was typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in, or a service account that only holds keys. What they may do is in their roles."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Service account")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    # Why e-mails do not arrive, in the words of a mail server, and since when; empty while they do.
    mail_problem = models.CharField(max_length=300, blank=True)
    mail_failed_at = models.DateTimeField(null=True, blank=True)
    # In the spelling of E.164. Only a number that was confirmed by a code can be signed in with.
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    language = models.CharField(max_length=10, default="zh-hans")
    # Kinds of notices of which the person wants no e-mail; see `Kind`.
    muted_kinds = models.JSONField(default=list, blank=True)
    # Which text about personal data was accepted, and when; see `accounts.purpose`.
    purpose_version = models.CharField(max_length=10, blank=True)
    purpose_accepted_at = models.DateTimeField(null=True, blank=True)
    # When the person had the personal data deleted; the account stays, without a name, for what it did.
    erased_at = models.DateTimeField(null=True, blank=True)
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
            models.UniqueConstraint(
                name="accounts_user_phone_once",
                fields=["phone"],
                condition=Q(phone_verified_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def note_mail_problem(self, reason: str) -> None:
        """Note that e-mails to this person do not arrive, and why, as a mail server says it."""
        limit = User._meta.get_field("mail_problem").max_length
        self.mail_problem, self.mail_failed_at = reason[:limit], timezone.now()
        self.save(update_fields=["mail_problem", "mail_failed_at"])

    @property
    def initials(self) -> str:
        """Up to two letters for the round mark beside the name; the last Han character of a Chinese name."""
        words = self.name.split()
        if len(words) > 1:
            return (words[0][0] + words[-1][0]).upper()
        return self.name[-1:] if not self.name.isascii() else self.name[:2].upper()
