"""The pencil: well-formed SVG elements, text that is measured and cut to its room."""

import math
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tech4value.figures.svg.palette import Palette

TEXT: Final = 12
_LIMIT: Final = 1e18
_DUST: Final = 1e-9

# Advance widths of Source Sans Pro in thousandths of the size, by kind of letter: enough to lay text out.
_NARROW: Final = set("ijlI.,;:'|!()[]’\u202f\u00a0 ")
_WIDE: Final = set("mwMW%€@ŒœÆæ")


def text_width(text: str, size: float = TEXT) -> float:
    """About how wide a text is, rather over than under."""
    total = 0.0
    for char in text:
        if char in _NARROW:
            total += 0.28
        elif char in _WIDE:
            total += 0.86
        elif char.isupper():
            total += 0.62
        elif unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        else:
            total += 0.52
    return total * size


def cut(text: str, room: float, size: float = TEXT) -> str:
    """The text, or as much of it as the room takes, with an ellipsis."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def plain(value: Decimal | float | int | None) -> float | None:
    """A value as a number that can be drawn: None for none, not a number and infinite; the unthinkably large is held
    at 1e18 and dust is zero, so that no scale overflows."""
    if value is None:
        return None
    try:
        number = float(value)
    except (OverflowError, InvalidOperation, ValueError):
        return None
    if not math.isfinite(number):
        return None
    if abs(number) < _DUST:
        return 0.0
    return max(-_LIMIT, min(_LIMIT, number))


def numbers(values: Sequence[Decimal | float | int | None]) -> list[float]:
    """Those that can be drawn."""
    return [number for number in map(plain, values) if number is not None]


def clean(text: str) -> str:
    """Without the characters that XML 1.0 refuses."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r"
        or (ord(char) >= 0x20 and not 0xD800 <= ord(char) <= 0xDFFF and ord(char) not in (0xFFFE, 0xFFFF))
    )


def _coordinate(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class Drawing:
    """Elements in order, `width` by `height` units."""

    def __init__(self, width: float, height: float, palette: Palette) -> None:
        self.width, self.height, self.palette = width, height, palette
        self._parts: list[str] = []

    def add(
        self,
        name: str,
        more: Mapping[str, str | float] | None = None,
        *,
        hint: str = "",
        body: str = "",
        **attributes: str | float,
    ) -> None:
        """One element; underscores of attribute names are hyphens, `hint` is shown on hover."""
        pairs = "".join(
            f" {key.rstrip('_').replace('_', '-')}="
            + quoteattr(clean(value) if isinstance(value, str) else _coordinate(value))
            for key, value in {**attributes, **(more or {})}.items()
        )
        inner = (f"<title>{escape(clean(hint))}</title>" if hint else "") + escape(clean(body))
        self._parts.append(f"<{name}{pairs}>{inner}</{name}>" if inner else f"<{name}{pairs}/>")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: str = "start",
        room: float = 0,
        fill: str = "",
        strong: bool = False,
        size: float = TEXT,
    ) -> None:
        """A line of text; cut to `room` when given, whole on hover."""
        shown = cut(text, room, size) if room else text
        attributes: dict[str, str | float] = {"font_weight": "600"} if strong else {}
        self.add(
            "text",
            x=x,
            y=y,
            text_anchor=anchor,
            font_size=size,
            fill=fill or self.palette.axis,
            body=shown,
            hint=text if shown != text else "",
            more=attributes,
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        attributes: dict[str, str | float] = {"stroke_dasharray": dash} if dash else {}
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, more=attributes)

    def markup(self, title: str, description: str, css: str = "") -> str:
        """The whole SVG, with its name and description for those who do not see it."""
        head = f"<title>{escape(clean(title))}</title>" if title else ""
        if description:
            head += f"<desc>{escape(clean(description))}</desc>"
        role = f'role="img" aria-label={quoteattr(clean(title))}' if title else 'aria-hidden="true"'
        size = f'width="{_coordinate(self.width)}" height="{_coordinate(self.height)}"'
        box = f'viewBox="0 0 {_coordinate(self.width)} {_coordinate(self.height)}"'
        name = f' class="{css}"' if css else ""
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {size}{name} {role}>{head}{"".join(self._parts)}</svg>'
