"""One cell read by what its column expects; what is wrong with it is reported at its address."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where
from integrations.imports.domain.sheets import ColumnSpec, ValueType
from integrations.imports.domain.values import (
    Reading,
    ValueRefused,
    as_text,
    as_written,
    clean,
    fold,
    read_amount,
    read_date,
    read_integer,
    read_month,
    read_percent,
)
from portfolio.people.domain.skills import SkillTextError, read_levels, written_levels

CellValue = str | int | Decimal | date

_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
_CODE = re.compile(r"[^\W_][\w.\-/]*")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")


@dataclass(frozen=True)
class Cell:
    """What a cell holds; `uncalculated` when a formula stands there without its result."""

    value: object
    uncalculated: bool = False

    @property
    def has_value(self) -> bool:
        return self.value is not None and not (isinstance(self.value, str) and not clean(self.value))

    @property
    def filled(self) -> bool:
        return self.has_value or self.uncalculated


def read_cell(
    column: ColumnSpec,
    cell: Cell,
    where: Where,
    problems: list[ImportProblem],
    language: str,
    read: "Reader | None" = None,
    *,
    decimal: str = "",
) -> CellValue | None:
    """The value of a filled cell; None when it could not be read, which is then in `problems`.

    `read` takes the place of the reader of our own workbooks: another file has conventions of its own, of which
    `decimal` is the mark of decimals (that of the language by default).
    """
    decimal = decimal or ("." if language.startswith("en") else ",")
    heading = column.words.in_language(language)
    if cell.uncalculated:
        problems.append(ImportProblem(ProblemCode.FORMULA_WITHOUT_VALUE, where, {"heading": heading}))
        return None
    shown = as_text(cell.value)
    params = {"heading": heading, "value": as_written(cell.value, decimal)[:80]}
    if shown in _ERRORS:
        problems.append(ImportProblem(ProblemCode.CELL_ERROR, where, params))
        return None
    try:
        reading = (read or read_value)(column, cell.value, shown)
    except ValueRefused as error:
        problems.append(
            ImportProblem(error.code, where, params | _help(column, error.code, shown, language, decimal))
        )
        return None
    value = reading.value
    if reading.warning is not None:
        told = params | {"read": str(value)}
        problems.append(ImportProblem(reading.warning, where, told, Severity.WARNING))
    if isinstance(value, int | Decimal) and not _within(column, value):
        problems.append(ImportProblem(ProblemCode.OUT_OF_RANGE, where, params | _bounds(column)))
        return None
    return value


Reader = Callable[[ColumnSpec, object, str], Reading[CellValue]]


def read_value(column: ColumnSpec, raw: object, shown: str) -> Reading[CellValue]:
    """A value as our own workbook writes it. Raises ValueRefused."""
    found: Reading[date] | Reading[Decimal] | Reading[int]
    match column.type:
        case ValueType.DATE:
            found = read_date(raw)
        case ValueType.MONTH:
            found = read_month(raw)
        case ValueType.MONEY:
            found = read_amount(raw)
        case ValueType.PERCENT:
            found = read_percent(raw)
        case ValueType.INTEGER:
            found = read_integer(raw)
        case _:
            return Reading(read_text(column, shown))
    return Reading(found.value, found.warning)


def read_text(column: ColumnSpec, text: str) -> str:
    """A text, a code, an address or a choice. Raises ValueRefused."""
    if column.type is ValueType.CHOICE:
        return _choice(column, text)
    if len(text) > column.max_length:
        raise ValueRefused(ProblemCode.TOO_LONG)
    if column.type is ValueType.CODE:
        if not _CODE.fullmatch(text):
            raise ValueRefused(ProblemCode.NOT_A_CODE)
        return text.upper()
    if column.type is ValueType.EMAIL:
        if not _EMAIL.fullmatch(text):
            raise ValueRefused(ProblemCode.NOT_AN_EMAIL)
        return text.lower()
    if column.type is ValueType.SKILLS:
        try:
            return written_levels(read_levels(text))
        except SkillTextError as error:
            raise ValueRefused(ProblemCode.NOT_SKILLS) from error
    return text


def _choice(column: ColumnSpec, text: str) -> str:
    wanted = fold(text)
    for choice in column.choices:
        names = (choice.key, choice.words.french, choice.words.english, *choice.aliases)
        if wanted in map(fold, names):
            return choice.key
    raise ValueRefused(ProblemCode.NOT_A_CHOICE)


def _within(column: ColumnSpec, value: int | Decimal) -> bool:
    return (column.low is None or value >= column.low) and (column.high is None or value <= column.high)


def _bounds(column: ColumnSpec) -> dict[str, str]:
    """What a number of the column may be; nothing is said of a side that has no bound."""
    sides = {"low": column.low, "high": column.high}
    bounds = {name: f"{side.normalize():f}" for name, side in sides.items() if side is not None}
    return bounds | ({"type": column.type.value} if bounds else {})


def _help(column: ColumnSpec, code: ProblemCode, text: str, language: str, decimal: str) -> dict[str, str]:
    """What helps to mend: the choices and the closest one, the length, or how a number is written."""
    if code is ProblemCode.TOO_LONG:
        return {"length": str(len(text)), "limit": str(column.max_length)}
    if code in {ProblemCode.NOT_A_NUMBER, ProblemCode.NOT_AN_INTEGER}:
        return {"decimal": decimal, "type": column.type.value} | _bounds(column)
    if code is not ProblemCode.NOT_A_CHOICE:
        return {}
    words = [choice.words.in_language(language) for choice in column.choices]
    names = {fold(one): one for one in words}
    close = get_close_matches(fold(text), names, n=1, cutoff=0.6)
    return {"choices": ", ".join(names.values()), "suggestion": names[close[0]] if close else ""}
