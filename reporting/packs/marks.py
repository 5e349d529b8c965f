"""Small drawings of the document, in literal colours: PDFs know no token of the screens."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reporting.dashboards.domain.facts import WeatherMonth
from tech4value.figures import formats, svg
from tech4value.figures.chart import Chart
from tech4value.figures.svg import PRINT
from tech4value.web.tags.display import STATUSES, TRENDS, WEATHERS

FONT: Final = "Source Sans Pro"
WEATHER_COLOURS: Final = {
    "sunny": PRINT.status["on_track"],
    "cloudy": PRINT.axis,
    "rainy": PRINT.status["at_risk"],
    "stormy": PRINT.status["off_track"],
}
_ARROWS: Final = {
    "up": "M3 9 9 3M4.5 3H9v4.5",
    "flat": "M2 6h8M6.8 2.8 10 6 6.8 9.2",
    "down": "M3 3l6 6M9 4.5V9H4.5",
}


def drawing(chart: Chart, language: str, *, width: float, height: float) -> SafeString:
    """A chart as vectors, in the document's typeface. Its size on paper is the style sheet's."""
    markup = svg.render(chart, language, width=width, height=height, palette=PRINT)
    return SafeString(markup.replace("<svg ", f'<svg font-family="{FONT}" ', 1))


def _svg(box: str, css: str, title: str, body: str) -> SafeString:
    return SafeString(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" class="{css}"><title>{escape(title)}</title>'
        f"{body}</svg>"
    )


def weather(value: str) -> SafeString:
    """The weather's icon; nothing for none."""
    if value not in WEATHERS:
        return SafeString("")
    word, body = WEATHERS[value]
    return _svg("0 0 20 20", "mark", str(word), body.replace("currentColor", WEATHER_COLOURS[value]))


def trend(value: str) -> SafeString:
    """The trend's arrow; nothing for none."""
    if value not in TRENDS:
        return SafeString("")
    stroke = f'fill="none" stroke="{PRINT.axis}" stroke-width="1.4"'
    return _svg("0 0 12 12", "mark mark-small", str(TRENDS[value][0]), f'<path d="{_ARROWS[value]}" {stroke}/>')


def status(value: str) -> SafeString:
    """The shape and colour of a status."""
    word, body = STATUSES[value]
    return _svg("-1 -1 12 12", "mark mark-small", str(word), body.replace("currentColor", PRINT.status[value]))


def history(months: Sequence[WeatherMonth], language: str) -> SafeString:
    """The weather of each of the last months side by side, oldest first; a dot where none was reported."""
    if not months:
        return SafeString("")
    parts = []
    for index, one in enumerate(months):
        if one.weather in WEATHERS:
            body = WEATHERS[one.weather][1].replace("currentColor", WEATHER_COLOURS[one.weather])
            parts.append(f'<g transform="translate({index * 26} 0)">{body}</g>')
        else:
            parts.append(f'<circle cx="{index * 26 + 10}" cy="10" r="1.6" fill="{PRINT.plan}"/>')
    said = ", ".join(
        f"{formats.month(one.month, language)} {WEATHERS[one.weather][0] if one.weather in WEATHERS else '–'}"
        for one in months
    )
    title = _("Météo des derniers mois : %(months)s") % {"months": said}
    return _svg(f"0 0 {len(months) * 26 - 6} 20", "history", title, "".join(parts))
