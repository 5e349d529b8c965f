"""How numbers, money, shares, dates and durations are written, in French and in English. One place for all:
screens, e-mails, PDFs, exports.

French: `1 234,56 €` (U+202F between thousands, U+00A0 before the unit), `12/03/2026`.
English: `€1,234.56`, `12 Mar 2026`. A minus is U+2212, so that it is as wide as a plus.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

Number = Decimal | float | int

THIN: Final = "\u202f"
NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
DASH: Final = "–"
LONG_COUNT: Final = Decimal(100_000)

SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}
CURRENCY_DECIMALS: Final = {"JPY": 0, "KRW": 0, "XOF": 0, "XAF": 0, "TND": 3}

_MONTHS: Final = {
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_LONG_MONTHS: Final = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_DAYS: Final = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def is_french(language: str) -> bool:
    """French is the source language: all that is not English is written so."""
    return not language.startswith("en")


def _language(language: str) -> str:
    return "fr" if is_french(language) else "en"


def _decimal(value: Number | str) -> Decimal:
    # Through str, so that a float's 0.1 is 0.1 and not its binary neighbour.
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _round(value: Number, decimals: int) -> Decimal:
    number = _decimal(value)
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value}")
    # `quantize` refuses more digits than the context's precision: a huge number needs no decimals anyway.
    if number.adjusted() + decimals > 24:
        return number.to_integral_value()
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _digits(value: Decimal, decimals: int, language: str) -> str:
    """The absolute value, with separators."""
    text = f"{abs(value):,.{decimals}f}"
    if is_french(language):
        return text.replace(",", THIN).replace(".", ",")
    return text


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def number(value: Number | None, language: str, *, decimals: int = 0, signed: bool = False) -> str:
    """`1 234,5`. None is a dash; halves are rounded away from zero."""
    if value is None:
        return DASH
    rounded = _round(value, decimals)
    return _sign(rounded, signed) + _digits(rounded, decimals, language)


def quantity(value: Number | None, language: str, *, decimals: int = 2) -> str:
    """A number with only the decimals that it needs: `3`, `2,5`."""
    if value is None:
        return DASH
    rounded = _round(value, decimals)
    needed = 0
    while needed < decimals and rounded != _round(rounded, needed):
        needed += 1
    return number(rounded, language, decimals=needed)


def currency_decimals(currency: str) -> int:
    """How many decimals an amount of this currency has."""
    return CURRENCY_DECIMALS.get(currency, 2)


def _with_currency(sign: str, digits: str, currency: str, language: str) -> str:
    symbol = SYMBOLS.get(currency, currency)
    if is_french(language):
        return f"{sign}{digits}{NBSP}{symbol}"
    return f"{sign}{symbol}{NBSP if len(symbol) > 1 else ''}{digits}"


def money(
    amount: Number | None,
    currency: str,
    language: str,
    *,
    decimals: int | None = None,
    signed: bool = False,
) -> str:
    """`1 234,56 €` or `€1,234.56`, with the decimals of the currency unless told."""
    if amount is None:
        return DASH
    places = currency_decimals(currency) if decimals is None else decimals
    rounded = _round(amount, places)
    return _with_currency(_sign(rounded, signed), _digits(rounded, places, language), currency, language)


def compact_money(amount: Number | None, currency: str, language: str, *, signed: bool = False) -> str:
    """`1,23 M€`, `340 k€`, `850 €`; in English `€1.23M`, `€340k`, `€850`."""
    if amount is None:
        return DASH
    sign, digits, scale = _compact(amount, language, signed)
    return _scaled_currency(sign, digits, scale, currency, language)


def _scaled_currency(sign: str, digits: str, scale: str, currency: str, language: str) -> str:
    symbol = SYMBOLS.get(currency, currency)
    if is_french(language):
        unit = f"{scale}{symbol}" if len(symbol) == 1 else f"{scale}{NBSP}{symbol}".strip(NBSP)
        return f"{sign}{digits}{NBSP}{unit}"
    return f"{sign}{symbol}{NBSP if len(symbol) > 1 else ''}{digits}{scale}"


def _scales(language: str) -> tuple[tuple[Decimal, str], ...]:
    return ((Decimal(10) ** 9, "Md" if is_french(language) else "bn"), (Decimal(10) ** 6, "M"), (Decimal(1000), "k"))


def compact_number(value: Number | None, language: str, *, signed: bool = False) -> str:
    """`1,2 M`, `340 k`, `8 500`: shortened from a hundred thousand on."""
    if value is None:
        return DASH
    if abs(_decimal(value)) < LONG_COUNT:
        rounded = _round(value, 2)
        return _sign(rounded, signed) + quantity(abs(rounded), language)
    sign, digits, scale = _compact(value, language, signed)
    return f"{sign}{digits}{NBSP if scale and is_french(language) else ''}{scale}"


def _compact_decimals(scaled: Decimal, scale: str) -> int:
    """Three digits that count above a million (1,01 M€ beside 994 k€), two below ten thousand."""
    if scale == "k":
        return 1 if abs(scaled) < 10 else 0
    return 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0


def _compact(value: Number, language: str, signed: bool) -> tuple[str, str, str]:
    amount = _decimal(value)
    if not amount.is_finite():
        raise ValueError(f"not a finite number: {value}")
    steps = _scales(language)
    for position, (step, scale) in enumerate(steps):
        # 999 950 is written 1,0 M, not 1000 k: the scale is chosen on the rounded number.
        if abs(amount) >= step or (abs(amount) / step >= Decimal("0.9995") and position > 0):
            scaled = amount / step
            decimals = _compact_decimals(scaled, scale)
            rounded = _round(scaled, decimals)
            while decimals and rounded == _round(rounded, decimals - 1):
                decimals -= 1
                rounded = _round(rounded, decimals)
            return _sign(rounded, signed), _digits(rounded, decimals, language), scale
    decimals = 0 if abs(amount) >= 10 or amount == _round(amount, 0) else 1
    rounded = _round(amount, decimals)
    return _sign(rounded, signed), _digits(rounded, decimals, language), ""


def tick_labels(ticks: Sequence[float], unit: str, language: str) -> list[str]:
    """The words of an axis: one scale for all (`0,5 M€`, `1,0 M€`), up to three decimals to be exact."""
    kind, _, detail = unit.partition(":")
    exact = [_decimal(f"{tick:.12g}") for tick in ticks]
    if kind == "date":
        return [date_short(date.fromordinal(int(tick)), language) for tick in exact]
    if kind == "percent":
        decimals = _needed([tick * 100 for tick in exact])
        return [percent(tick, language, decimals=decimals) for tick in exact]
    largest = max((abs(tick) for tick in exact), default=Decimal(0))
    # Days and people are counted whole; a count is shortened only when it is long.
    scales = _scales(language) if kind == "money" or (kind in {"", "count"} and largest >= LONG_COUNT) else ()
    step, scale = next(((size, word) for size, word in scales if largest >= size), (Decimal(1), ""))
    scaled = [tick / step for tick in exact]
    decimals = _needed(scaled)
    words = []
    for tick in scaled:
        rounded = _round(tick, decimals)
        sign, digits = _sign(rounded, False), _digits(rounded, decimals if rounded else 0, language)
        if kind == "money":
            words.append(_scaled_currency(sign, digits, scale, detail or "EUR", language))
        else:
            day, people = ("j", "ETP") if is_french(language) else ("d", "FTE")
            suffix = {"days": day, "calendar_days": day, "working_days": day, "fte": people}
            after = scale + (
                "" if kind in {"", "count", "ratio"} else f"{NBSP if scale else ''}{suffix.get(kind, unit)}"
            )
            words.append(f"{sign}{digits}{NBSP if after else ''}{after}")
    return words


def _needed(values: Sequence[Decimal]) -> int:
    return next((count for count in range(3) if all(value == _round(value, count) for value in values)), 3)


def percent(share: Number | None, language: str, *, decimals: int = 0, signed: bool = False) -> str:
    """A share, 0-1 in code, as `82 %` or `82%`."""
    if share is None:
        return DASH
    rounded = _round(_decimal(share) * 100, decimals)
    space = NBSP if is_french(language) else ""
    return f"{_sign(rounded, signed)}{_digits(rounded, decimals, language)}{space}%"


def points(share: Number | None, language: str, *, decimals: int = 0) -> str:
    """A difference of two shares: `+3 pts`."""
    if share is None:
        return DASH
    rounded = _round(_decimal(share) * 100, decimals)
    return f"{_sign(rounded, True)}{_digits(rounded, decimals, language)}{NBSP}pts"


def date_short(value: date | None, language: str) -> str:
    """`12/03/2026` or `12 Mar 2026`."""
    if value is None:
        return DASH
    if is_french(language):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return f"{value.day}{NBSP}{_MONTHS['en'][value.month - 1]}{NBSP}{value.year}"


def date_long(value: date | None, language: str) -> str:
    """`jeudi 12 mars 2026` or `Thursday 12 March 2026`; the first of a month is `1er` in French."""
    if value is None:
        return DASH
    name = _language(language)
    day = "1er" if name == "fr" and value.day == 1 else str(value.day)
    return f"{_DAYS[name][value.weekday()]} {day} {_LONG_MONTHS[name][value.month - 1]} {value.year}"


def month(value: date | None, language: str, *, year: bool = True) -> str:
    """`mars 2026`, `Mar 2026`; without its year on an axis."""
    if value is None:
        return DASH
    name = _MONTHS[_language(language)][value.month - 1]
    return f"{name}{NBSP}{value.year}" if year else name


def weekday(index: int, language: str) -> str:
    """A day of the week, Monday is 0: `lundi`, `Monday`."""
    return _DAYS[_language(language)][index]


def time(value: datetime | None, language: str) -> str:
    """`14:05`, in the zone that the value carries."""
    return DASH if value is None else f"{value.hour:02}:{value.minute:02}"


def date_time(value: datetime | None, language: str) -> str:
    """`12/03/2026 à 14:05`, `12 Mar 2026 at 14:05`."""
    if value is None:
        return DASH
    return f"{date_short(value, language)} {'à' if is_french(language) else 'at'} {time(value, language)}"


def relative_day(value: date, today: date, language: str) -> str:
    """`aujourd’hui`, `hier`, `il y a 3 jours`, `dans 2 semaines`; months beyond eight weeks, then years."""
    days = (value - today).days
    french = is_french(language)
    near = {
        0: ("aujourd’hui", "today"),
        1: ("demain", "tomorrow"),
        -1: ("hier", "yesterday"),
    }
    if days in near:
        return near[days][0 if french else 1]
    distance = abs(days)
    if distance < 14:
        count, words = distance, ("jour", "day")
    elif distance < 56:
        count, words = round(distance / 7), ("semaine", "week")
    elif distance < 730:
        count, words = max(2, round(distance / 30.44)), ("mois", "month")
    else:
        count, words = round(distance / 365.25), ("an", "year")
    word = words[0 if french else 1]
    if count > 1 and not word.endswith("s"):
        word += "s"
    if french:
        return f"{'dans' if days > 0 else 'il y a'} {count}{NBSP}{word}"
    return f"in {count}{NBSP}{word}" if days > 0 else f"{count}{NBSP}{word} ago"


def days(value: Number | None, language: str, *, decimals: int = 1, signed: bool = False) -> str:
    """`2,5 j`, `2.5 d`."""
    if value is None:
        return DASH
    rounded = _round(value, decimals)
    text = quantity(abs(rounded), language, decimals=decimals)
    return f"{_sign(rounded, signed)}{text}{NBSP}{'j' if is_french(language) else 'd'}"


def working_days(value: Number | None, language: str, *, decimals: int = 1, signed: bool = False) -> str:
    """`10 j ouvrés`, `10 working days`: beside days of the calendar, the two are told apart."""
    return _named_days(value, language, ("j ouvré", "j ouvrés", "working day", "working days"), decimals, signed)


def calendar_days(value: Number | None, language: str, *, decimals: int = 0, signed: bool = False) -> str:
    """`14 j calendaires`, `14 calendar days`: what lies between two dates."""
    words = ("j calendaire", "j calendaires", "calendar day", "calendar days")
    return _named_days(value, language, words, decimals, signed)


def _named_days(
    value: Number | None, language: str, words: tuple[str, str, str, str], decimals: int, signed: bool
) -> str:
    if value is None:
        return DASH
    rounded = _round(value, decimals)
    french = is_french(language)
    one, many = words[:2] if french else words[2:]
    word = one if (abs(rounded) < 2 if french else abs(rounded) == 1) else many
    return f"{_sign(rounded, signed)}{quantity(abs(rounded), language, decimals=decimals)}{NBSP}{word}"


def duration(minutes: int | None, language: str, *, minutes_per_day: int = 420) -> str:
    """Working minutes as days and hours: `3 j 2 h`, `3d 2h`, `45 min`."""
    if minutes is None:
        return DASH
    sign = MINUS if minutes < 0 else ""
    whole_days, rest = divmod(abs(minutes), minutes_per_day)
    hours, left = divmod(rest, 60)
    french = is_french(language)
    words = ("j", "h", "min") if french else ("d", "h", "min")
    space = NBSP if french else ""
    parts = [f"{count}{space}{word}" for count, word in zip((whole_days, hours, left), words, strict=True) if count]
    return sign + (" ".join(parts) if parts else f"0{space}{words[0]}")


def fte(value: Number | None, language: str, *, signed: bool = False) -> str:
    """Full-time equivalents: `2,5 ETP`, `2.5 FTE`."""
    if value is None:
        return DASH
    rounded = _round(value, 1)
    text = quantity(abs(rounded), language, decimals=1)
    return f"{_sign(rounded, signed)}{text}{NBSP}{'ETP' if is_french(language) else 'FTE'}"


def in_unit(value: Number | None, unit: str, language: str, *, compact: bool = False, signed: bool = False) -> str:
    """In a Figure's unit: `money:EUR`, `percent` or `percent:1`, `count`, `days`, `calendar_days`, `working_days`,
    `fte`, `ratio`, `date` (an ordinal), or a word."""
    if value is None:
        return DASH
    kind, _, detail = unit.partition(":")
    if kind == "money":
        if compact:
            return compact_money(value, detail or "EUR", language, signed=signed)
        whole = 0 if _decimal(value) == _round(value, 0) else None
        return money(value, detail or "EUR", language, decimals=whole, signed=signed)
    if kind == "percent":
        return percent(value, language, decimals=int(detail or 0), signed=signed)
    if kind == "days":
        return days(value, language, signed=signed)
    if kind == "calendar_days":
        return calendar_days(value, language, decimals=1, signed=signed)
    if kind == "working_days":
        return working_days(value, language, signed=signed)
    if kind == "fte":
        return fte(value, language, signed=signed)
    if kind == "ratio":
        return number(value, language, decimals=2, signed=signed)
    if kind == "date":
        return date_short(date.fromordinal(int(value)), language)
    if compact:
        text = compact_number(value, language, signed=signed)
    else:
        rounded = _round(value, 2)
        text = _sign(rounded, signed) + quantity(abs(rounded), language)
    return text if kind in {"", "count"} else f"{text}{NBSP}{unit}"
