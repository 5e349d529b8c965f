"""Text cut to its room before the page is laid out.

The layout engine can end a line with an ellipsis too, but then the PDF's text layer (search, copy, screen readers)
says something else than what is seen.
"""

from functools import lru_cache
from typing import Final

from fontTools.ttLib import TTFont

from tech4value.figures import formats
from tech4value.web.assets import package_file

MILLIMETRES_PER_POINT: Final = 25.4 / 72
ELLIPSIS: Final = "…"


@lru_cache(maxsize=2)
def _advances(strong: bool) -> tuple[dict[int, int], int]:
    """The advance width of each character of the typeface, and its units per em."""
    name = "fonts/SourceSansPro-Semibold.ttf" if strong else "fonts/SourceSansPro-Regular.ttf"
    font = TTFont(package_file(name), lazy=True)
    glyphs, metrics = font.getBestCmap(), font["hmtx"].metrics
    return {code: metrics[glyph][0] for code, glyph in glyphs.items()}, font["head"].unitsPerEm


def width(text: str, points: float, *, strong: bool = False) -> float:
    """How wide a line is, in millimetres, at a size in points; kerning apart, which mostly narrows."""
    advances, em = _advances(strong)
    # A character that another typeface must draw is taken as wide as it is high. Digits are tabular.
    units = sum(advances.get(ord(char), em) if not char.isdigit() else em * 0.5 for char in text)
    return units / em * points * MILLIMETRES_PER_POINT


def fit(text: str, room: float, points: float) -> str:
    """The text on one line, or as much of it as `room` millimetres take, with an ellipsis."""
    line = " ".join(text.replace(formats.THIN, formats.NBSP).split(" "))
    line = " ".join(line.splitlines())
    if width(line, points) <= room:
        return line
    room -= width(ELLIPSIS, points)
    taken = 0.0
    for index, char in enumerate(line):
        taken += width(char, points)
        if taken > room:
            return line[:index].rstrip() + ELLIPSIS
    return line
