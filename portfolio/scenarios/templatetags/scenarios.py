"""Cells of scenarios beside the live plan."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.heatmap import STATE_WORDS
from portfolio.scenarios.domain.loads import LoadCell
from tech4value.figures.formats import percent

register = template.Library()


@register.filter
def item(values: Sequence[Any], index: int) -> Any:
    """The value at a place; nothing beyond the last."""
    return values[index] if index < len(values) else ""


@register.simple_tag
def load_cell(cell: LoadCell, live: Sequence[LoadCell], at: int) -> SafeString:
    """A week of somebody's load; the ones that are not those of the live plan are marked."""
    text = "–" if cell.ratio is None else percent(cell.ratio, get_language() or "fr")
    changed = cell != live[at]
    word = str(STATE_WORDS[cell.state])
    title = _("%(word)s, autre que dans le plan en cours") % {"word": word} if changed else word
    return format_html(
        '<td><span class="load load-{}{}" title="{}">{}</span></td>',
        cell.state.value,
        " load-changed" if changed else "",
        title,
        text,
    )
