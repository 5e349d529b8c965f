"""Typed times, weeks, and what is left to do. Pure: no Django, no clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

MOST_MINUTES: Final = 24 * 60
LONGEST_TEXT: Final = 20
# Beyond it, what is left to do on one task is a typing error: some five years of one person.
MOST_REMAINING: Final = 500_000

_CLOCK: Final = re.compile(r"(\d{1,4})\s*(?:h|:)\s*(\d{1,2})?\s*(?:m|mn|min)?")
_AMOUNT: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,6})?|[.,]\d{1,6})\s*(h|j|d|m|mn|min)?")


class TimeError(ValueError):
    """A text is no time. `code` says why: unreadable, too_long."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Unit(StrEnum):
    """What a number without a unit counts."""

    HOURS = "hours"
    DAYS = "days"


def parse_minutes(text: str, unit: Unit, day_minutes: int, most: int = MOST_MINUTES) -> int:
    """Minutes in `text`: `3,5`, `3h30`, `3:30`, `0,5j`, `0.5d`, `45min`; empty is none. A number alone is in `unit`;
    a day is `day_minutes`. Rounded half up to the minute. Raises TimeError (unreadable, too_long: above `most`)."""
    typed = "".join(text.lower().split())
    if not typed:
        return 0
    if len(typed) > LONGEST_TEXT:
        raise TimeError("unreadable")
    found = _CLOCK.fullmatch(typed)
    if found:
        hours, left = int(found[1]), int(found[2] or 0)
        if left >= 60:
            raise TimeError("unreadable")
        minutes = hours * 60 + left
    else:
        amount = _AMOUNT.fullmatch(typed)
        if amount is None:
            raise TimeError("unreadable")
        factor = _factor(amount[2], unit, day_minutes)
        exact = Decimal(amount[1].replace(",", ".")) * factor
        minutes = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    if minutes > most:
        raise TimeError("too_long")
    return minutes


def _factor(word: str | None, unit: Unit, day_minutes: int) -> int:
    if word in {"j", "d"} or (word is None and unit is Unit.DAYS):
        return day_minutes
    return 1 if word in {"m", "mn", "min"} else 60


def written(minutes: int, unit: Unit, day_minutes: int, comma: str = ",") -> str:
    """Minutes as a cell shows them, which `parse_minutes` reads back as the same: `3h30`, `7h`, `0,5`; nothing for
    none. In days a time that two decimals cannot say is written in hours."""
    if not minutes:
        return ""
    if unit is Unit.DAYS:
        days = (Decimal(minutes) / day_minutes).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if int((days * day_minutes).quantize(Decimal(1), ROUND_HALF_UP)) == minutes:
            return f"{days.normalize():f}".replace(".", comma)
    hours, left = divmod(minutes, 60)
    return f"{hours}h{left:02}" if left else f"{hours}h"


def monday_of(day: date) -> date:
    """The Monday of the week that holds `day`."""
    return day - timedelta(days=day.weekday())


def week_days(week: date) -> tuple[date, ...]:
    """The seven days from the Monday `week`."""
    return tuple(week + timedelta(days=index) for index in range(7))


@dataclass(frozen=True, slots=True)
class WeekOfWork:
    """What a person did on a task in a week (its Monday), and what they then said was left (None: nothing)."""

    week: date
    minutes: int
    remaining: int | None


def still_to_do(planned: int, weeks: Sequence[WeekOfWork]) -> int:
    """Minutes that a person still has on a task: what they said last, less what they did in the weeks after; without
    a word, what was planned less all that they did. Never below zero.

    Source: PMI, Practice Standard for Earned Value Management, bottom-up estimate to complete.
    """
    ordered = sorted(weeks, key=lambda one: one.week)
    said = [index for index, one in enumerate(ordered) if one.remaining is not None]
    if not said:
        return max(0, planned - sum(one.minutes for one in ordered))
    last = said[-1]
    after = sum(one.minutes for one in ordered[last + 1 :])
    return max(0, (ordered[last].remaining or 0) - after)
