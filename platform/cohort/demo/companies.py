"""Invented companies: names, places, sizes. All names end in 示例 ("sample") and all codes contain FAKE."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from companies.credit_code import compute_check_character
from companies.size import SizeClass

COUNT = 435
# Companies per division, and of these in functional areas, in the proportions of the city.
DIVISIONS = {
    "450202": 28, "450203": 126, "450204": 58, "450205": 64, "450206": 58,
    "450222": 31, "450223": 40, "450224": 12, "450225": 11, "450226": 7,
}  # fmt: skip
FUNCTIONAL = (("liudong", "450203", 67), ("yanghe", "450203", 20), ("yanghe", "450205", 18))
SECTOR_SHARES = {"steel": 0.2, "construction_machinery": 0.3, "automotive": 0.5}
SIZE_SHARES = {SizeClass.MICRO: 0.10, SizeClass.MEDIUM: 0.25, SizeClass.SMALL: 0.65}
# How much likelier a sector is in a division than elsewhere.
_AFFINITY = {
    ("steel", "450205"): 5.0, ("steel", "450223"): 2.0, ("construction_machinery", "450204"): 4.0,
    ("automotive", "450203"): 2.0, ("automotive", "450206"): 2.0,
}  # fmt: skip
_SHORT = {
    "450202": ("城中", "Chengzhong"), "450203": ("鱼峰", "Yufeng"), "450204": ("柳南", "Liunan"),
    "450205": ("柳北", "Liubei"), "450206": ("柳江", "Liujiang"), "450222": ("柳城", "Liucheng"),
    "450223": ("鹿寨", "Luzhai"), "450224": ("融安", "Rong'an"), "450225": ("融水", "Rongshui"),
    "450226": ("三江", "Sanjiang"),
}  # fmt: skip
_WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "names.json").read_text(encoding="utf-8"))
_EMPLOYEES = {SizeClass.MICRO: (6, 19), SizeClass.SMALL: (24, 280), SizeClass.MEDIUM: (310, 900)}
_MACHINES = {SizeClass.MICRO: (10, 18), SizeClass.SMALL: (12, 120), SizeClass.MEDIUM: (90, 400)}


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """One invented company. `employees` is of the latest business year."""

    credit_code: str
    sector: str
    division: str
    size: SizeClass
    employees: int
    machines: int
    profile: dict[str, Any]
    listing: dict[str, Any]


def invent_companies(seed: int) -> list[DemoCompany]:
    """Invent the companies of the demonstration; the same seed gives the same ones."""
    rng = np.random.default_rng([seed, 10])
    places = _draw_places(rng)
    sizes = _shuffle_sizes({size: round(share * COUNT) for size, share in SIZE_SHARES.items()}, rng)
    brands = [
        (first + second, _WORDS["first"][first] + _WORDS["second"][second])
        for first in _WORDS["first"]
        for second in _WORDS["second"]
    ]
    chosen = rng.permutation(len(brands))[:COUNT]
    return [
        _invent_company(number, sector, division, functional, sizes[number], brands[chosen[number]], rng)
        for number, (sector, division, functional) in enumerate(places)
    ]


def build_credit_code(number: int) -> str:
    """Build a well-formed code that nobody has issued: FAKE stands for the organisation's number."""
    body = f"91450200FAKE{number:05d}"
    return body + compute_check_character(body)


def _shuffle_sizes(counts: dict[SizeClass, int], rng: Generator) -> list[SizeClass]:
    sizes = [size for size, count in counts.items() for _number in range(count)]
    sizes += [SizeClass.SMALL] * (COUNT - len(sizes))
    return [sizes[index] for index in rng.permutation(COUNT)]


def _draw_places(rng: Generator) -> list[tuple[str, str, str]]:
    """Draw sector, division and functional area of each company, in an order that mixes all."""
    left = dict(DIVISIONS)
    wanted = {sector: round(share * COUNT) for sector, share in SECTOR_SHARES.items()}
    wanted["automotive"] += COUNT - sum(wanted.values())
    pairs: list[tuple[str, str]] = []
    for sector, count in wanted.items():
        for _number in range(count):
            codes = [code for code, free in left.items() if free]
            weights = np.array([left[code] * _AFFINITY.get((sector, code), 1.0) for code in codes])
            code = codes[int(rng.choice(len(codes), p=weights / weights.sum()))]
            left[code] -= 1
            pairs.append((sector, code))
    pairs = [pairs[index] for index in rng.permutation(COUNT)]
    quota = {(area, code): count for area, code, count in FUNCTIONAL}
    places = []
    for sector, division in pairs:
        functional = next((area for (area, code), free in quota.items() if code == division and free), "")
        if functional:
            quota[functional, division] -= 1
        places.append((sector, division, functional))
    return places


def _invent_company(
    number: int,
    sector: str,
    division: str,
    functional: str,
    size: SizeClass,
    brand: tuple[str, str],
    rng: Generator,
) -> DemoCompany:
    product, product_en, products, industry = _pick(_WORDS["products"][sector], rng)
    place, place_en = _SHORT[division]
    low, high = _EMPLOYEES[size]
    machines_low, machines_high = _MACHINES[size]
    code = build_credit_code(number + 1)
    tier = _pick(["tier_one", "tier_two", "tier_two", "tier_three", "material", "equipment"], rng)
    profile = {
        "name": f"{place}{brand[0]}{product}有限公司（示例）",
        "name_en": f"{place_en} {brand[1]} {product_en} (sample)",
        "legal_form": _pick(["有限责任公司", "有限责任公司", "股份有限公司"], rng),
        "founded_on": date(int(rng.integers(1996, 2021)), int(rng.integers(1, 13)), int(rng.integers(1, 28))),
        "division": division,
        "functional_area": functional,
        "park": _WORDS["functional_parks"].get(functional) or _WORDS["parks"].get(division, ""),
        "sector": sector,
        "key_industry": _WORDS["key_industries"][sector],
        "industry_code": industry,
        "process": "process" if product in {"热处理", "表面涂装", "铸造"} else "discrete",
        "above_scale": size is not SizeClass.MICRO and bool(rng.random() < 0.8),
        "specialised": _pick(["none", "none", "innovative", "innovative", "provincial", "national"], rng),
        "high_tech": bool(rng.random() < 0.35),
        "chain_role": tier,
        "chain_leader": _WORDS["chain_leaders"][sector],
        "chain_leader_share": int(rng.integers(5, 90)),
        "main_products": products,
        "exports": bool(rng.random() < 0.15),
        "systems": "、".join(_WORDS["systems"][: int(rng.integers(1, 6))]),
        "contact_name": _pick(_WORDS["surnames"], rng) + _pick(_WORDS["given"], rng),
        # Local numbers never begin with 0, so nobody can be reached by mistake.
        "contact_phone": f"0772-0{number + 1:06d}",
        "is_fictitious": True,
    }
    listing = {
        "batch": _pick(["2024-1", "2024-2", "2025-1"], rng),
        "provider_name": _pick(_WORDS["providers"], rng),
        "contract_on": date(2025, int(rng.integers(1, 10)), int(rng.integers(1, 28))),
        "contract_wan": round(float(rng.uniform(15, 180)), 1),
        "target_level": 2,
    }
    return DemoCompany(
        credit_code=code,
        sector=sector,
        division=division,
        size=size,
        employees=int(rng.integers(low, high + 1)),
        machines=int(rng.integers(machines_low, machines_high + 1)),
        profile=profile,
        listing=listing,
    )


def _pick(options: Sequence[Any], rng: Generator) -> Any:
    return options[int(rng.integers(len(options)))]
