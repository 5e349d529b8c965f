"""Heat maps, donuts, milestones on a scale of time."""

import math
from datetime import date, timedelta

from tech4value.figures import formats
from tech4value.figures.chart import Donut, Heatmap, MilestoneTimeline
from tech4value.figures.svg.axes import GAP, category_axis
from tech4value.figures.svg.drawing import Drawing, plain, text_width

ROW = 28
_HEAT_LIMITS = (0.0, 0.5, 0.85, 1.0, 1.2)


def heat_step(share: float) -> int:
    """0 empty, 1-2 below 85 %, 3 to the full, 4 up to 20 % over, 5 beyond."""
    return next((step for step, limit in enumerate(_HEAT_LIMITS) if share <= limit), 5)


def heatmap(chart: Heatmap, drawing: Drawing, language: str) -> None:
    """A cell for each value, with the value in it where there is room."""
    left = min(max((text_width(name) for name in chart.rows), default=0) + GAP, drawing.width * 0.36)
    step = (drawing.width - left) / max(len(chart.columns), 1)
    row = (drawing.height - 24) / max(len(chart.rows), 1)
    full = plain(chart.full) or 1.0
    category_axis(drawing, chart.columns, lambda index: left + step * (index + 0.5), step, 12)
    for y, (name, values) in enumerate(zip(chart.rows, chart.values, strict=False)):
        top = 24 + row * y
        drawing.text(left - GAP, top + row / 2 + 4, name, anchor="end", room=left - GAP, fill=drawing.palette.text)
        for x, (column, raw) in enumerate(zip(chart.columns, values, strict=False)):
            value = plain(raw)
            fill, ink = drawing.palette.heat[0 if value is None else heat_step(value / full)]
            word = formats.in_unit(value, chart.unit, language, compact=True)
            drawing.add(
                "rect", x=left + step * x + 1, y=top + 1, width=max(step - 2, 1), height=max(row - 2, 1), rx=3,
                fill=fill, hint=f"{name} · {column} · {formats.in_unit(value, chart.unit, language)}",
            )  # fmt: skip
            if value is not None and text_width(word) < step - 4 and row >= 16:
                drawing.text(left + step * (x + 0.5), top + row / 2 + 4, word, anchor="middle", fill=ink)


def donut(chart: Donut, drawing: Drawing, language: str) -> None:
    """Arcs that begin at noon, each named beside with its value and share."""
    parts = [(name, max(plain(value) or 0.0, 0.0)) for name, value in chart.parts]
    total = sum(value for _name, value in parts)
    radius = min(drawing.height / 2 - 8, drawing.width * 0.22)
    centre = (radius + 8, drawing.height / 2)
    drawing.add(
        "circle",
        cx=centre[0],
        cy=centre[1],
        r=radius * 0.8,
        fill="none",
        stroke=drawing.palette.grid,
        stroke_width=radius * 0.36,
    )
    angle = -math.pi / 2
    for index, (name, value) in enumerate(parts):
        colour = drawing.palette.others[index % len(drawing.palette.others)]
        share = value / total if total else 0.0
        words = formats.in_unit(value, chart.unit, language, compact=True)
        # A full turn has no end point: it stops a hair before.
        sweep = min(share, 0.9999) * 2 * math.pi
        if sweep > 0:
            r = radius * 0.8
            start = (centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle))
            angle += sweep
            end = (centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle))
            drawing.add(
                "path",
                d=f"M{start[0]:.2f} {start[1]:.2f}"
                f"A{r:.2f} {r:.2f} 0 {int(sweep > math.pi)} 1 {end[0]:.2f} {end[1]:.2f}",
                fill="none", stroke=colour, stroke_width=radius * 0.36, hint=f"{name} · {words}",
            )  # fmt: skip
        y = drawing.height / 2 + (index - (len(parts) - 1) / 2) * 22
        x = centre[0] + radius + 24
        drawing.add("rect", x=x, y=y - 5, width=10, height=10, rx=2, fill=colour)
        drawing.text(
            x + 18,
            y + 4,
            f"{name} · {words} ({formats.percent(share, language)})",
            room=drawing.width - x - 18,
        )


def _months(first: date, last: date, wanted: int) -> list[date]:
    """Firsts of months between two dates, thinned to about `wanted`, on even quarters or years."""
    total = (last.year - first.year) * 12 + last.month - first.month + 1
    every = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120) if total / step <= wanted), 240)
    months = []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, month = divmod(index, 12)
        start = date(year, month + 1, 1) if 1 <= year <= 9999 else None
        if start and month % every == 0 and (every <= 12 or year % (every // 12) == 0) and first <= start <= last:
            months.append(start)
    return months


def milestone_timeline(chart: MilestoneTimeline, drawing: Drawing, language: str) -> None:
    """A diamond at the date, a hollow one at the baseline, a line between them, today."""
    palette = drawing.palette
    dates = [chart.today]
    for one in chart.milestones:
        dates += [one.due] + ([one.baseline] if one.baseline else [])
    first, last = min(dates), max(dates)
    margin = max((last - first).days // 20, 7)
    first = first - timedelta(days=min(margin, first.toordinal() - 1))
    last = last + timedelta(days=min(margin, date.max.toordinal() - last.toordinal()))
    left = min(max((text_width(one.label) for one in chart.milestones), default=0) + GAP, drawing.width * 0.36)
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return left + 6 + (day - first).days / span * (drawing.width - left - 12)

    top, bottom = 20.0, drawing.height - 4
    for start in _months(first, last, int((drawing.width - left) / 72)):
        drawing.line(x(start), top, x(start), bottom, palette.grid)
        word = formats.month(start, language)
        if x(start) + text_width(word) / 2 < drawing.width:
            drawing.text(x(start), 12, word, anchor="middle")
    drawing.line(x(chart.today), top - 4, x(chart.today), bottom, palette.axis, dash="1 3")
    row = (bottom - top) / max(len(chart.milestones), 1)
    for index, one in enumerate(chart.milestones):
        y = top + row * (index + 0.5)
        drawing.text(left - GAP, y + 4, one.label, anchor="end", room=left - GAP, fill=palette.text)
        if one.baseline:
            drawing.line(x(one.baseline), y, x(one.due), y, palette.plan, width=2)
            _diamond(
                drawing,
                x(one.baseline),
                y,
                palette.surface,
                palette.plan,
                formats.date_short(one.baseline, language),
            )
        colour = palette.status[one.status]
        fill = palette.surface if one.status == "not_started" else colour
        _diamond(drawing, x(one.due), y, fill, colour, f"{one.label} · {formats.date_short(one.due, language)}")


def _diamond(drawing: Drawing, x: float, y: float, fill: str, stroke: str, hint: str) -> None:
    drawing.add(
        "path", d=f"M{x:.2f} {y - 6:.2f}l6 6l-6 6l-6 -6Z", fill=fill, stroke=stroke, stroke_width=1.5, hint=hint,
    )  # fmt: skip
