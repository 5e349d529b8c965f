"""The values of an MSPDI element, each checked; what cannot be read is reported and left out."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from xml.etree.ElementTree import Element  # the type only: parsing goes through defusedxml

from integrations.imports.domain.problem import ImportProblem, ProblemCode, Severity, Where

# What Microsoft Project can hold. It writes the edges of this range, or NA, where there is no date.
FIRST_DAY = date(1984, 1, 1)
LAST_DAY = date(2149, 12, 31)

_DURATION = re.compile(
    r"(-)?P(?:(\d{1,6})D)?(?:T(?:(\d{1,9}(?:\.\d+)?)H)?(?:(\d{1,11}(?:\.\d+)?)M)?(?:(\d{1,13}(?:\.\d+)?)S)?)?"
)
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")
# Characters that XML may carry by reference and that PostgreSQL or a screen may not.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


class Fields:
    """The children of one element by name (the first of each), and where the element is."""

    def __init__(self, element: Element, where: Where, problems: list[ImportProblem]) -> None:
        self.element = element
        self.where = where
        self.problems = problems
        self._texts: dict[str, str] = {}
        for child in element:
            self._texts.setdefault(local_name(child.tag), (child.text or "").strip())

    def children(self, name: str) -> Sequence[Element]:
        """The child elements of that name, in order."""
        return [child for child in self.element if local_name(child.tag) == name]

    def within(self, group: str, name: str) -> Sequence[Element]:
        """The elements of that name in the child elements called `group`."""
        return [one for parent in self.children(group) for one in parent if local_name(one.tag) == name]

    def nested(self, element: Element) -> "Fields":
        """The fields of a descendant, reported at the same place."""
        return Fields(element, self.where, self.problems)

    def text(self, name: str) -> str:
        return _CONTROL.sub("", self._texts.get(name, ""))

    def integer(self, name: str, default: int | None = None, *, serious: bool = False) -> int | None:
        text = self._texts.get(name, "")
        if not text:
            return default
        if re.fullmatch(r"[+-]?\d{1,12}(\.0+)?", text):
            return int(text.partition(".")[0])
        self.report(ProblemCode.BAD_VALUE, name, text, serious=serious)
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        text = self._texts.get(name, "").lower()
        return text in ("1", "true", "-1") if text else default

    def decimal(self, name: str) -> Decimal | None:
        text = self._texts.get(name, "")
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite() and abs(value) < Decimal("1e15"):
            return value
        self.report(ProblemCode.BAD_VALUE, name, text)
        return None

    def fraction(self, name: str) -> Decimal:
        """A percentage from 0 to 100, as 0-1; what is beyond is brought back and reported."""
        value = self.decimal(name) or Decimal(0)
        if not 0 <= value <= 100:
            self.report(ProblemCode.BAD_VALUE, name, str(value))
        return min(max(value, Decimal(0)), Decimal(100)) / 100

    def instant(self, name: str, *, serious: bool = False) -> datetime | None:
        """A wall-clock instant; None for a missing one, NA, or one that Project uses for "no date"."""
        text = self._texts.get(name, "")
        if not text or text.upper() == "NA":
            return None
        match = _INSTANT.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            day = date.fromisoformat(match[1])
            found = datetime.combine(day, time.fromisoformat(match[2]) if match[2] else time())
        except ValueError:
            self.report(ProblemCode.BAD_VALUE, name, text, serious=serious)
            return None
        if not FIRST_DAY <= day <= LAST_DAY:
            self.report(ProblemCode.DATE_OUT_OF_RANGE, name, text)
            return None
        return found

    def minutes(self, name: str, *, serious: bool = False) -> int | None:
        """An ISO 8601 duration such as PT8H30M0S in whole minutes, half a minute counting as one."""
        text = self._texts.get(name, "")
        if not text:
            return None
        match = _DURATION.fullmatch(text)
        if match is None or not any(match.groups()[1:]):
            self.report(ProblemCode.BAD_VALUE, name, text, serious=serious)
            return None
        sign, days, hours, minutes, seconds = match.groups()
        total = (
            Decimal(days or 0) * 1440 + Decimal(hours or 0) * 60 + Decimal(minutes or 0) + Decimal(seconds or 0) / 60
        )
        whole = int(total.quantize(Decimal(1), ROUND_HALF_UP))
        return -whole if sign else whole

    def report(self, code: ProblemCode, name: str, value: str, *, serious: bool = False) -> None:
        self.problems.append(
            ImportProblem(
                code,
                self.where,
                {"field": name, "value": value[:80]},
                Severity.ERROR if serious else Severity.WARNING,
            )
        )

    def warn(self, code: ProblemCode, **params: object) -> None:
        values = {name: str(value) for name, value in params.items()}
        self.problems.append(ImportProblem(code, self.where, values, Severity.WARNING))
