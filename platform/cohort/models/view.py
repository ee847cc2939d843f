"""Saved views of the list of companies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from companies.models import Programme


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reads of saved views."""

    def visible_to(self, user: User) -> SavedViewQuerySet:
        """Return a person's own views, and those that others of the same programme share."""
        programmes = Programme.objects.filter(roles__user=user)
        return self.filter(Q(owner=user) | Q(is_shared=True, programme__in=programmes)).distinct()


class SavedView(models.Model):
    """Filters, order and columns of the list under a name: the query part of its address."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField(auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "cohort_saved_view"
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="cohort_saved_view_once", fields=["programme", "owner", "name"]),
        ]

    def __str__(self) -> str:
        return self.name
