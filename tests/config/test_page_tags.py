"""Tags that every page may use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from instrument.text import Text


def render(source: str, language: str = "en", **context: object) -> str:
    with override(language):
        return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("tier", "name"), list(enumerate(["中小企业基础级", "数字化车间", "智能工厂", "自治区级标杆"]))
)
def test_tier_mark_names_the_tier_beside_the_steps(tier: int, name: str) -> None:
    html = render("{% tier_mark tier %}", "zh-hans", tier=tier)

    assert name in html
    assert html.count('opacity="1"') == tier + 1


@pytest.mark.parametrize("level", range(5))
def test_level_mark_fills_as_many_blocks_as_the_level(level: int) -> None:
    html = render("{% level_mark level True %}", level=level)

    assert html.count('class="f"') == level
    assert 'class="lz-pips v"' in html


def test_level_zero_is_named_and_not_numbered() -> None:
    assert "Below level 1" in render("{% level_mark 0 %}")
    assert "未达一级" in render("{% level_mark 0 %}", "zh-hans")
    assert "未达一级" in render("{% level_mark 0 True True %}", "zh-hans")


def test_a_level_and_the_stage_of_an_answer_are_told_apart() -> None:
    assert "二级（规范级）" in render("{% level_mark 2 %}", "zh-hans")
    assert "<span>二级</span>" in render("{% level_mark 2 True True %}", "zh-hans")
    assert "<span>2 档</span>" in render("{% stage_mark 2 %}", "zh-hans")
    assert "<span>stage 2</span>" in render("{% stage_mark 2 %}")


def test_missing_figures_are_dashes() -> None:
    html = render(
        "{{ x|points }} {{ x|chance }} {{ x|wan }} {{ x|thousand_yuan }} {% level_mark x %}", x=None
    )

    assert html == "– – – – –"


def test_text_follows_the_language_of_the_page() -> None:
    words = Text("Line", "产线")

    assert render("{{ words|text }}", words=words) == "Line"
    assert render("{{ words|text }}", "zh-hans", words=words) == "产线"


def test_sentences_follow_each_other_without_a_space_in_chinese() -> None:
    source = '{% translate "Everything is saved as you go." %}{% gap %}{% translate "They are generated." %}'

    assert render(source) == "Everything is saved as you go. They are generated."
    assert re.fullmatch(r"[^。 ]+。[^。 ]+。", render(source, "zh-hans"))


def test_sentences_stand_in_lines_of_their_own() -> None:
    source = """<p>{% sentences %}
        {% translate "Everything is saved as you go." %}
        {% if more %}
            {% translate "They are generated." %}
        {% endif %}
        {{ none }}
        <a
            href="/{{ place }}"
            class="btn"
        >{% translate "Help" %}<br> {{ words }}</a>
    {% endsentences %}</p>"""
    link = re.escape('<a\n            href="/x"\n            class="btn"\n        >')

    english = render(source, more=True, place="x", words="1 <\n2")
    chinese = render(source, "zh-hans", more=True, place="x", words="1")

    assert re.fullmatch(
        rf"<p>Everything is saved as you go\. They are generated\. {link}Help<br> 1 &lt;\n2</a></p>", english
    )
    assert re.fullmatch(rf"<p>[^。 ]+。[^。 ]+。{link}[^ <]+<br> 1</a></p>", chinese)


def test_dates_and_numbers_are_written_as_each_language_does() -> None:
    source = '{{ day|date:"DATE_FORMAT" }} {{ n }}'
    day = date(2026, 11, 22)

    assert render(source, day=day, n=380000) == "22 Nov 2026 380,000"
    assert render(source, "zh-hans", day=day, n=380000) == "2026年11月22日 380,000"


@pytest.mark.parametrize(
    ("language", "moment", "month"),
    [("en", "22 Nov 2026, 14:05", "November 2026"), ("zh-hans", "2026年11月22日 14:05", "2026年11月")],
)
def test_moments_are_local_and_amounts_in_whole_yuan(language: str, moment: str, month: str) -> None:
    source = '{{ at|date:"DATETIME_FORMAT" }}|{{ at|date:"YEAR_MONTH_FORMAT" }}|{{ wan|wan }}|{{ cost|thousand_yuan }}'
    # Stored in UTC, read in China.
    at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)

    html = render(source, language, at=at, wan=Decimal("1234.56"), cost=380)

    assert html == f"{moment}|{month}|¥12,345,600|¥380,000"
