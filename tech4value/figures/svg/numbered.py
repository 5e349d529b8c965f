"""Lines told by a number at their ends, and the list that says their names: what a narrow drawing has room for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tech4value.figures.chart import LineChart
from tech4value.figures.svg.axes import Look, looks
from tech4value.figures.svg.drawing import Drawing
from tech4value.figures.svg.palette import SCREEN, Palette
from tech4value.figures.svg.spreading import spread

RADIUS: Final = 8.0
_GAP: Final = 2 * RADIUS + 1


class _Number(NamedTuple):
    x: float
    y: float
    look: Look
    rank: int


def numbers_room() -> float:
    """The room that numbers take right of the drawing."""
    return 2 * RADIUS + 8


def number_ends(drawing: Drawing, ends: Sequence[tuple[float, float, Look] | None]) -> None:
    """A numbered disc at the end of each line (None for one that is not drawn), none over another."""
    placed = [_Number(end[0] + RADIUS + 3, end[1], end[2], rank) for rank, end in enumerate(ends, start=1) if end]
    groups: list[list[_Number]] = []
    for one in sorted(placed, key=lambda number: number.x):
        if groups and one.x - groups[-1][-1].x < _GAP:
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        heights = spread([one.y for one in group], RADIUS + 1, drawing.height - 26 - RADIUS, _GAP)
        for one, height in zip(group, heights, strict=True):
            _disc(drawing, one.x, height, one.look, one.rank)


def keys(chart: LineChart, palette: Palette = SCREEN) -> list[tuple[str, str]]:
    """The number of each line, as it is drawn at its end, and its name."""
    found = []
    for number, (one, look) in enumerate(zip(chart.series, looks(chart.series, palette), strict=True), start=1):
        drawing = Drawing(2 * RADIUS + 2, 2 * RADIUS + 2, palette)
        _disc(drawing, RADIUS + 1, RADIUS + 1, look, number)
        found.append((drawing.markup("", ""), one.name))
    return found


def _disc(drawing: Drawing, x: float, y: float, look: Look, number: int) -> None:
    dash: dict[str, str | float] = {"stroke_dasharray": "3 2"} if look.dash else {}
    surface = drawing.palette.surface
    drawing.add("circle", cx=x, cy=y, r=RADIUS, fill=surface, stroke=look.colour, stroke_width=2, more=dash)
    drawing.text(x, y + 4, str(number), anchor="middle", fill=drawing.palette.text, strong=True, size=11)
