"""Charts as SVG: one renderer for PDF, Word and PNG.

Each function takes numbers and translated texts and returns an SVG string; the same input gives the same
string. Colours are the light tokens of the site. Colour is never the only cue: series also differ in dash,
shape or label.
"""

from documents.charts.bars import ChartBar, WaterfallStep, render_bars, render_waterfall
from documents.charts.dumbbell import DumbbellRow, render_dumbbell
from documents.charts.gates import GateCells, GateMark, render_gates
from documents.charts.heat import HeatRow, render_heat_table
from documents.charts.histogram import render_histogram
from documents.charts.line import LineSeries, render_line_chart
from documents.charts.radar import Outline, render_radar
from documents.charts.scale import ScaleBand, render_scale
from documents.charts.stacked import StackedPart, render_stacked_bars
from documents.charts.tiles import MapTile, render_tiles

__all__ = [
    "ChartBar",
    "DumbbellRow",
    "GateCells",
    "GateMark",
    "HeatRow",
    "LineSeries",
    "MapTile",
    "Outline",
    "ScaleBand",
    "StackedPart",
    "WaterfallStep",
    "render_bars",
    "render_dumbbell",
    "render_gates",
    "render_heat_table",
    "render_histogram",
    "render_line_chart",
    "render_radar",
    "render_scale",
    "render_stacked_bars",
    "render_tiles",
    "render_waterfall",
]
