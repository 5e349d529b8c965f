"""Lines, bands and sparklines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tech4value.figures import formats
from tech4value.figures.chart import AreaBand, LineChart, Series, Sparkline
from tech4value.figures.scale import Scale, date_scale, nice_scale
from tech4value.figures.svg.axes import (
    GAP,
    LEGEND_HEIGHT,
    Look,
    category_axis,
    legend,
    looks,
    upright_axis,
)
from tech4value.figures.svg.bars import draw_bars, padded
from tech4value.figures.svg.drawing import Drawing, numbers, plain, text_width
from tech4value.figures.svg.numbered import number_ends, numbers_room
from tech4value.figures.svg.spreading import LABEL_HEIGHT, spread


def path(points: Sequence[tuple[float, float] | None]) -> str:
    """A path through the points; a missing one breaks it."""
    words = []
    pen = "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        words.append(f"{pen}{point[0]:.2f} {point[1]:.2f}")
        pen = "L"
    return "".join(words)


def _clearance(tracks: Sequence[Sequence[tuple[float, float] | None]], left: float, right: float, y: float) -> float:
    """How far the nearest line passes from the height `y` between two places."""
    nearest = float("inf")
    for track in tracks:
        for before, after in pairwise(track):
            if before is None or after is None or after[0] < left or before[0] > right or before[0] == after[0]:
                continue
            slope = (after[1] - before[1]) / (after[0] - before[0])
            ends = [before[1] + slope * (min(max(place, before[0]), after[0]) - before[0]) for place in (left, right)]
            low, high = min(ends), max(ends)
            nearest = min(nearest, max(low - y, y - high, 0.0))
    return nearest


def line_chart(chart: LineChart, drawing: Drawing, language: str, *, numbered: bool = False) -> None:
    """Lines named at their ends, or `numbered` there, where a list below says their names (`numbered.keys`); bars
    behind when given, named above."""
    count = len(chart.categories)
    top = LEGEND_HEIGHT + GAP if chart.bars else 14
    bottom = drawing.height - 26
    values = [v for one in (*chart.series, *chart.bars) for v in padded(one, count) if v is not None]
    if chart.unit == "date":
        scale = date_scale(values, bottom, top)
    else:
        from_zero = chart.from_zero or bool(chart.bars)
        scale = nice_scale(values, bottom, top, from_zero=from_zero, whole=chart.unit == "count")
    words = formats.tick_labels(scale.ticks, chart.unit, language)
    left = max((text_width(word) for word in words), default=0) + GAP + 2
    names = min(max((text_width(one.name) for one in chart.series), default=0) + GAP * 2, drawing.width * 0.24)
    right = drawing.width - (numbers_room() if numbered else names)
    step = (right - left) / max(count if chart.bars else count - 1, 1)
    offset = step / 2 if chart.bars or count == 1 else 0

    def x(index: int) -> float:
        return left + offset + step * index

    upright_axis(drawing, scale, words, left, right)
    if chart.bars:
        draw_bars(drawing, chart.bars, chart.categories, scale, left, step, chart.unit, language, stacked=False)
        legend(drawing, [one.name for one in chart.bars], looks(chart.bars, drawing.palette), left)
    if chart.marker is not None and 0 <= chart.marker < count:
        drawing.line(x(chart.marker), top - 6, x(chart.marker), bottom, drawing.palette.axis, dash="1 3")
    category_axis(drawing, chart.categories, x, step, drawing.height - 8, whole=chart.unit == "date")
    ends = _lines(drawing, chart.series, chart.categories, x, scale, chart.unit, language)
    if numbered:
        number_ends(drawing, [None if end is None else (end.x, end.y, end.look) for end in ends])
    else:
        _name_ends(drawing, [end for end in ends if end is not None], right)


@dataclass(frozen=True, slots=True)
class _End:
    """Where a line ends, and the way to it."""

    x: float
    y: float
    series: Series
    look: Look
    track: Sequence[tuple[float, float] | None]


def _lines(
    drawing: Drawing,
    series: Sequence[Series],
    categories: Sequence[str],
    x: Callable[[int], float],
    scale: Scale,
    unit: str,
    language: str,
) -> list[_End | None]:
    """Draws the lines; the end of each, None for one without a value."""
    ends: list[_End | None] = []
    for one, look in zip(series, looks(series, drawing.palette), strict=True):
        values = padded(one, len(categories))
        points = [None if value is None else (x(index), scale.at(value)) for index, value in enumerate(values)]
        drawn = [point for point in points if point is not None]
        ends.append(_End(*drawn[-1], one, look, points) if drawn else None)
        if not drawn:
            continue
        attributes: dict[str, str | float] = {"stroke_dasharray": look.dash} if look.dash else {}
        drawing.add(
            "path", d=path(points), fill="none", stroke=look.colour, stroke_width=3 if look.ghost else 2,
            stroke_linejoin="round", stroke_linecap="round", hint=one.name, more=attributes,
        )  # fmt: skip
        for index, point in enumerate(points):
            if point is not None:
                # A wide transparent dot, to hover; a small one where the line is a single point.
                alone = points[index - 1 : index] in ([], [None]) and points[index + 1 : index + 2] in (
                    [],
                    [None],
                )
                drawing.add(
                    "circle", cx=point[0], cy=point[1], r=3 if alone else 7, fill=look.colour,
                    fill_opacity="1" if alone else "0",
                    hint=f"{categories[index]} · {one.name} · {formats.in_unit(values[index], unit, language)}",
                )  # fmt: skip
    return ends


def _name_ends(drawing: Drawing, ends: Sequence[_End], right: float) -> None:
    """The names of lines, right of the drawing; of those that end early, there."""
    early: dict[float, list[_End]] = {}
    last: list[_End] = []
    for end in ends:
        if end.x < right - 60:
            early.setdefault(end.x, []).append(end)
        else:
            last.append(end)
    tracks = [end.track for end in ends]
    # Lines that end early are named at their ends: below, where rising curves leave room, or above where it is freer.
    for place, stopped in early.items():
        widest = place + 4 + max(text_width(end.series.name) for end in stopped)
        below = max(end.y for end in stopped) + 18
        above = min(end.y for end in stopped) - 8 - LABEL_HEIGHT * (len(stopped) - 1)
        # The middle of the letters, not their foot.
        free = {height: _clearance(tracks, place, widest, height - 4) for height in (below, above)}
        lowest = below if free[below] >= min(free[above], LABEL_HEIGHT) or above < LABEL_HEIGHT else above
        heights = spread([lowest + end.y / drawing.height for end in stopped], 12, drawing.height - 32)
        for height, end in zip(heights, stopped, strict=True):
            drawing.text(place + 4, height, end.series.name, fill=_ink(drawing, end), strong=_is_actual(end))
    heights = spread([end.y + 4 for end in last], 12, drawing.height - 20)
    for height, end in zip(heights, last, strict=True):
        drawing.text(
            right + GAP,
            height,
            end.series.name,
            room=drawing.width - right - GAP,
            fill=_ink(drawing, end),
            strong=_is_actual(end),
        )


def _ink(drawing: Drawing, end: _End) -> str:
    plain_role = end.series.role in {"plan", "baseline"}
    return drawing.palette.axis if plain_role else drawing.palette.ink(end.look.colour)


def _is_actual(end: _End) -> bool:
    return end.series.role == "actual"


def area_band(chart: AreaBand, drawing: Drawing, language: str) -> None:
    """A pale band, its middle line, both named at the right."""
    count = len(chart.categories)
    low = padded(Series("", chart.low), count)
    high = padded(Series("", chart.high), count)
    values = [v for v in (*low, *high, *padded(chart.middle, count)) if v is not None]
    bottom = drawing.height - 26
    scale = nice_scale(values, bottom, 14)
    words = formats.tick_labels(scale.ticks, chart.unit, language)
    left = max((text_width(word) for word in words), default=0) + GAP + 2
    names = max(text_width(chart.middle.name), text_width(chart.band_name)) + GAP * 2
    right = drawing.width - min(names, drawing.width * 0.24)
    step = (right - left) / max(count - 1, 1)

    def x(index: int) -> float:
        return left + step * index

    upright_axis(drawing, scale, words, left, right)
    both = [
        (index, bottom_value, top_value)
        for index, (bottom_value, top_value) in enumerate(zip(low, high, strict=True))
        if bottom_value is not None and top_value is not None
    ]
    if both:
        outline = [(x(index), scale.at(top)) for index, _low, top in both]
        outline += [(x(index), scale.at(under)) for index, under, _top in reversed(both)]
        drawing.add(
            "path",
            d=path(outline) + "Z",
            fill=drawing.palette.actual,
            fill_opacity="0.14",
            hint=chart.band_name,
        )
        # Named at its upper edge, or under the line's name when the band is thin.
        middle = [value for value in padded(chart.middle, count) if value is not None]
        top, line = scale.at(both[-1][2]) + 4, scale.at(middle[-1]) + 4 if middle else bottom
        at = top if line - top >= LABEL_HEIGHT else line + LABEL_HEIGHT
        drawing.text(right + GAP, at, chart.band_name, room=drawing.width - right - GAP)
    category_axis(drawing, chart.categories, x, step, drawing.height - 8, whole=chart.unit == "date")
    ends = _lines(drawing, (chart.middle,), chart.categories, x, scale, chart.unit, language)
    _name_ends(drawing, [end for end in ends if end is not None], right)


def sparkline(chart: Sparkline, drawing: Drawing, _language: str) -> None:
    """A line to a dot, filling the box."""
    values = [plain(value) for value in chart.values]
    found = numbers(values)
    if not found:
        return
    low, high = min(found), max(found)
    step = (drawing.width - 6) / max(len(values) - 1, 1)
    middle = drawing.height / 2

    def y(value: float) -> float:
        return middle if high == low else drawing.height - 3 - (value - low) / (high - low) * (drawing.height - 6)

    points = [None if value is None else (3 + step * index, y(value)) for index, value in enumerate(values)]
    drawing.add(
        "path", d=path(points), fill="none", stroke=drawing.palette.plan, stroke_width=1.5,
        stroke_linejoin="round", stroke_linecap="round",
    )  # fmt: skip
    last = [point for point in points if point is not None][-1]
    drawing.add("circle", cx=last[0], cy=last[1], r=2.5, fill=drawing.palette.actual)
