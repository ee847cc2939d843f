"""Companies for programs, where a new one takes part in the rounds that are open."""

from __future__ import annotations

from assessments.actions import enrolment
from companies import api


class ListedCompanyViewSet(api.CompanyBaseViewSet):
    """The companies listed in the key's programmes, with their profile. The credit code is a field."""

    add = staticmethod(enrolment.enrol_company)
