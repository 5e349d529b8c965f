"""What people type in cells, read as values: dates, months and numbers, French and English, without surprise.

A function returns the value and, when another reading was possible, the warning to give; it raises ValueRefused
when there is no reading.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Generic, TypeVar

from integrations.imports.domain.problem import ProblemCode
from tech4value.fields.domain import MONTHS

Value = TypeVar("Value")

FIRST_YEAR, LAST_YEAR = 1990, 2100
# A bare number in a date column is a date whose format was lost: days since this one, as Excel counts.
EXCEL_DAY_ZERO = date(1899, 12, 30)

_CURRENCIES = re.compile(r"€|\$|£|\b(?:eur|usd|gbp|chf)\b|\beuros?\b", re.IGNORECASE)
_SPACES = "[ \u00a0\u202f\u2009'’]"


class ValueRefused(ValueError):
    """There is no way to read this value; `code` says why."""

    def __init__(self, code: ProblemCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True)
class Reading(Generic[Value]):
    """A value, and the warning to give when it could have been read otherwise."""

    value: Value
    warning: ProblemCode | None = None


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Text without case, accents or punctuation, so that « Météo » and "METEO " are the same."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    letters = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(letters.split())


def clean(text: str) -> str:
    """Text as it should be kept: composed, without control characters, trimmed."""
    if text.isascii() and text.isprintable() and "_x000D_" not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", text.replace("_x000D_", "").replace("\r\n", "\n"))
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C").strip()


def as_text(raw: object) -> str:
    """A cell as text: whole numbers without decimals, dates as 2026-03-12."""
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == datetime.min.time() else raw.isoformat(" ", "minutes")
    return clean(str(raw))


def as_written(raw: object, decimal: str) -> str:
    """A cell as its file shows it: a number with the file's decimal mark, which the same conventions read again."""
    text = as_text(raw)
    return text.replace(".", decimal) if isinstance(raw, float | Decimal) else text


