"""How somebody else's table writes its values: the order of dates, the decimals, the units; and their reading."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from integrations.imports.domain.cells import CellValue, read_text
from integrations.imports.domain.problem import ProblemCode
from integrations.imports.domain.sheets import ColumnSpec, ValueType
from integrations.imports.domain.values import (
    EXCEL_DAY_ZERO,
    FIRST_YEAR,
    LAST_YEAR,
    Reading,
    ValueRefused,
    as_text,
    clean,
    fold,
    read_date,
    read_month,
    read_number,
)


class DateOrder(StrEnum):
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class Unit(StrEnum):
    """What a bare number of a column counts."""

    ONE = "1"
    THOUSAND = "k"
    MILLION = "M"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MINUTE = "min"
    PERCENT = "%"
    SHARE = "share"


UNITS: Final[Mapping[ValueType, tuple[Unit, ...]]] = {
    ValueType.MONEY: (Unit.ONE, Unit.THOUSAND, Unit.MILLION),
    ValueType.DURATION: (Unit.DAY, Unit.HOUR, Unit.WEEK, Unit.MINUTE),
    ValueType.PERCENT: (Unit.PERCENT, Unit.SHARE),
}
_MULTIPLES: Final = {Unit.ONE: Decimal(1), Unit.THOUSAND: Decimal(1_000), Unit.MILLION: Decimal(1_000_000)}
_MONEY_SUFFIX: Final = re.compile(
    r"^(?P<number>.*?[\d)])\s*(?:(?P<multiple>k|m|mio|millions?|milliers?)\s*)?(?:€|eur|euros?|\$|£|usd|gbp|chf)?$",
    re.I,
)
_MONEY_PREFIX: Final = re.compile(r"^(?:€|eur|\$|£|usd|gbp|chf)\s*", re.I)
_DURATION: Final = re.compile(
    r"^(?P<number>[-(]?[\d\s.,'’\u00a0\u202f]+\)?)\s*(?P<unit>jours?|journees?|jh|jrs?|j|days?|d|heures?|hours?|hrs?|h|"
    r"semaines?|sem|weeks?|wks?|w|minutes?|mins?|mn|m)?\.?$",
    re.I,
)
_DURATION_UNITS: Final = {
    "j": Unit.DAY,
    "d": Unit.DAY,
    "h": Unit.HOUR,
    "s": Unit.WEEK,
    "w": Unit.WEEK,
    "m": Unit.MINUTE,
}
_HOURS_MINUTES: Final = re.compile(r"^(\d+)\s*[:hH]\s*(\d{2})$")
_YES: Final = {"oui", "o", "yes", "y", "vrai", "true", "x", "1", "ok", "✓", "v"}
_NO: Final = {"non", "n", "no", "faux", "false", "0", ""}


@dataclass(frozen=True)
class Conventions:
    """`decimal` is the comma or the point; `day_zero` is that of serial numbers; `day_minutes` a day of work."""

    date_order: DateOrder = DateOrder.DAY_FIRST
    decimal: str = ","
    day_zero: date = EXCEL_DAY_ZERO
    day_minutes: int = 420

    def reader(self, unit: Unit | None) -> "ColumnReader":
        """What reads the cells of a column whose numbers count `unit`."""
        return ColumnReader(self, unit)


@dataclass(frozen=True)
class ColumnReader:
    """Reads one cell; see `cells.read_cell`."""

    conventions: Conventions
    unit: Unit | None = None

    def __call__(self, column: ColumnSpec, raw: object, shown: str) -> Reading[CellValue]:
        by = self.conventions
        match column.type:
            case ValueType.DATE:
                day = as_date(raw, by)
                return Reading(day.value, day.warning)
            case ValueType.MONTH:
                month = as_month(raw, by)
                return Reading(month.value, month.warning)
            case ValueType.MONEY:
                money = as_money(raw, by, self.unit or Unit.ONE)
                return Reading(money.value, money.warning)
            case ValueType.PERCENT:
                return Reading(as_share(raw, by, self.unit))
            case ValueType.DURATION:
                return Reading(as_minutes(raw, by, self.unit or Unit.DAY))
            case ValueType.NUMBER:
                return Reading(as_number(raw, by))
            case ValueType.INTEGER:
                number = as_number(raw, by)
                if number != number.to_integral_value():
                    raise ValueRefused(ProblemCode.NOT_AN_INTEGER)
                return Reading(int(number))
            case ValueType.BOOLEAN:
                return Reading(int(as_boolean(raw)))
        if "\ufffd" in shown:
            raise ValueRefused(ProblemCode.BAD_CHARACTERS)
        return Reading(read_text(column, shown))


def as_date(raw: object, by: Conventions) -> Reading[date]:
    """A day: 03/04/2026 by the order of dates, 2026-04-03, 3-avr.-26, or a serial number.

    Raises ValueRefused(not_a_date | impossible_date).
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Reading(_of_serial(raw, by))
    if not isinstance(raw, str):
        return read_date(raw)
    text = clean(raw)
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return Reading(_of_serial(float(text.replace(",", ".")), by))
    if match := re.match(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:\s.*)?$", text):
        first, second, third = match.groups()
        if by.date_order is DateOrder.MONTH_FIRST:
            return Reading(_day(third, first, second))
        if by.date_order is DateOrder.YEAR_FIRST and len(third) == 2:
            return Reading(_day(first, second, third))
        return Reading(_day(third, second, first))
    return read_date(text)


