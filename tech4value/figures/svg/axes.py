"""What charts share: the look of a role, the legend, the axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tech4value.figures.chart import Series
from tech4value.figures.scale import Scale
from tech4value.figures.svg.drawing import TEXT, Drawing, text_width
from tech4value.figures.svg.palette import Palette

LEGEND_HEIGHT = 24
GAP = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn."""

    colour: str
    dash: str = ""
    ghost: bool = False


def looks(series: Sequence[Series], palette: Palette) -> list[Look]:
    """The role's look; those that have none take the palette's colours in turn, but the one of actual and forecast
    where these are drawn."""
    found = []
    others = int(any(one.role in {"actual", "forecast"} for one in series))
    for one in series:
        match one.role:
            case "plan":
                found.append(Look(palette.plan))
            case "actual":
                found.append(Look(palette.actual))
            case "forecast":
                found.append(Look(palette.forecast, dash="5 4"))
            case "baseline":
                found.append(Look(palette.baseline, ghost=True))
            case "other":
                found.append(Look(palette.others[others % len(palette.others)]))
                others += 1
    return found


def fill_of(look: Look) -> dict[str, str | float]:
    """The attributes of a bar: solid, or an outline for what is not yet real."""
    if look.dash:
        return {
            "fill": look.colour,
            "fill_opacity": "0.16",
            "stroke": look.colour,
            "stroke_width": 1,
            "stroke_dasharray": "3 2",
        }
    return {"fill": look.colour}


def legend(drawing: Drawing, names: Sequence[str], of: Sequence[Look], x: float, *, lines: bool = False) -> None:
    """Names beside a swatch, in one row above the drawing; the last ones are cut when there is no room."""
    room = (drawing.width - x) / max(len(names), 1) - 26
    for name, look in zip(names, of, strict=True):
        if lines:
            drawing.line(x, 10, x + 14, 10, look.colour, width=2, dash=look.dash and "4 3")
        else:
            drawing.add("rect", x=x, y=5, width=10, height=10, rx=2, more=fill_of(look))
        drawing.text(x + 18, 14, name, room=max(room, 24))
        x += 18 + min(text_width(name), max(room, 24)) + 18


def upright_axis(drawing: Drawing, scale: Scale, words: Sequence[str], left: float, right: float) -> None:
    """Grid lines and their values at the left."""
    for tick, word in zip(scale.ticks, words, strict=True):
        y = scale.at(tick)
        zero = abs(tick) < 1e-12
        drawing.line(left, y, right, y, drawing.palette.plan if zero else drawing.palette.grid)
        drawing.text(left - GAP, y + 4, word, anchor="end")


def category_axis(
    drawing: Drawing,
    names: Sequence[str],
    centre: Callable[[int], float],
    step: float,
    y: float,
    *,
    whole: bool = False,
) -> None:
    """Names under the drawing: all, cut a little, or every second, third... when there are many, or when they make
    sense whole only (`whole`: dates)."""
    if not names:
        return
    widest = max(text_width(name) for name in names)
    every = 1
    if widest > step - 6:
        # Long names that are few are cut; many short ones (months) are thinned.
        every = 1 if step >= 56 and not whole else max(1, -(-int(min(widest, 90) + 10) // max(int(step), 1)))
    for index in range(0, len(names), every):
        half = min(step * every / 2, centre(index), drawing.width - centre(index))
        drawing.text(centre(index), y, names[index], anchor="middle", room=max(half * 2 - 4, TEXT))
