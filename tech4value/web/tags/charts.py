"""Charts, sparklines, heat cells, the risk matrix."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tech4value.figures import formats, svg
from tech4value.figures.chart import Chart, LineChart, Sparkline, Waterfall
from tech4value.figures.plotly_spec import plotly_spec
from tech4value.figures.table import table
from tech4value.web.tags.registry import language, register

NARROW = 700  # a drawing that is no wider than this shrinks with its card
Text = str | Promise
Value = Decimal | float | int


@register.inclusion_tag("components/chart.html")
def chart(
    chart: Chart, *, width: int = 640, height: int | None = None, title: bool = True, explore: bool = True
) -> dict[str, Any]:
    """A chart drawn by the server, its table one key away, Explorer on demand. `width` is the card's, about. A wide
    chart of several lines is drawn for phones too, its lines numbered and named below: names at the right of a
    drawing that scrolls are not seen. So is a waterfall, whose steps are at its right."""
    return {
        **(_narrow(chart) if width > NARROW else {}),
        "chart": chart,
        "title": title,
        "drawing": SafeString(svg.render(chart, language(), width=width, height=height)),
        "table": table(chart, language()),
        "spec": plotly_spec(chart, language()) if explore else None,
    }


def _narrow(chart: Chart) -> dict[str, Any]:
    """What a phone shows instead of a wide drawing; nothing for a chart that scrolls well."""
    if isinstance(chart, Waterfall):
        return {"narrow": SafeString(svg.render(chart, language(), width=340))}
    if not isinstance(chart, LineChart) or chart.bars:
        return {}
    drawn = svg.render(chart, language(), width=340, height=300, numbered=True)
    return {
        "narrow": SafeString(drawn),
        "keys": [(SafeString(mark), name) for mark, name in svg.keys(chart)],
    }


@register.simple_tag
def sparkline(values: Iterable[float | None], *, label: Text = "") -> SafeString:
    """The shape of a series, without axes."""
    return SafeString(svg.render(Sparkline(title=str(label), values=tuple(values)), language()))


@register.simple_tag
def heat(share: Value | None, text: Text = "", *, url: str = "") -> SafeString:
    """Load over capacity, 0-1 and beyond, in the states of portfolio.capacity.domain: a status from tension on."""
    if share is None:
        return format_html('<span class="load load-none">{}</span>', formats.DASH)
    state = "under" if share < 0.8 else "balanced" if share <= 1 else "tight" if share <= 1.1 else "over"
    words = text or formats.percent(share, language())
    if url:
        return format_html('<a class="load load-{}" href="{}">{}</a>', state, url, words)
    return format_html('<span class="load load-{}">{}</span>', state, words)


def severity(probability: int, impact: int) -> str:
    """The zone of a 5 x 5 matrix by score, as portfolio.risks.domain: low to 4, medium to 9, high to 14, critical."""
    score = probability * impact
    return "low" if score <= 4 else "medium" if score <= 9 else "high" if score <= 14 else "critical"


@register.inclusion_tag("components/matrix.html")
def risk_matrix(
    cells: Mapping[tuple[int, int], int | tuple[int, str]], *, probability: Text = "", impact: Text = ""
) -> dict[str, Any]:
    """How many risks by (probability, impact), each 1-5; a value may be (count, address of those risks)."""
    rows = []
    for level in range(5, 0, -1):
        row = []
        for column in range(1, 6):
            found = cells.get((level, column), 0)
            count, url = found if isinstance(found, tuple) else (found, "")
            row.append({"impact": column, "count": count, "url": url, "zone": severity(level, column)})
        rows.append({"probability": level, "cells": row})
    return {
        "rows": rows,
        "columns": range(1, 6),
        "probability": probability or gettext("Probabilité"),
        "impact": impact or gettext("Impact"),
    }
