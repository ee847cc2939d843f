"""Which events concern whom."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Permission
from audit.models import Event
from companies.models import Company, Listing, Programme


def list_visible_events(user: User) -> QuerySet[Event]:
    """List the numbered events of the account's programmes, and of companies that it may know of."""
    programmes = Programme.objects.allowing(user, Permission.CALL_API).values("pk")
    companies = Company.objects.visible_to(user).values("pk")
    return Event.objects.filter(
        Q(programme_id__in=programmes) | Q(programme_id__isnull=True),
        Q(company_id__in=companies) | Q(company_id__isnull=True, programme_id__isnull=False),
        position__isnull=False,
    )


def list_programme_events(programme: Programme) -> QuerySet[Event]:
    """List the numbered events of a programme, and of the companies it lists."""
    listed = Listing.objects.filter(programme=programme).values("company_id")
    return Event.objects.filter(
        Q(programme_id=programme.pk) | Q(programme_id__isnull=True, company_id__in=listed),
        position__isnull=False,
    )
