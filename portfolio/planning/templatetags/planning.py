"""`{% load planning %}`: gaps in days, as the plan's pages write them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portfolio.planning.domain.durations import in_days
from tech4value.web.formats import days

register = template.Library()


@register.simple_tag
def variance_cell(minutes: int, day: int) -> SafeString:
    """A cell with a gap of working minutes, in days of `day` minutes: signed, red when it is more."""
    text = days(in_days(minutes, day), get_language() or "fr", signed=True)
    css = "delta delta-bad" if minutes > 0 else "delta delta-good" if minutes < 0 else "faint"
    return format_html('<td class="num nowrap"><span class="{}">{}</span></td>', css, text)


@register.filter
def calendar_days(count: int) -> str:
    """`+28 j`: whole days, signed."""
    return days(count, get_language() or "fr", decimals=0, signed=True)
