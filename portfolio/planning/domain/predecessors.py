"""Predecessors as people type them in a plan: "3FS+2j; 5DD-4h; 7".

A number is the line of the table. The type is FS, SS, FF, SF, or FD, DD, FF, DF in French; FS when left out.
The lag is in minutes (min), hours (h), days (j or d), weeks (s or w) of working time, in elapsed time after an e
(2je or 2ed) or in percent of the predecessor's duration. "PAIE:12FS" is line 12 of the plan of project PAIE.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from portfolio.planning.domain.network import DependencyType


class PredecessorError(ValueError):
    """A text that cannot be read. `code` is one of: unreadable, unknown_line, same_line, twice, and outside
    where no other project can be named; `part` is the piece of text concerned."""

    def __init__(self, code: str, part: str) -> None:
        super().__init__(f"{code}: {part}")
        self.code = code
        self.part = part


@dataclass(frozen=True)
class Predecessor:
    """One link as typed. `lag` is in minutes, or in hundredths of a percent for the unit `percent`; `code` is that of
    another project, whose line it is."""

    line: int
    type: DependencyType = DependencyType.FINISH_START
    lag: int = 0
    unit: str = "working"
    code: str = ""


FRENCH = {"FD": "FS", "DD": "SS", "FF": "FF", "DF": "SF"}
_PATTERN = re.compile(
    r"(?:(?P<code>[^;]{1,20}?)\s*:\s*)?(?P<line>\d{1,6})\s*(?P<type>[FDS]{2})?\s*"
    r"(?:(?P<sign>[+-])\s*(?P<lag>\d{1,6}(?:[.,]\d{1,2})?)\s*(?P<unit>%|e?(?:h|j|d|s|w)|(?:h|j|d|s|w)e|"
    r"mins?|e?(?:hrs?|heures?|hours?|jours?|days?|sem|semaines?|wks?|weeks?))?)?",
    re.IGNORECASE,
)
_DAYS = {"j": 1, "d": 1, "s": 5, "w": 5}
_ELAPSED_DAYS = {"j": 1, "d": 1, "s": 7, "w": 7}


def read_predecessors(
    text: str, *, day: int, own_line: int | None, lines: int, outside: bool = True
) -> tuple[Predecessor, ...]:
    """The links of one task. `day` is a working day in minutes, `own_line` the task's own line, `lines` how many
    the table has; those of other projects are not looked at, or are refused without `outside`.
    Raises PredecessorError."""
    found: dict[tuple[str, int], Predecessor] = {}
    for part in (piece.strip() for piece in text.split(";")):
        if not part:
            continue
        one = _read(part, day)
        if one.code and not outside:
            raise PredecessorError("outside", part)
        if not one.code and one.line == own_line:
            raise PredecessorError("same_line", part)
        if not one.code and not 1 <= one.line <= lines:
            raise PredecessorError("unknown_line", part)
        key = one.code.casefold(), one.line
        if key in found:
            raise PredecessorError("twice", part)
        found[key] = one
    return tuple(found.values())


def _read(part: str, day: int) -> Predecessor:
    match = _PATTERN.fullmatch(part.replace("\u2212", "-").replace("\u00a0", " "))
    if match is None:
        raise PredecessorError("unreadable", part)
    written = (match["type"] or "FS").upper()
    written = FRENCH.get(written, written)
    if written not in set(DependencyType):
        raise PredecessorError("unreadable", part)
    code = (match["code"] or "").strip()
    if match["lag"] is None:
        return Predecessor(int(match["line"]), DependencyType(written), code=code)
    amount = Decimal(match["lag"].replace(",", ".")) * (-1 if match["sign"] == "-" else 1)
    lag, unit = _lag(amount, _short((match["unit"] or "j").lower()), day)
    return Predecessor(int(match["line"]), DependencyType(written), lag, unit, code)


def _short(unit: str) -> str:
    """`semaines` is `s`, `edays` is `ed`, `mins` is `min`."""
    if len(unit) < 3 and unit not in {"hr", "wk"}:
        return unit
    if unit.startswith("min"):
        return "min"
    return unit[:2] if unit.startswith("e") else unit[0]


def _lag(amount: Decimal, unit: str, day: int) -> tuple[int, str]:
    if unit == "%":
        return round(amount * 100), "percent"
    if unit == "min":
        return round(amount), "working"
    letter = unit.replace("e", "")
    if letter == "h":
        return round(amount * 60), "elapsed" if "e" in unit else "working"
    if "e" in unit:
        return round(amount * _ELAPSED_DAYS[letter] * 24 * 60), "elapsed"
    return round(amount * _DAYS[letter] * day), "working"


def write_predecessor(one: Predecessor, *, day: int, french: bool = True) -> str:
    """The text that `read_predecessors` reads back, in the shortest unit that is exact."""
    to_french = {english: name for name, english in FRENCH.items()}
    name = to_french[one.type] if french else str(one.type)
    kind = "" if one.type is DependencyType.FINISH_START and not one.lag else name
    place = f"{one.code}:{one.line}" if one.code else str(one.line)
    return f"{place}{kind}{_written_lag(one, day, french)}"


def _written_lag(one: Predecessor, day: int, french: bool) -> str:
    if not one.lag:
        return ""
    letter, elapsed = ("j", "je") if french else ("d", "ed")
    match one.unit:
        case "percent":
            return f"{_signed(Decimal(one.lag) / 100, french)}%"
        case "elapsed":
            if one.lag % 1440 == 0:
                return f"{_signed(Decimal(one.lag) / 1440, french)}{elapsed}"
            return f"{_signed(Decimal(one.lag) / 60, french)}{'he' if french else 'eh'}"
    days = Decimal(one.lag) / day
    if days == round(days, 2):
        return f"{_signed(days, french)}{letter}"
    hours = Decimal(one.lag) / 60
    return f"{_signed(hours, french)}h" if hours == round(hours, 2) else f"{one.lag:+d}min"


def _signed(amount: Decimal, french: bool) -> str:
    text = f"{amount.normalize():+f}"
    return text.replace(".", ",") if french else text
