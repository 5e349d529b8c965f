"""Values of custom fields: what each kind accepts, and the JSON that is stored.

text, long text, link: a string · number, money: a decimal as a string ("1234.5") · date: "2026-03-12" ·
yes/no: true or false · choice: the option's key · several choices: the keys, in the options' order · person: a UUID.
An empty value is None, and is not stored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from tech4value.tenancy.folding import fold

Stored = str | bool | list[str]
SHORT: Final = 500
LONG: Final = 10_000
# An amount of money or a number may have fifteen digits before its decimals, which a spreadsheet still holds.
LARGEST: Final = Decimal(10) ** 15


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    LINK = "link"


NUMERIC: Final = frozenset({Kind.NUMBER, Kind.MONEY})
WITH_OPTIONS: Final = frozenset({Kind.CHOICE, Kind.CHOICES})


@dataclass(frozen=True, slots=True)
class Option:
    """One of the choices: `key` is stored and never changes, the labels may."""

    key: str
    label: str
    label_en: str = ""

    def name(self, language: str) -> str:
        """The label in a language."""
        return self.label_en if language.startswith("en") and self.label_en else self.label


@dataclass(frozen=True, slots=True)
class Spec:
    """What decides whether a value is one of a field's."""

    kind: Kind
    decimals: int = 0
    options: tuple[Option, ...] = ()


class FieldValueError(ValueError):
    """The value is none of the field's. `code` says why: not_text, too_long, not_a_number, too_precise, too_large,
    not_a_date, not_yes_no, not_an_option, not_a_link, not_a_person; `given` is what was found."""

    def __init__(self, code: str, given: object) -> None:
        self.code, self.given = code, str(given)[:80]
        super().__init__(f"{code}: {self.given}")


def checked(spec: Spec, value: Any) -> Stored | None:
    """The stored form of a typed value (JSON, a form's, a spreadsheet cell's). Raises FieldValueError."""
    if value is None or (isinstance(value, str) and not value.strip()) or value == []:
        return None
    return _CHECKS[spec.kind](spec, value)


def parse(spec: Spec, text: str, *, french: bool = True, day_first: bool = True) -> Stored | None:
    """The stored form of what a person wrote in a cell or a field. Raises FieldValueError; a person is not looked up
    here (their key only). French: 1 234,56; English: 1,234.56. Dates: 12/03/2026, 2026-03-12, 12 mars 2026."""
    text = text.strip().strip("\u00a0\u202f")
    if not text:
        return None
    reader = _READERS.get(spec.kind)
    if reader is None:
        return checked(spec, text)
    value = reader(spec, text, french, day_first)
    try:
        return checked(spec, value)
    except FieldValueError as error:
        raise FieldValueError(error.code, text) from error  # as it was written, rather than as it was read


def plain(spec: Spec, value: Stored | None) -> str:
    """A stored value as text that `parse` reads: what a change of kind goes through."""
    if value is None:
        return ""
    if spec.kind is Kind.YES_NO:
        return "oui" if value else "non"
    if spec.kind in WITH_OPTIONS:
        labels = {option.key: option.label for option in spec.options}
        keys = value if isinstance(value, list) else [str(value)]
        return "; ".join(labels.get(key, key) for key in keys)
    return str(value)


# --- one check for each kind


