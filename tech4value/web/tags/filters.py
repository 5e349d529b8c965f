"""Filters that write numbers and dates in the page's language."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from tech4value.figures import formats
from tech4value.web.tags.registry import language, on_the_clock, register

Value = Decimal | float | int


@register.filter
def money(value: Value | None, currency: str = "EUR") -> str:
    """`1 234,56 €`."""
    return formats.money(value, str(currency), language())


@register.filter
def money_round(value: Value | None, currency: str = "EUR") -> str:
    """`1 235 €`: no cents."""
    return formats.money(value, str(currency), language(), decimals=0)


@register.filter
def compact_money(value: Value | None, currency: str = "EUR") -> str:
    """`1,2 M€`."""
    return formats.compact_money(value, str(currency), language())


@register.filter
def signed_money(value: Value | None, currency: str = "EUR") -> str:
    """`+1 234,56 €`: an amount that is a difference."""
    return formats.money(value, str(currency), language(), signed=True)


@register.filter
def number(value: Value | None, decimals: int = 0) -> str:
    """`1 234`."""
    return formats.number(value, language(), decimals=int(decimals))


@register.filter
def quantity(value: Value | None) -> str:
    """`2,5`: only the decimals that it needs."""
    return formats.quantity(value, language())


@register.filter
def percent(value: Value | None, decimals: int = 0) -> str:
    """A share 0-1: `82 %`."""
    return formats.percent(value, language(), decimals=int(decimals))


@register.filter
def delta(value: Value | None, unit: str = "count") -> str:
    """Signed, in a figure's unit: `+12 k€`."""
    return formats.in_unit(value, unit, language(), compact=True, signed=True)


@register.filter
def in_unit(value: Value | None, unit: str) -> str:
    """In a figure's unit."""
    return formats.in_unit(value, unit, language())


@register.filter
def date_short(value: date | None) -> str:
    """`12/03/2026`."""
    return formats.date_short(value, language())


@register.filter
def date_long(value: date | None) -> str:
    """`jeudi 12 mars 2026`."""
    return formats.date_long(value, language())


@register.filter
def date_time(value: datetime | None) -> str:
    """`12/03/2026 à 14:05`, on the tenant's clock."""
    return formats.date_time(None if value is None else on_the_clock(value), language())


@register.filter
def month(value: date | None) -> str:
    """`mars 2026`."""
    return formats.month(value, language())


@register.filter
def days(value: Value | None) -> str:
    """`2,5 j`."""
    return formats.days(value, language())


@register.filter
def calendar_days(value: Value | None) -> str:
    """`14 j calendaires`: what lies between two dates."""
    return formats.calendar_days(value, language())


@register.filter
def working_days(value: Value | None) -> str:
    """`2,5 j ouvrés`: work, and the room that is left for it."""
    return formats.working_days(value, language())


@register.filter
def fte(value: Value | None) -> str:
    """`2,5 ETP`."""
    return formats.fte(value, language())


@register.filter
def duration(minutes: int | None) -> str:
    """Working minutes: `3 j 2 h`."""
    return formats.duration(minutes, language())


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The entry of a dict under a key that is a variable."""
    return mapping.get(key)


@register.filter
def as_json(value: Any) -> SafeString:
    """JSON for a data block of the page: what could close the block is escaped."""
    text = json.dumps(value, ensure_ascii=True)
    return SafeString(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
