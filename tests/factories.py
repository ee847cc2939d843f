"""Objects for tests, each with what it needs and nothing more."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from accounts.purpose import VERSION
from accounts.roles import Role
from assessments.models import Answer, Assessment, Round
from companies.credit_code import compute_check_character
from companies.models import (
    Area,
    City,
    Company,
    KeyIndustry,
    Listing,
    Membership,
    Programme,
    ProgrammeRole,
    Sector,
)
from instrument import AnswerState, ItemAnswer, load_instrument

PASSWORD = "a-long-test-password"


def make_city(code: str = "450200", name: str = "Liuzhou") -> City:
    city, _ = City.objects.get_or_create(code=code, defaults={"name_en": name, "name_zh": name})
    return city


def make_division(city: City, number: int = 1) -> Area:
    area, _ = Area.objects.get_or_create(
        city=city,
        code=f"{city.code[:4]}{number:02d}",
        defaults={
            "kind": Area.Kind.DIVISION,
            "name_en": f"Division {number}",
            "name_zh": f"第{number}区",
            "position": number,
            "tile_row": number,
            "tile_column": 1,
        },
    )
    return area


def make_functional_area(city: City, number: int = 1) -> Area:
    area, _ = Area.objects.get_or_create(
        city=city,
        code=f"F{number}",
        defaults={
            "kind": Area.Kind.FUNCTIONAL,
            "name_en": f"New area {number}",
            "name_zh": f"新区{number}",
            "position": number,
        },
    )
    return area


SECTORS = {
    "automotive": "汽车及零部件",
    "steel": "钢铁与金属",
    "construction_machinery": "工程机械",
    "other": "其他制造业",
}


def make_sector(code: str = "automotive") -> Sector:
    sector, _ = Sector.objects.get_or_create(
        code=code,
        defaults={
            "name_en": code,
            "name_zh": SECTORS.get(code, code),
            "position": list(SECTORS).index(code) if code in SECTORS else 9,
        },
    )
    return sector


def make_key_industry(code: str = "automotive") -> KeyIndustry:
    industry, _ = KeyIndustry.objects.get_or_create(code=code, defaults={"name_en": code, "name_zh": code})
    return industry


def make_programme(city: City | None = None, code: str = "liuzhou-2024") -> Programme:
    city = city or make_city()
    programme, _ = Programme.objects.get_or_create(
        code=code,
        defaults={
            "city": city,
            "name_en": f"Pilot of {city.name_en}",
            "name_zh": f"{city.name_zh}试点",
            "starts_on": date(2024, 10, 18),
            "ends_on": date(2026, 9, 30),
        },
    )
    programme.sectors.set([make_sector(sector) for sector in SECTORS])
    return programme


def make_credit_code(number: int) -> str:
    body = f"91450200TEST{number:05d}".replace("S", "5")
    return body + compute_check_character(body)


def new_company(number: int, **fields: Any) -> Company:
    """A company that is not stored."""
    return Company(
        **{
            "credit_code": make_credit_code(number),
            "name": f"测试零部件有限公司{number}",
            "is_fictitious": True,
            **fields,
        }
    )


def make_company(
    programme: Programme | None = None,
    *,
    number: int | None = None,
    division: Area | None = None,
    **fields: Any,
) -> Company:
    number = number if number is not None else Company.objects.count() + 1
    city = programme.city if programme else make_city()
    division = division or make_division(city)
    company = new_company(number, **{"division": division, "sector": make_sector(), **fields})
    company.save()
    if programme is not None:
        Listing.objects.create(programme=programme, company=company)
    return company


def make_user(name: str = "Alice", **fields: Any) -> User:
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.test")
    return User.objects.create_user(
        email, PASSWORD, name=name, **{"language": "en", "purpose_version": VERSION, **fields}
    )


def make_member(company: Company, name: str = "Alice", role: Role = Role.OWNER) -> User:
    user = make_user(name)
    Membership.objects.create(user=user, company=company, role=role.value)
    return user


def make_staff(programme: Programme, role: Role, name: str | None = None, area: Area | None = None) -> User:
    user = make_user(name or f"Staff {role.value}")
    ProgrammeRole.objects.create(user=user, programme=programme, role=role.value, area=area)
    return user


def make_round(programme: Programme, code: str = "T0", **fields: Any) -> Round:
    now = timezone.now()
    return Round.objects.create(
        **{
            "programme": programme,
            "code": code,
            "instrument_version": load_instrument().version,
            "opens_at": now - timedelta(days=10),
            "deadline": now + timedelta(days=30),
            **fields,
        }
    )


def make_assessment(company: Company, round_: Round, **fields: Any) -> Assessment:
    return Assessment.objects.create(company=company, round=round_, **fields)


def full_answers(stage: int = 2) -> dict[str, ItemAnswer]:
    """All 60 items answered at this stage, or at the item's nearest one below."""
    return {
        item.code: ItemAnswer(
            AnswerState.ANSWERED,
            value=item.get_value_for_stage(min(stage * item.max_stage // 4, item.max_stage)),
        )
        for item in load_instrument().items
    }


def store_answers(
    assessment: Assessment, answers: dict[str, ItemAnswer] | None = None, by: User | None = None
) -> None:
    now = timezone.now()
    answers = full_answers() if answers is None else answers
    Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            item=code,
            state=answer.state.value,
            value=list(answer.value) if isinstance(answer.value, tuple) else answer.value,
            reason=answer.reason,
            figures=dict(answer.figures),
            comment=answer.comment,
            answered_by=by,
            answered_at=now,
        )
        for code, answer in answers.items()
    )
    assessment.answered = len(answers)
    assessment.started_at = assessment.started_at or now
    assessment.last_answer_at = now
    assessment.save()


def text_of_pdf(content: bytes) -> str:
    """All the text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