def read_date(raw: object) -> Reading[date]:
    """A day. A date with slashes is day first; month first is read, with a warning, when only that can be.

    Raises ValueRefused(not_a_date | impossible_date).
    """
    if isinstance(raw, datetime):
        return Reading(_plausible(raw.date()))
    if isinstance(raw, date):
        return Reading(_plausible(raw))
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if not 30_000 <= raw <= 80_000:
            raise ValueRefused(ProblemCode.NOT_A_DATE)
        day = EXCEL_DAY_ZERO + timedelta(days=int(raw))
        return Reading(_plausible(day), ProblemCode.DATE_FROM_NUMBER)
    text = clean(str(raw))
    text = re.sub(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$", "", text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return Reading(_day(*match.groups()))
    if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        first, second, year = match.groups()
        if int(second) > 12 >= int(first):
            return Reading(_day(year, first, second), ProblemCode.MONTH_FIRST_DATE)
        return Reading(_day(year, second, first))
    words = fold(text).split()
    if words and words[0].isalpha() and words[0] not in MONTHS:
        words = words[1:]  # the name of the weekday
    if len(words) == 3:
        one, two, year = words
        if two in MONTHS and (day_number := re.fullmatch(r"(\d{1,2})(er|st|nd|rd|th)?", one)):
            return Reading(_day(year, str(MONTHS[two]), day_number[1]))
        if one in MONTHS and (day_number := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)?", two)):
            return Reading(_day(year, str(MONTHS[one]), day_number[1]))
    raise ValueRefused(ProblemCode.NOT_A_DATE)


def read_month(raw: object) -> Reading[date]:
    """A month as its first day: 2026-03, 03/2026, mars 2026, or any day of it. Raises ValueRefused(not_a_month)."""
    if isinstance(raw, str):
        text = clean(raw)
        if match := re.fullmatch(r"(\d{4})[-/. ](\d{1,2})", text):
            return Reading(_first_day(match[1], match[2]))
        if match := re.fullmatch(r"(\d{1,2})[-/. ](\d{4})", text):
            return Reading(_first_day(match[2], match[1]))
        words = fold(text).split()
        if len(words) == 2 and words[0] in MONTHS:
            return Reading(_first_day(words[1], str(MONTHS[words[0]])))
    try:
        found = read_date(raw)
    except ValueRefused as error:
        raise ValueRefused(ProblemCode.NOT_A_MONTH) from error
    return Reading(found.value.replace(day=1), found.warning)


def read_number(raw: object, *, thousands_first: bool = False) -> Reading[Decimal]:
    """A number: 1 234,56 or 1,234.56 or (1 234) or € 1 200 or 12 %, which is 0.12.

    "1,234" and "1.234" can be read two ways: as thousands when `thousands_first` (money, which has at most two
    decimals), else as a decimal; with a warning either way. Raises ValueRefused(not_a_number).
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    if not isinstance(raw, str):
        return Reading(_finite(repr(raw) if isinstance(raw, float) else str(raw)))
    text = _CURRENCIES.sub("", clean(raw)).strip()
    percent = text.endswith("%")
    text = text.removesuffix("%").strip().replace("−", "-")
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    if text[:1] in "+-":
        negative ^= text[:1] == "-"
        text = text[1:].strip()
    digits, ambiguous = _plain(text, thousands_first)
    value = _finite(digits)
    value = -value if negative else value
    value = value / 100 if percent else value
    return Reading(value, ProblemCode.AMBIGUOUS_NUMBER if ambiguous else None)


def read_amount(raw: object) -> Reading[Decimal]:
    """An amount of money, to the cent, half up. Raises ValueRefused(not_a_number)."""
    found = read_number(raw, thousands_first=True)
    amount = found.value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    # What spreadsheets add to a sum (0.30000000000000004) is not worth a word.
    lost = abs(amount - found.value) > Decimal("0.00001")
    return Reading(amount, found.warning or (ProblemCode.ROUNDED_AMOUNT if lost else None))


def read_percent(raw: object) -> Reading[Decimal]:
    """A share as 0-1. Without a percent sign, up to 1 is a share and above it a percentage (80 is 0.8)."""
    found = read_number(raw)
    written = isinstance(raw, str) and "%" in raw
    value = found.value / 100 if found.value > 1 and not written else found.value
    return Reading(value.quantize(Decimal("0.0001"), ROUND_HALF_UP), found.warning)


def read_integer(raw: object) -> Reading[int]:
    """A whole number. Raises ValueRefused(not_an_integer)."""
    try:
        value = read_number(raw).value
    except ValueRefused as error:
        raise ValueRefused(ProblemCode.NOT_AN_INTEGER) from error
    if value != value.to_integral_value():
        raise ValueRefused(ProblemCode.NOT_AN_INTEGER)
    return Reading(int(value))


def _plain(text: str, thousands_first: bool) -> tuple[str, bool]:
    """The digits with a point for the decimals, and whether they could be read otherwise."""
    commas, points = text.count(","), text.count(".")
    whole, decimals, separator = text, "", ""
    if commas and points:
        separator = max(",.", key=text.rfind)
        other = "." if separator == "," else ","
        whole, _, decimals = text.rpartition(separator)
        return f"{_grouped(whole, re.escape(other))}.{_digits(decimals)}", False
    if commas + points > 1:
        return _grouped(text, "," if commas else r"\."), False
    if commas + points == 1:
        separator = "," if commas else "."
        whole, _, decimals = text.partition(separator)
        ambiguous = bool(re.fullmatch(r"[1-9]\d{0,2}", whole)) and len(decimals) == 3
        if ambiguous and thousands_first:
            return _grouped(text, re.escape(separator)), True
        whole = whole or "0"
        return f"{_grouped(whole, _SPACES)}.{_digits(decimals)}", ambiguous
    return _grouped(text, _SPACES), False


def _grouped(text: str, separator: str) -> str:
    """The digits of a whole number, in groups of three or not at all."""
    if not re.fullmatch(rf"[0-9]+|[0-9]{{1,3}}(?:{separator}[0-9]{{3}})+", text):
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    return re.sub(r"[^0-9]", "", text)


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9]+", text):
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    return text


def _finite(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueRefused(ProblemCode.NOT_A_NUMBER) from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        raise ValueRefused(ProblemCode.NOT_A_NUMBER)
    return value


def _day(year: str, month: str, day: str) -> date:
    try:
        found = date(_year(year), int(month), int(day))
    except ValueError as error:
        raise ValueRefused(ProblemCode.IMPOSSIBLE_DATE) from error
    return _plausible(found)


def _first_day(year: str, month: str) -> date:
    try:
        return _plausible(date(_year(year), int(month), 1))
    except ValueError as error:
        raise ValueRefused(ProblemCode.NOT_A_MONTH) from error


def _year(text: str) -> int:
    """Two digits are of this century up to 79, as spreadsheets read them."""
    year = int(text)
    return year if len(text) > 2 else 2000 + year if year < 80 else 1900 + year


def _plausible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueRefused(ProblemCode.IMPOSSIBLE_DATE)
    return day
