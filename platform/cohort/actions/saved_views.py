"""Saving a view of the list, and deleting it."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from audit.record import record
from cohort.audit_codes import CohortAuditCode
from cohort.models import SavedView
from companies.models import Programme
from companies.permissions import permissions_in_programme, require


def save(*, programme: Programme, name: str, query: str, is_shared: bool, by: User) -> SavedView:
    """Keep a view under a name; the person's own view of that name is replaced. Raises `Forbidden`."""
    require(permissions_in_programme(by, programme), Permission.SEE_COHORT)
    with transaction.atomic():
        view, _created = SavedView.objects.update_or_create(
            programme=programme, owner=by, name=name, defaults={"query": query, "is_shared": is_shared}
        )
        record(
            CohortAuditCode.VIEW_SAVED, view, by=by, programme_id=programme.pk, name=name, shared=is_shared
        )
    return view


def delete(*, view: SavedView, by: User) -> bool:
    """Delete a view of one's own; return False for those of others."""
    if view.owner_id != by.pk:
        return False
    with transaction.atomic():
        record(CohortAuditCode.VIEW_DELETED, view, by=by, programme_id=view.programme_id, name=view.name)
        view.delete()
    return True
