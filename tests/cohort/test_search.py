"""Searching the list of companies by what people type and paste."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assessments.models import Round
from companies.models import Programme
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed", ["柳北铸造(示例)", "柳北铸造（示例）", "铸造", "Ｌｉｕｂｅｉ", "liubei castings", "０００４２"]
)
def test_company_is_found_however_its_name_is_typed(
    client: Client, programme: Programme, round_t0: Round, officer: User, typed: str
) -> None:
    company = factories.make_company(
        programme, number=42, name="柳北铸造（示例）", name_en="Liubei Castings (sample)"
    )
    factories.make_assessment(company, round_t0)
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = client.get(reverse("cohort:companies"), {"q": typed})

    assert reverse("cohort:company", args=[company.pk]) in response.content.decode()
