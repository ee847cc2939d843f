"""Charts as SVG: one renderer for PDF, Word and PNG.

Each function takes numbers and translated texts and returns an SVG string; the same input gives the same
string. Colours are the light tokens of the site. Colour is never the only cue: series also differ in dash,
shape or label.
"""

from documents.charts.bars import Bar, Step, bars, waterfall
from documents.charts.dumbbell import Move, dumbbell
from documents.charts.gates import Cells, Mark, gates
from documents.charts.heat import HeatRow, heat_table
from documents.charts.histogram import histogram
from documents.charts.line import Line, line
from documents.charts.radar import Outline, radar
from documents.charts.scale import Band, scale
from documents.charts.stacked import Part, stacked
from documents.charts.tiles import Tile, tiles

__all__ = [
    "Band",
    "Bar",
    "Cells",
    "HeatRow",
    "Line",
    "Mark",
    "Move",
    "Outline",
    "Part",
    "Step",
    "Tile",
    "bars",
    "dumbbell",
    "gates",
    "heat_table",
    "histogram",
    "line",
    "radar",
    "scale",
    "stacked",
    "tiles",
    "waterfall",
]