def _text(spec: Spec, value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise FieldValueError("not_text", value)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    most = LONG if spec.kind is Kind.LONG_TEXT else SHORT
    text = str(value).replace("\r\n", "\n").strip()
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise FieldValueError("not_text", "")
    if spec.kind is Kind.TEXT:
        text = " ".join(text.split())
    if len(text) > most:
        raise FieldValueError("too_long", text)
    return text


def _number(spec: Spec, value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise FieldValueError("not_a_number", value)
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation as error:
        raise FieldValueError("not_a_number", value) from error
    if not number.is_finite():
        raise FieldValueError("not_a_number", value)
    if abs(number) >= LARGEST:
        raise FieldValueError("too_large", value)
    rounded = round(number, spec.decimals)
    if rounded != number:
        # A spreadsheet's 0.1 + 0.2: what differs beyond the twelfth decimal is not what was meant.
        if abs(rounded - number) > Decimal("1e-9") or not isinstance(value, float):
            raise FieldValueError("too_precise", value)
        number = rounded
    return f"{number.normalize() + 0:f}"


def _date(_spec: Spec, value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as error:
            raise FieldValueError("not_a_date", value) from error
    return str(value.isoformat())


def _yes_no(_spec: Spec, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    raise FieldValueError("not_yes_no", value)


def _option(spec: Spec, value: Any) -> str:
    if isinstance(value, str) and any(option.key == value for option in spec.options):
        return value
    raise FieldValueError("not_an_option", value)


def _options(spec: Spec, value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise FieldValueError("not_an_option", value)
    chosen = {_option(spec, one) for one in value}
    return [option.key for option in spec.options if option.key in chosen]


def _person(_spec: Spec, value: Any) -> str:
    try:
        return str(value if isinstance(value, UUID) else UUID(str(value)))
    except ValueError as error:
        raise FieldValueError("not_a_person", value) from error


def _link(spec: Spec, value: Any) -> str:
    text = _text(spec, value)
    try:
        address = urlsplit(text)
        usable = address.scheme in {"http", "https"} and bool(address.hostname) and not re.search(r"\s", text)
    except ValueError:
        usable = False
    if not usable:
        raise FieldValueError("not_a_link", value)
    return text


_CHECKS: Final[Mapping[Kind, Callable[[Spec, Any], Stored]]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.DATE: _date,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _option,
    Kind.CHOICES: _options,
    Kind.PERSON: _person,
    Kind.LINK: _link,
}


# --- what people write


# Months as people write them, folded, to their number.
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_YES: Final = {"oui", "o", "vrai", "yes", "y", "true", "1", "x"}
_NO: Final = {"non", "n", "faux", "no", "false", "0"}


def _read_number(_spec: Spec, text: str, french: bool, _day_first: bool) -> Decimal:
    digits = re.sub(r"[\s\u00a0\u202f'’]|€|\$|£|[A-Z]{3}", "", text).replace("\u2212", "-")
    if digits.startswith("(") and digits.endswith(")"):
        digits = f"-{digits[1:-1]}"
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*", digits):
        raise FieldValueError("not_a_number", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
    elif digits.count(",") > 1 or digits.count(".") > 1:
        decimal = ""
    elif comma >= 0:
        thousands = not french and re.search(r",\d{3}$", digits)
        decimal = "" if thousands else ","
    else:
        decimal = "."
    whole, _sign, part = digits.rpartition(decimal) if decimal and decimal in digits else (digits, "", "")
    sign, whole = (whole[0], whole[1:]) if whole[:1] in {"+", "-"} else ("", whole)
    if not re.fullmatch(r"\d*|\d{1,3}([.,])\d{3}(?:\1\d{3})*", whole) or re.search(r"[.,]", part):
        raise FieldValueError("not_a_number", text)
    return Decimal(f"{sign}{re.sub(r'[.,]', '', whole) or '0'}.{part or '0'}")


def _read_date(_spec: Spec, text: str, _french: bool, day_first: bool) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", text):
            return date.fromisoformat(text[:10])
        if found := re.fullmatch(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4}|\d{2})", text):
            first, second, year = (int(one) for one in found.groups())
            day, month = (first, second) if day_first else (second, first)
            return date(year + 2000 if year < 100 else year, month, day)
        words = re.fullmatch(r"(\d{1,2})(?:er)?[\s\-]+([a-z]+)\.?[\s\-]+(\d{4}|\d{2})", fold(text))
        if words and words[2] in MONTHS:
            year = int(words[3])
            return date(year + 2000 if year < 100 else year, MONTHS[words[2]], int(words[1]))
    except ValueError:
        pass
    raise FieldValueError("not_a_date", text)


def _read_yes_no(_spec: Spec, text: str, _french: bool, _day_first: bool) -> bool:
    word = fold(text)
    if word in _YES | _NO:
        return word in _YES
    raise FieldValueError("not_yes_no", text)


def _key_of(spec: Spec, text: str) -> str:
    """The option that a text names: by its key, else by a label in either language."""
    wanted = fold(text.strip())
    for option in spec.options:
        if wanted in {fold(option.key), fold(option.label)} or (option.label_en and wanted == fold(option.label_en)):
            return option.key
    raise FieldValueError("not_an_option", text)


def _read_option(spec: Spec, text: str, _french: bool, _day_first: bool) -> str:
    return _key_of(spec, text)


def _read_options(spec: Spec, text: str, _french: bool, _day_first: bool) -> list[str]:
    try:
        return [_key_of(spec, text)]  # a label may hold a comma
    except FieldValueError:
        pass
    parts = [part for part in re.split(r"[;|\n]" if re.search(r"[;|\n]", text) else r",", text) if part.strip()]
    return [_key_of(spec, part) for part in parts]


def _read_link(_spec: Spec, text: str, _french: bool, _day_first: bool) -> str:
    return f"https://{text}" if re.match(r"www\.\S+\.\S+", text) else text


_READERS: Final[Mapping[Kind, Callable[[Spec, str, bool, bool], Any]]] = {
    Kind.NUMBER: _read_number,
    Kind.MONEY: _read_number,
    Kind.DATE: _read_date,
    Kind.YES_NO: _read_yes_no,
    Kind.CHOICE: _read_option,
    Kind.CHOICES: _read_options,
    Kind.LINK: _read_link,
}
