"""Bars: upright or lying, side by side or stacked; bullets."""

from tech4value.figures import formats
from tech4value.figures.chart import BarChart, BulletChart, Series, Value
from tech4value.figures.scale import Scale, nice_scale
from tech4value.figures.svg.axes import (
    GAP,
    LEGEND_HEIGHT,
    category_axis,
    fill_of,
    legend,
    looks,
    upright_axis,
)
from tech4value.figures.svg.drawing import Drawing, numbers, plain, text_width

ROW = 28


def padded(series: Series, count: int) -> list[float | None]:
    """As many values as categories."""
    values = [plain(value) for value in series.values[:count]]
    return values + [None] * (count - len(values))


def extent(series: tuple[Series, ...], count: int, stacked: bool) -> list[float]:
    """The values that the scale must hold: each, or the sums up and down of each category."""
    columns = [padded(one, count) for one in series]
    if not stacked:
        return [value for column in columns for value in column if value is not None]
    found = []
    for index in range(count):
        here = [column[index] or 0.0 for column in columns]
        found += [sum(value for value in here if value > 0), sum(value for value in here if value < 0)]
    return found


def bar_chart(chart: BarChart, drawing: Drawing, language: str) -> None:
    """Draws into the drawing's box."""
    if chart.horizontal:
        _lying(chart, drawing, language)
    else:
        _upright(chart, drawing, language)


def draw_bars(
    drawing: Drawing,
    series: tuple[Series, ...],
    categories: tuple[str, ...],
    scale: Scale,
    left: float,
    step: float,
    unit: str,
    language: str,
    *,
    stacked: bool,
) -> None:
    """Upright bars; ghosts (baselines) lie behind, wider."""
    of = looks(series, drawing.palette)
    standing = [index for index, look in enumerate(of) if not look.ghost]
    slots = 1 if stacked else max(len(standing), 1)
    band = min(step * 0.68, 34.0 * slots)
    width = max(band / slots - (2 if slots > 1 and band / slots > 6 else 0), 1.0)
    columns = [padded(one, len(categories)) for one in series]
    for index, category in enumerate(categories):
        start = left + step * index + (step - band) / 2
        up = down = 0.0
        order = [position for position, look in enumerate(of) if look.ghost] + standing
        for position in order:
            value = columns[position][index]
            if value is None:
                continue
            look = of[position]
            base = 0.0
            if stacked and not look.ghost:
                base = up if value >= 0 else down
                up, down = (up + value, down) if value >= 0 else (up, down + value)
            y1, y2 = scale.at(base + value), scale.at(base)
            slot = 0 if stacked else standing.index(position) if position in standing else 0
            x, w = (start - 3, band + 4) if look.ghost else (start + slot * (band / slots), width)
            drawing.add(
                "rect",
                x=x,
                y=min(y1, y2),
                width=w,
                height=abs(y2 - y1),
                rx=0 if stacked else min(2, w / 4),
                hint=f"{category} · {series[position].name} · {formats.in_unit(value, unit, language)}",
                more=fill_of(look),
            )


def _upright(chart: BarChart, drawing: Drawing, language: str) -> None:
    count = len(chart.categories)
    top = LEGEND_HEIGHT + GAP if len(chart.series) > 1 else 20
    bottom = drawing.height - 26
    values = extent(chart.series, count, chart.stacked)
    scale = nice_scale(values, bottom, top, whole=chart.unit == "count")
    words = formats.tick_labels(scale.ticks, chart.unit, language)
    left = max((text_width(word) for word in words), default=0) + GAP + 2
    step = (drawing.width - left - 4) / max(count, 1)
    upright_axis(drawing, scale, words, left, drawing.width - 4)
    draw_bars(
        drawing,
        chart.series,
        chart.categories,
        scale,
        left,
        step,
        chart.unit,
        language,
        stacked=chart.stacked,
    )
    category_axis(drawing, chart.categories, lambda index: left + step * (index + 0.5), step, drawing.height - 8)
    if len(chart.series) > 1:
        legend(drawing, [one.name for one in chart.series], looks(chart.series, drawing.palette), left)
    elif chart.series and count:
        _direct_values(chart, drawing, scale, left, step, language)


def _direct_values(chart: BarChart, drawing: Drawing, scale: Scale, left: float, step: float, language: str) -> None:
    """A single series says its values on its bars when every one has room."""
    values = padded(chart.series[0], len(chart.categories))
    words = [
        formats.in_unit(value, chart.unit, language, compact=True) if value is not None else "" for value in values
    ]
    if max(text_width(word) for word in words) > step - 4:
        return
    for index, (value, word) in enumerate(zip(values, words, strict=True)):
        if value is not None:
            y = scale.at(value) - 5 if value >= 0 else scale.at(value) + 14
            drawing.text(left + step * (index + 0.5), y, word, anchor="middle", fill=drawing.palette.text)


