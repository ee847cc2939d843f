"""The audit trail only grows."""

from __future__ import annotations

import pytest

from audit.models import AuditEvent
from audit.record import record
from companies.audit_codes import CompanyAuditCode
from companies.models import Company

pytestmark = pytest.mark.django_db


def test_event_names_subject_and_company(company: Company) -> None:
    event = record(CompanyAuditCode.COMPANY_CHANGED, company, by=None, company_id=company.pk, field="name")

    assert (event.subject_type, event.subject_id) == ("companies.company", str(company.pk))
    assert event.details == {"field": "name"}


def test_event_cannot_be_changed(company: Company) -> None:
    event = record(CompanyAuditCode.COMPANY_CHANGED, company, by=None)
    event.action = "nothing.happened"

    with pytest.raises(TypeError, match="never changed"):
        event.save()


def test_event_cannot_be_deleted(company: Company) -> None:
    event = record(CompanyAuditCode.COMPANY_CHANGED, company, by=None)

    with pytest.raises(TypeError, match="never deleted"):
        event.delete()
    assert AuditEvent.objects.count() == 1
