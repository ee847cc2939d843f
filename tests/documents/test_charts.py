"""Charts: the same numbers give the same drawing, every name and number is in it, and it can be set."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings

from documents import charts, picture
from documents.charts import tokens
from documents.charts.axis import build_axis
from documents.charts.drawing import format_number, wrap_text

BANDS = [charts.ScaleBand("数字化车间", 50, 63, 1), charts.ScaleBand("智能工厂", 60, 79, 2)]
DRAWINGS: dict[str, tuple[Callable[[], str], set[str]]] = {
    "radar": (
        lambda: charts.render_radar(
            ["战略", "Data & IT", "人才"],
            [charts.Outline("您", [40, 50, 60]), charts.Outline("智能工厂", [70, 80, 90])],
            description="d",
        ),
        {"战略", "Data & IT", "人才", "您", "智能工厂"},
    ),
    "bars": (
        lambda: charts.render_bars(
            [charts.ChartBar("已邀请", 431, "99 %"), charts.ChartBar("Listed", 435)], description="d"
        ),
        {"已邀请", "431 99 %", "Listed", "435"},
    ),
    "waterfall": (
        lambda: charts.render_waterfall(
            [
                charts.WaterfallStep("平均", 38.4, is_total=True),
                charts.WaterfallStep("人才", -1.26),
                charts.WaterfallStep("总分", 37.1, is_total=True),
            ],
            description="d",
        ),
        {"平均", "38.4", "人才", "−1.3", "总分", "37.1"},
    ),
    "scale": (
        lambda: charts.render_scale(43.6, (37.6, 49.6), BANDS, name="您", description="d"),
        {"您 43.6", "数字化车间 50–63", "智能工厂 60–79", "0", "100"},
    ),
    "line": (
        lambda: charts.render_line_chart(
            ["T0", "T1"],
            [
                charts.LineSeries("得分", [31.2, 37.9], [(24, 38), None]),
                charts.LineSeries("目标", [None, 40]),
            ],
            targets=[("数字化车间", 50)],
            description="d",
        ),
        {"T0", "T1", "31.2", "37.9", "得分", "数字化车间"},
    ),
    "stacked": (
        lambda: charts.render_stacked_bars(
            ["之前", "无"],
            [charts.StackedPart("1 级", [30, 0]), charts.StackedPart("2 级", [20, 0])],
            description="d",
            ramp=True,
        ),
        {"之前", "30", "20", "1 级", "2 级"},
    ),
    "dumbbell": (
        lambda: charts.render_dumbbell(
            [charts.DumbbellRow("人才", 40, 38)], before="春", after="秋", description="d"
        ),
        {"人才", "−2.0", "春", "秋"},
    ),
    "heat table": (
        lambda: charts.render_heat_table(
            ["战略", "人才"],
            [charts.HeatRow("鱼峰区", 126, [29.6, 54]), charts.HeatRow("三江县", None, [None, None])],
            cuts=(30, 38, 46, 54),
            count_name="企业",
            description="d",
        ),
        {"鱼峰区", "126", "30", "54", "三江县", "–"},
    ),
    "histogram": (
        lambda: charts.render_histogram(10, 5, [2, 7, 16], BANDS, name="得分", description="d"),
        {"得分", "数字化车间", "10", "25"},
    ),
    "tiles": (
        lambda: charts.render_tiles(
            [charts.MapTile("三江县", 1, 2, 29.8, "7 家"), charts.MapTile("柳北区", 2, 1, None)],
            cuts=(30, 38, 46, 54),
            description="d",
        ),
        {"三江县", "29.8", "7 家", "柳北区", "–"},
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_chart_holds_its_names_and_numbers_and_repeats(name: str) -> None:
    draw, expected = DRAWINGS[name]
    drawn = draw()
    root = ET.fromstring(drawn)

    assert expected <= {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert root.attrib["aria-label"] == "d"
    assert draw() == drawn
    assert not re.search(r"nan|inf|e-\d", drawn)


def test_picture_is_a_png_of_twice_the_size_with_a_margin() -> None:
    made = picture.render_png(DRAWINGS["scale"][0]())

    assert made.startswith(b"\x89PNG")
    width = int.from_bytes(made[16:20], "big")
    assert width == pytest.approx((640 * 0.75 + 24) / 72 * picture.PIXELS_PER_INCH, abs=1)


def test_radar_with_four_profiles_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3"):
        charts.render_radar(["a", "b", "c"], [charts.Outline("x", [1, 2, 3])] * 4, description="d")


def test_colours_are_the_light_tokens_of_the_site() -> None:
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
    light = css[css.index(":root") : css.index("}", css.index(":root"))]
    value = dict(re.findall(r"--lz-([\w-]+): (#\w+)", light))

    assert tuple(value[f"t{tier}"] for tier in range(4)) == tokens.TIERS
    assert tuple((value[f"h{step}"], value[f"h{step}t"]) for step in range(1, 6)) == tokens.RAMP
    for name in ("INK", "INK_2", "LINE", "LINE_2", "SURFACE", "SUNKEN", "BRAND", "OK", "WARN", "BAD"):
        assert getattr(tokens, name) == value[name.lower().replace("_", "-")], name


@pytest.mark.parametrize(
    ("value", "signed", "expected"),
    [(-1.25, False, "−1.2"), (2, True, "+2.0"), (-0.04, True, "0.0"), (12345.67, False, "12,345.7")],
)
def test_numbers_are_spelt_as_on_the_site(value: float, signed: bool, expected: str) -> None:
    assert format_number(value, signed=signed) == expected


def test_names_are_broken_at_spaces_and_between_chinese_characters() -> None:
    assert wrap_text("Supply chain and management", 90) == ["Supply chain", "and", "management"]
    assert wrap_text("供应链与经营管理", 60) == ["供应链与经", "营管理"]


def test_axis_has_round_ends_that_hold_all_values() -> None:
    axis = build_axis([31.2, 49.6], 0, 100)

    assert (axis.low, axis.high, axis.step) == (30, 50, 5)
    assert axis.list_ticks() == [30, 35, 40, 45, 50]
    flat = build_axis([7, 7], 0, 1)
    assert flat.low < 7 < flat.high