def _lying(chart: BarChart, drawing: Drawing, language: str) -> None:
    count = len(chart.categories)
    top = LEGEND_HEIGHT if len(chart.series) > 1 else 4
    left = min(max((text_width(name) for name in chart.categories), default=0) + GAP, drawing.width * 0.36)
    values = extent(chart.series, count, chart.stacked)
    totals = [
        sum(value for value in (padded(one, count)[index] for one in chart.series) if value is not None)
        for index in range(count)
    ]
    single = chart.stacked or len(chart.series) == 1
    ends = [(under, over) for over, under in zip(values[::2], values[1::2], strict=True)] if chart.stacked else []
    # Bars that go both ways from zero say where they end at each end: their sum would say neither.
    both_ways = any(under < 0 < over for under, over in ends)

    def word(value: Value | None) -> str:
        return formats.in_unit(plain(value), chart.unit, language, compact=True, signed=both_ways)

    words = [word(total) for total in totals]
    written = [word(end) for pair in ends for end in pair] if both_ways else words
    margin = max((text_width(one) for one in written), default=0) + GAP if single else 4
    scale = nice_scale(values, left + (margin if min(values, default=0) < 0 else 0), drawing.width - margin)
    row = (drawing.height - top - 4) / max(count, 1)
    of = looks(chart.series, drawing.palette)
    slots = 1 if chart.stacked else max(len(chart.series), 1)
    band = min(row * 0.7, 20.0 * slots)
    for index, name in enumerate(chart.categories):
        y = top + row * index + (row - band) / 2
        drawing.text(
            left - GAP,
            top + row * (index + 0.5) + 4,
            name,
            anchor="end",
            room=left - GAP,
            fill=drawing.palette.text,
        )
        up = down = 0.0
        for position, one in enumerate(chart.series):
            value = padded(one, count)[index]
            if value is None:
                continue
            base = 0.0
            if chart.stacked:
                base = up if value >= 0 else down
                up, down = (up + value, down) if value >= 0 else (up, down + value)
            x1, x2 = scale.at(base), scale.at(base + value)
            drawing.add(
                "rect",
                x=min(x1, x2),
                y=y + (0 if chart.stacked else position * band / slots),
                width=abs(x2 - x1),
                height=max(band / slots - (1 if slots > 1 else 0), 1),
                rx=0 if chart.stacked else 2,
                hint=f"{name} · {one.name} · {formats.in_unit(value, chart.unit, language)}",
                more=fill_of(of[position]),
            )
        if both_ways:
            under, over = ends[index]
            height = top + row * (index + 0.5) + 4
            if under < 0:
                drawing.text(scale.at(under) - 6, height, word(under), anchor="end")
            if over > 0 or under == 0:
                drawing.text(scale.at(over) + 6, height, word(over))
        elif single and any(padded(one, count)[index] is not None for one in chart.series):
            end = max(scale.at(up), scale.at(max(totals[index], 0)))  # beyond the bar, whatever its sign
            drawing.text(end + 6, top + row * (index + 0.5) + 4, words[index])
    drawing.line(scale.at(0), top, scale.at(0), drawing.height - 4, drawing.palette.plan)
    if len(chart.series) > 1:
        legend(drawing, [one.name for one in chart.series], of, left)


def bullet_chart(chart: BulletChart, drawing: Drawing, language: str) -> None:
    """A thick pale bar (reference), a thin solid one (value), a stroke (target)."""
    left = min(max((text_width(bullet.label) for bullet in chart.bullets), default=0) + GAP, drawing.width * 0.36)
    everything = numbers([v for b in chart.bullets for v in (b.value, b.target, b.reference)])
    words = [formats.in_unit(plain(bullet.value), chart.unit, language, compact=True) for bullet in chart.bullets]
    margin = max((text_width(word) for word in words), default=0) + GAP * 2
    scale = nice_scale(everything, left, drawing.width - margin)
    row = (drawing.height - 4) / max(len(chart.bullets), 1)
    palette = drawing.palette
    for index, bullet in enumerate(chart.bullets):
        middle = row * (index + 0.5)
        drawing.text(left - GAP, middle + 4, bullet.label, anchor="end", room=left - GAP, fill=palette.text)
        for value, height, colour, name in (
            (plain(bullet.reference), min(row * 0.62, 20), palette.baseline, chart.reference_name),
            (plain(bullet.value), min(row * 0.3, 9), palette.actual, chart.value_name),
        ):
            if value is None:
                continue
            x1, x2 = scale.at(0), scale.at(value)
            drawing.add(
                "rect", x=min(x1, x2), y=middle - height / 2, width=abs(x2 - x1), height=height, rx=2, fill=colour,
                hint=f"{bullet.label} · {name} · {formats.in_unit(value, chart.unit, language)}",
            )  # fmt: skip
        target = plain(bullet.target)
        if target is not None:
            half = min(row * 0.4, 13)
            drawing.line(scale.at(target), middle - half, scale.at(target), middle + half, palette.text, width=2)
        drawing.text(drawing.width, middle + 4, words[index], anchor="end")
