"""Who belongs to a company and who works for a programme."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import COMPANY_ROLES, PROGRAMME_ROLES, Role
from companies.models.reference import Area


class Membership(models.Model):
    """A person's role in a company; a delegate's and a provider's may end by itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in COMPANY_ROLES])
    title = models.CharField(max_length=60, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "companies_membership"
        ordering: ClassVar[list[str]] = ["granted_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_membership_once", fields=["user", "company"]),
            models.CheckConstraint(
                name="companies_membership_role_of_company",
                condition=Q(role__in=[role.value for role in COMPANY_ROLES]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {Role(self.role).label}, {self.company}"

    @property
    def is_current(self) -> bool:
        """Not expired."""
        return self.expires_at is None or self.expires_at > timezone.now()


class ProgrammeRole(models.Model):
    """A person's role in a programme, in the whole of it or in one area."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="programme_roles")
    programme = models.ForeignKey("companies.Programme", on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in PROGRAMME_ROLES])
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "companies_programme_role"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="companies_programme_role_once_everywhere",
                fields=["user", "programme", "role"],
                condition=Q(area__isnull=True),
            ),
            models.UniqueConstraint(
                name="companies_programme_role_once_in_area", fields=["user", "programme", "role", "area"]
            ),
            models.CheckConstraint(
                name="companies_programme_role_of_programme",
                condition=Q(role__in=[role.value for role in PROGRAMME_ROLES]),
            ),
            models.CheckConstraint(
                name="companies_programme_role_county_has_area",
                condition=~Q(role=Role.COUNTY_REVIEWER.value) | Q(area__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {Role(self.role).label}, {self.programme}"

    @property
    def is_current(self) -> bool:
        """Not expired."""
        return self.expires_at is None or self.expires_at > timezone.now()


class StandIn(models.Model):
    """A member of staff who has entered answers for a company. Such a person never verifies that company."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stand_ins")
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="stand_ins")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "companies_stand_in"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="companies_stand_in_once", fields=["user", "company"]),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.company}"
