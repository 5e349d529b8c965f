"""Waterfalls: how one total becomes another."""

from tech4value.figures import formats
from tech4value.figures.chart import Series, Waterfall
from tech4value.figures.scale import nice_scale
from tech4value.figures.svg.axes import GAP, fill_of, looks
from tech4value.figures.svg.drawing import Drawing, plain, text_width

# A step that is small beside the totals is still seen.
THINNEST = 2.0


def spans(chart: Waterfall) -> list[tuple[float, float] | None]:
    """From where to where each bar goes; None for a step without a value."""
    found: list[tuple[float, float] | None] = []
    level = 0.0
    for step in chart.steps:
        value = plain(step.value)
        if value is None:
            found.append(None)
            continue
        start = 0.0 if step.total is not None else level
        level = start + value
        found.append((start, level))
    return found


def waterfall(chart: Waterfall, drawing: Drawing, language: str) -> None:
    """A row a step: its name, its bar, its value at the bar's right; a thin line carries the level to the next."""
    palette = drawing.palette
    bars = spans(chart)
    words = [
        formats.in_unit(plain(step.value), chart.unit, language, compact=True, signed=step.total is None)
        for step in chart.steps
    ]
    left = min(max((text_width(step.label) for step in chart.steps), default=0) + GAP, drawing.width * 0.36)
    margin = max((text_width(word) for word in words), default=0) + GAP * 2
    ends = [end for bar in bars if bar is not None for end in bar]
    scale = nice_scale(ends, left + 4, drawing.width - margin)
    row = (drawing.height - 8) / max(len(chart.steps), 1)
    height = min(row * 0.62, 20)
    level: tuple[float, float] | None = None
    for index, (step, bar) in enumerate(zip(chart.steps, bars, strict=True)):
        middle = 4 + row * (index + 0.5)
        strong = step.total is not None
        drawing.text(
            left - GAP, middle + 4, step.label, anchor="end", room=left - GAP, fill=palette.text, strong=strong
        )
        if bar is None:
            continue
        x1, x2 = sorted(scale.at(end) for end in bar)
        if level is not None and step.total is None:
            drawing.line(level[0], level[1], level[0], middle - height / 2, palette.plan)
        if step.total is not None:
            more = fill_of(looks([Series("", (), step.total)], palette)[0])
        else:
            more = {"fill": palette.others[1] if bar[1] > bar[0] else palette.others[0]}
        value = formats.in_unit(plain(step.value), chart.unit, language, signed=not strong)
        drawing.add(
            "rect",
            x=x1,
            y=middle - height / 2,
            width=max(x2 - x1, THINNEST),
            height=height,
            rx=2,
            hint=f"{step.label} · {value}",
            more=more,
        )
        drawing.text(max(x2, x1 + THINNEST) + 6, middle + 4, words[index], fill=palette.text, strong=strong)
        level = (scale.at(bar[1]), middle + height / 2)
    drawing.line(scale.at(0), 4, scale.at(0), drawing.height - 4, palette.plan)
