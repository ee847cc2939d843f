"""The columns of the two sheets: names in both languages, what a cell holds, and what to write in it.

This one list is what the loader recognises, what the template writes and what the documentation prints.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from cohort.loading.cells import fold_name

YEARS = (2000, 2100)

Kind = Literal[
    "text", "code", "date", "whole", "amount", "per_cent", "yes_no", "level",
    "division", "functional_area", "sector", "key_industry",
    "process", "specialised", "chain_role",
]  # fmt: skip
# Where the value goes: the company's profile, its place on the programme's list, or a business year.
Target = Literal["profile", "listing", "year"]


@dataclass(frozen=True, slots=True)
class CohortColumn:
    """One column. `key` is the name in the database; any of key, `en` and `zh` is recognised as header."""

    key: str
    en: str
    zh: str
    kind: Kind
    hint_en: str = ""
    hint_zh: str = ""
    required: bool = False
    target: Target = "profile"
    # Headers of earlier templates.
    former: tuple[str, ...] = ()

    def format_header(self, language: str, year: int | None = None) -> str:
        """Format the header in a language; that of a yearly figure starts with the year."""
        name = self.zh if language.startswith("zh") else self.en
        if year is None:
            return name
        return f"{year} 年{name}" if language.startswith("zh") else f"{year} {name}"


COMPANY_COLUMNS = (
    CohortColumn("credit_code", "Unified social credit code", "统一社会信用代码", "code",
           "18 characters, as text", "18 位，设为文本格式", required=True),
    CohortColumn("name", "Name", "企业名称", "text", "As registered", "与营业执照一致", required=True),
    CohortColumn("name_en", "English name", "英文名称", "text"),
    CohortColumn("legal_form", "Legal form", "企业类型", "text"),
    CohortColumn("founded_on", "Founded on", "成立日期", "date", "2015-06-01", "2015-06-01"),
    CohortColumn("division", "Division", "县（区）", "division", "Name, or code of GB/T 2260",
           "名称，或 GB/T 2260 代码", required=True, former=("区县", "县区")),
    CohortColumn("functional_area", "Functional area", "功能区", "functional_area",
           "Only where the company belongs to one", "仅在属于功能区时填写"),
    CohortColumn("park", "Park", "园区", "text"),
    CohortColumn("sector", "Sector", "行业", "sector", "Sector of the pilot", "试点行业", required=True),
    CohortColumn("key_industry", "Key industry", "重点产业", "key_industry",
           "One of the nine of the “3+3+X” system", "“3+3+X”九大重点产业之一"),
    CohortColumn("industry_code", "Industry code", "国民经济行业代码", "text", "GB/T 4754, four digits",
           "GB/T 4754，四位数字"),
    CohortColumn("process", "Kind of production", "生产类型", "process", "Discrete or process", "离散或流程"),
    CohortColumn("above_scale", "Above designated size", "规上企业", "yes_no", "Yes or no", "是或否"),
    CohortColumn("specialised", "Specialised SME grade", "专精特新等级", "specialised"),
    CohortColumn("high_tech", "High-tech enterprise", "高新技术企业", "yes_no", "Yes or no", "是或否"),
    CohortColumn("chain_role", "Role in the chain", "产业链角色", "chain_role"),
    CohortColumn("chain_leader", "Main chain leader supplied", "主要配套链主", "text"),
    CohortColumn("chain_leader_share", "Share of sales to it", "对链主销售占比", "per_cent",
           "Whole per cent", "整数百分比"),
    CohortColumn("main_products", "Main products", "主要产品", "text"),
    CohortColumn("exports", "Exports", "是否出口", "yes_no", "Yes or no", "是或否"),
    CohortColumn("machines_total", "Production machines", "生产设备数量", "whole"),
    CohortColumn("machines_digital", "Digital machines", "数字化生产设备数量", "whole",
           "Part of all machines", "属于生产设备总数"),
    CohortColumn("machines_networked", "Networked machines", "联网生产设备数量", "whole",
           "Part of all machines", "属于生产设备总数"),
    CohortColumn("systems", "Information systems in use", "在用信息系统", "text", "ERP, MES", "ERP、MES"),
    CohortColumn("contact_name", "Contact", "联系人", "text"),
    CohortColumn("contact_phone", "Contact’s phone", "联系电话", "text", "As text", "设为文本格式"),
    CohortColumn("is_fictitious", "Invented company", "虚构企业", "yes_no",
           "Yes for companies made up for a demonstration", "演示用虚构企业填“是”"),
    CohortColumn("batch", "Batch", "批次", "text", target="listing"),
    CohortColumn("provider_name", "Service provider", "服务商", "text", target="listing"),
    CohortColumn("contract_on", "Contract date", "合同日期", "date", target="listing"),
    CohortColumn("contract_wan", "Contract value (10,000 yuan)", "合同金额（万元）", "amount", target="listing"),
    CohortColumn("target_level", "Target level", "目标等级", "level", "Official level 1 to 4", "官方等级 1 至 4",
           target="listing"),
)  # fmt: skip

YEAR_COLUMNS = (
    CohortColumn("revenue_wan", "revenue (10,000 yuan)", "营业收入（万元）", "amount", target="year"),
    CohortColumn("cost_wan", "cost (10,000 yuan)", "营业成本（万元）", "amount", target="year"),
    CohortColumn("digital_spend_wan", "spend on digitalisation (10,000 yuan)", "数字化投入（万元）", "amount",
           target="year"),
    CohortColumn("energy_tce", "energy used (tce)", "综合能源消费量（吨标准煤）", "amount", target="year"),
    CohortColumn("employees", "employees", "员工人数", "whole", target="year", former=("从业人数",)),
)  # fmt: skip

ANSWER_COLUMNS = (
    CohortColumn("credit_code", "Unified social credit code", "统一社会信用代码", "code",
           "As on the sheet “companies”", "与“企业名单”表一致", required=True),
    CohortColumn("round", "Round", "轮次", "text", "T0, T1 or T2", "T0、T1 或 T2", required=True),
    CohortColumn("item", "Item", "题号", "text", "B1, C07, X2, b42; a figure as B2.machines_total",
           "B1、C07、X2、b42；数值项写作 B2.machines_total", required=True),
    CohortColumn("value", "Value", "答案", "text",
           "One option: C. Several: B,C. A stage: 0 to 4. Not known: ?. Does not apply: N/A. Put off: later",
           "单选：C；多选：B,C；分档题：0 至 4；不清楚：?；不适用：N/A；稍后再答：later", required=True),
    CohortColumn("reason", "Reason", "理由", "text", "Needed with N/A", "填 N/A 时必填"),
    CohortColumn("comment", "Comment", "备注", "text"),
)  # fmt: skip

# A file of profiles changes companies that are listed already: only the code is needed.
PROFILE_COLUMNS = tuple(replace(column, required=column.key == "credit_code") for column in COMPANY_COLUMNS)

RESULT_COLUMNS = (
    CohortColumn("credit_code", "Unified social credit code", "统一社会信用代码", "code", "A listed company",
           "名单内企业", required=True),
    CohortColumn("round", "Round", "轮次", "text", "T0, T1 or T2", "T0、T1 或 T2", required=True),
    CohortColumn("level", "Official level", "官方等级", "whole", "1 to 4, or 0 for below level 1",
           "1 至 4，未达一级填 0，与部平台一致", required=True),
    CohortColumn("points", "Points", "得分", "amount", "0 to 100, as shown there", "0 至 100，与部平台一致"),
    CohortColumn("stated_on", "Stated on", "评定日期", "date", "2025-03-01", "2025-03-01"),
)  # fmt: skip

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_IN_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Recognised:
    """The meaning of a header cell: the column, and the year if it is a yearly figure."""

    column: CohortColumn
    year: int | None = None

    @property
    def field(self) -> str:
        """A name that is unique within the sheet."""
        return self.column.key if self.year is None else f"{self.column.key}_{self.year}"


def recognise_header(header: str, columns: tuple[CohortColumn, ...]) -> Recognised | None:
    """Recognise a header, however it is spelled in either language; None if it is not known.

    A unit in brackets may be left out. The year of a yearly figure may stand anywhere in the header.
    """
    found = _index_names(columns).get(_fold_header(header))
    if found is not None:
        return Recognised(found)
    years = _YEAR.findall(unicodedata.normalize("NFKC", header))
    if (columns is COMPANY_COLUMNS or columns is PROFILE_COLUMNS) and len(years) == 1:
        figure = _index_names(YEAR_COLUMNS).get(_fold_header(_strip_year(header, years[0])))
        if figure is not None:
            return Recognised(figure, int(years[0]))
    return None


def _index_names(columns: tuple[CohortColumn, ...]) -> dict[str, CohortColumn]:
    return {
        _fold_header(name): column
        for column in columns
        for name in (column.key, column.en, column.zh, *column.former)
    }


def _fold_header(name: str) -> str:
    return fold_name(_IN_BRACKETS.sub("", unicodedata.normalize("NFKC", name)))


def _strip_year(header: str, year: str) -> str:
    plain = unicodedata.normalize("NFKC", header)
    return plain.replace(f"{year}年", "").replace(f"{year} 年", "").replace(year, "")