def _of_serial(raw: float, by: Conventions) -> date:
    if not 20_000 <= raw <= 80_000:
        raise ValueRefused(ProblemCode.NOT_A_DATE)
    return _plausible(by.day_zero + timedelta(days=int(raw)))


def _day(year: str, month: str, day: str) -> date:
    number = int(year)
    number = number if len(year) > 2 else 2000 + number if number < 80 else 1900 + number
    try:
        return _plausible(date(number, int(month), int(day)))
    except ValueError as error:
        raise ValueRefused(ProblemCode.IMPOSSIBLE_DATE) from error


def _plausible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueRefused(ProblemCode.IMPOSSIBLE_DATE)
    return day


def as_month(raw: object, by: Conventions) -> Reading[date]:
    """A month as its first day: « mars 2026 », 03/2026, or any day of it. Raises ValueRefused(not_a_month)."""
    if isinstance(raw, str):
        try:
            return read_month(raw) if not re.match(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d", clean(raw)) else _month(raw, by)
        except ValueRefused:
            return _month(raw, by)
    return _month(raw, by)


def _month(raw: object, by: Conventions) -> Reading[date]:
    text = clean(raw) if isinstance(raw, str) else ""
    if short := re.fullmatch(r"(\w+)\.?[-/ .']+(\d{2})", text):  # janv.-26
        return read_month(f"{short[1]} 20{short[2]}")
    try:
        found = as_date(raw, by)
    except ValueRefused as error:
        raise ValueRefused(ProblemCode.NOT_A_MONTH) from error
    return Reading(found.value.replace(day=1), found.warning)


def as_number(raw: object, by: Conventions) -> Decimal:
    """A number as the conventions write it: 1 234,56 or 1.234,56 with a decimal comma, 1,234.56 with a point.

    In brackets, or with a sign after it, it is negative. Raises ValueRefused(not_a_number).
    """
    if not isinstance(raw, str):
        return read_number(raw).value
    text = clean(raw).replace("−", "-").replace("–", "-")
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    if text.endswith("-"):
        negative, text = not negative, text[:-1].strip()
    if text[:1] in {"+", "-"}:
        negative ^= text[0] == "-"
        text = text[1:].strip()
    other = "." if by.decimal == "," else ","
    whole, mark, decimals = text.partition(by.decimal)
    if mark and not re.fullmatch(r"[0-9]+", decimals):
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    grouped = rf"[0-9]+|[0-9]{{1,3}}(?:[\s\u00a0\u202f\u2009'’{re.escape(other)}][0-9]{{3}})+"
    if not re.fullmatch(grouped, whole) and not (mark and not whole):
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    digits = re.sub(r"[^0-9]", "", whole) or "0"
    if len(digits) > 15:
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    value = Decimal(f"{digits}.{decimals or '0'}")
    return -value if negative else value


def as_money(raw: object, by: Conventions, unit: Unit) -> Reading[Decimal]:
    """An amount to the cent, half up: « 12,5 k€ » says its own unit, a bare number counts `unit`.

    Raises ValueRefused(not_a_number).
    """
    if isinstance(raw, str):
        text = _MONEY_PREFIX.sub("", clean(raw).strip())
        bracketed = text.startswith("(") and text.endswith(")")
        text = text[1:-1].strip() if bracketed else text
        if text.startswith("-"):
            text = "-" + _MONEY_PREFIX.sub("", text[1:].strip())
        found = _MONEY_SUFFIX.match(text)
        if found is None:
            raise ValueRefused(ProblemCode.NOT_A_NUMBER)
        said = (found["multiple"] or "").lower()
        if said:
            unit = Unit.THOUSAND if said[0] == "k" or said.startswith("millier") else Unit.MILLION
        value = as_number(found["number"], by)
        value = -value if bracketed else value
    else:
        value = as_number(raw, by)
    value *= _MULTIPLES.get(unit, Decimal(1))
    amount = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    lost = abs(amount - value) > Decimal("0.00001")
    return Reading(amount, ProblemCode.ROUNDED_AMOUNT if lost else None)


def as_share(raw: object, by: Conventions, unit: Unit | None) -> Decimal:
    """A share as 0-1. A sign decides; else the unit; else up to 1 is a share. Raises ValueRefused(not_a_number)."""
    signed = isinstance(raw, str) and raw.rstrip().endswith("%")
    value = as_number(raw.rstrip().removesuffix("%").rstrip() if isinstance(raw, str) else raw, by)
    if signed or unit is Unit.PERCENT or (unit is None and value > 1):
        value /= 100
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def as_minutes(raw: object, by: Conventions, unit: Unit) -> int:
    """A duration in minutes of work: « 3,5 j », « 12 h », « 1:30 » or « 1h30 »; a bare number counts `unit`.

    Raises ValueRefused(not_a_duration).
    """
    if isinstance(raw, timedelta):
        return int(raw.total_seconds() // 60)
    said = unit
    number: object = raw
    if isinstance(raw, str):
        text = fold_units(clean(raw))
        if found := _HOURS_MINUTES.fullmatch(text):
            return int(found[1]) * 60 + int(found[2])
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueRefused(ProblemCode.NOT_A_DURATION)
        said = _DURATION_UNITS[match["unit"][0].lower()] if match["unit"] else unit
        number = match["number"].strip()
    try:
        value = as_number(number, by)
    except ValueRefused as error:
        raise ValueRefused(ProblemCode.NOT_A_DURATION) from error
    if value < 0:
        raise ValueRefused(ProblemCode.NOT_A_DURATION)
    minutes = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.WEEK: 5 * by.day_minutes}.get(said, by.day_minutes)
    return int((value * minutes).quantize(Decimal(1), ROUND_HALF_UP))


def fold_units(text: str) -> str:
    """« journées » without its accent; the estimate mark of plans (« 3 j? ») goes."""
    return text.rstrip("?").strip().replace("é", "e").replace("É", "E")


def as_boolean(raw: object) -> bool:
    """Oui or non, in the words that tables use. Raises ValueRefused(not_a_boolean)."""
    said = as_text(raw).strip().casefold()
    if said in _YES or fold(said) in _YES - {""}:
        return True
    if said in _NO:
        return False
    raise ValueRefused(ProblemCode.NOT_A_BOOLEAN)


# --- what is guessed


def guess_conventions(columns: Iterable[Sequence[object]], *, french: bool = True) -> tuple[DateOrder, str]:
    """The order of dates and the decimal mark that most values of the file agree with."""
    firsts = seconds = commas = points = 0
    for cells in columns:
        for cell in cells:
            if not isinstance(cell, str):
                continue
            text = cell.strip()
            if found := re.match(r"^(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4})\b", text):
                firsts += 12 < int(found[1]) < 32
                seconds += int(found[2]) > 12
                continue
            if not re.fullmatch(r"[-+(]?[€$£]?\s*[\d\s.,'’\u00a0\u202f]+\)?\s*[\w€$£%]{0,4}", text):
                continue
            comma, point = text.rfind(","), text.rfind(".")
            if comma >= 0 and point >= 0:
                commas, points = commas + (comma > point), points + (point > comma)
            elif comma >= 0:
                commas += not re.search(r"^\D*\d{1,3}(?:,\d{3})+\D*$", text)
                points += text.count(",") > 1
            elif point >= 0:
                points += not re.search(r"^\D*\d{1,3}(?:\.\d{3})+\D*$", text)
                commas += text.count(".") > 1
    order = DateOrder.DAY_FIRST
    if seconds > firsts:
        order = DateOrder.MONTH_FIRST
    decimal = "," if commas > points or (commas == points and french) else "."
    return order, decimal


def guess_unit(column: ColumnSpec, heading: str, cells: Sequence[object], by: Conventions) -> Unit | None:
    """What a column's bare numbers count: its heading says so (« Budget (k€) »), else its values, else the usual."""
    if column.type not in UNITS:
        return None
    said = heading.casefold()
    match column.type:
        case ValueType.MONEY:
            if re.search(r"\bk\s?€|\bk\s?eur|\bk\s?\$|millier|en k\b", said):
                return Unit.THOUSAND
            return Unit.MILLION if re.search(r"\bm\s?€|\bm\s?eur|million", said) else Unit.ONE
        case ValueType.DURATION:
            for pattern, unit in (
                (r"\(\s*h|heure|hour", Unit.HOUR),
                (r"\(\s*(?:sem|w)|semaine|week", Unit.WEEK),
                (r"\(\s*min|minute", Unit.MINUTE),
            ):
                if re.search(pattern, said):
                    return unit
            return Unit.DAY
        case _:
            numbers = []
            for cell in cells:
                try:
                    numbers.append(as_number(cell, by))
                except ValueRefused:
                    continue
            return Unit.SHARE if numbers and all(0 <= one <= 1 for one in numbers) else Unit.PERCENT
