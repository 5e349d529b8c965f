"""From untrusted JSON to a template: each value is checked for type, length and bounds, and its place is said."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from portfolio.governance.domain.errors import Place, Problem, TemplateError
from portfolio.governance.domain.rules import check
from portfolio.governance.domain.template import (
    RACI,
    LineKind,
    Template,
    TemplateBudget,
    TemplateLine,
    TemplateLink,
    TemplateRisk,
    TemplateRole,
)
from portfolio.planning.domain.network import DependencyType, LagUnit

SHOWN: Final = 20  # problems reported at once
MOST: Final = {"lines": 1000, "risks": 200, "roles": 50, "budget": 200, "links": 50}
# Ten years of working days: more is a typing error.
LONGEST_DAYS: Final = 2600.0
KEY: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}")
NAME_LENGTH: Final = {LineKind.MILESTONE: 160, LineKind.TASK: 255, LineKind.PHASE: 255}
TEXT_LENGTH: Final = 5000
LARGEST_AMOUNT: Final = Decimal("999999999999.99")


def read_template(data: object) -> Template:
    """The template that `data` describes: {"lines": [...], "risks": [...], "roles": [...], "budget": [...]}.

    Raises TemplateError with the problems found, types first, then the rules of `rules.check`.
    """
    reader = _Reader()
    template = reader.template(data)
    if reader.problems:
        raise TemplateError(reader.problems[:SHOWN])
    check(template)
    return template


class _Reader:
    """Collects what is wrong rather than stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, code: str, place: Place, **values: object) -> None:
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(code, place, values))

    def template(self, data: object) -> Template:
        if not isinstance(data, Mapping):
            self.wrong("wrong_type", (), expected="object")
            return Template()
        return Template(
            tuple(self.rows(data, "lines", self.line)),
            tuple(self.rows(data, "risks", self.risk)),
            tuple(self.rows(data, "roles", self.role)),
            tuple(self.rows(data, "budget", self.budget)),
        )

    def rows(self, data: Mapping[Any, object], name: str, read: Callable[[Any, Place], Any]) -> list[Any]:
        given = data.get(name, [])
        if not isinstance(given, list):
            self.wrong("wrong_type", (name,), expected="list")
            return []
        if len(given) > MOST[name]:
            self.wrong("too_many", (name,), most=MOST[name], count=len(given))
            return []
        found = []
        for index, one in enumerate(given):
            if isinstance(one, Mapping):
                found.append(read(one, (name, index)))
            else:
                self.wrong("wrong_type", (name, index), expected="object")
        return found

    # --- rows

    def line(self, one: Mapping[Any, object], place: Place) -> TemplateLine:
        names = {"key", "name", "kind", "level", "days", "work_days", "offset_days", "role", "criterion", "notes"}
        self.known(one, place, names | {"links"})
        kind = LineKind(self.choice(one, place, "kind", [str(kind) for kind in LineKind], "task"))
        links = one.get("links", [])
        found = []
        if not isinstance(links, list):
            self.wrong("wrong_type", (*place, "links"), expected="list")
        elif len(links) > MOST["links"]:
            self.wrong("too_many", (*place, "links"), most=MOST["links"], count=len(links))
        else:
            for index, link in enumerate(links):
                if isinstance(link, Mapping):
                    found.append(self.link(link, (*place, "links", index)))
                else:
                    self.wrong("wrong_type", (*place, "links", index), expected="object")
        return TemplateLine(
            key=self.key(one, place, "key"),
            name=self.text(one, place, "name", NAME_LENGTH[kind], needed=True),
            kind=kind,
            level=self.whole(one, place, "level", 1, 1, 20),
            days=self.number(one, place, "days", 0.0, 0.0, LONGEST_DAYS),
            work_days=self.number(one, place, "work_days", 0.0, 0.0, 100_000.0),
            offset_days=(
                None
                if one.get("offset_days") is None
                else self.number(one, place, "offset_days", 0.0, 0.0, LONGEST_DAYS)
            ),
            role=self.key(one, place, "role", needed=False),
            criterion=self.text(one, place, "criterion", TEXT_LENGTH),
            notes=self.text(one, place, "notes", TEXT_LENGTH),
            links=tuple(found),
        )

    def link(self, one: Mapping[Any, object], place: Place) -> TemplateLink:
        self.known(one, place, {"predecessor", "type", "lag", "unit"})
        unit = LagUnit(self.choice(one, place, "unit", [str(unit) for unit in LagUnit], "working"))
        return TemplateLink(
            self.key(one, place, "predecessor"),
            DependencyType(self.choice(one, place, "type", [str(kind) for kind in DependencyType], "FS")),
            self.number(one, place, "lag", 0.0, -LONGEST_DAYS, LONGEST_DAYS),
            unit,
        )

    def risk(self, one: Mapping[Any, object], place: Place) -> TemplateRisk:
        self.known(one, place, {"key", "title", "probability", "impact", "cause", "response", "role"})
        return TemplateRisk(
            self.key(one, place, "key"),
            self.text(one, place, "title", 160, needed=True),
            self.whole(one, place, "probability", None, 1, 5),
            self.whole(one, place, "impact", None, 1, 5),
            self.text(one, place, "cause", TEXT_LENGTH),
            self.text(one, place, "response", TEXT_LENGTH),
            self.key(one, place, "role", needed=False),
        )

    def role(self, one: Mapping[Any, object], place: Place) -> TemplateRole:
        self.known(one, place, {"key", "name", "mission", "raci"})
        given = one.get("raci", {})
        raci: dict[str, str] = {}
        if not isinstance(given, Mapping):
            self.wrong("wrong_type", (*place, "raci"), expected="object")
        else:
            for line, letter in given.items():
                if letter in RACI:
                    raci[str(line)] = str(letter)
                else:
                    self.wrong("unknown_choice", (*place, "raci", str(line)[:40]), value=letter, choices=RACI)
        return TemplateRole(
            self.key(one, place, "key"),
            self.text(one, place, "name", 120, needed=True),
            self.text(one, place, "mission", TEXT_LENGTH),
            raci,
        )

    def budget(self, one: Mapping[Any, object], place: Place) -> TemplateBudget:
        self.known(one, place, {"key", "category", "nature", "month", "planned"})
        planned = one.get("planned", "0")
        try:
            amount = Decimal(planned) if isinstance(planned, str) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite():
            self.wrong("wrong_type", (*place, "planned"), expected="amount")
        elif not 0 <= amount <= LARGEST_AMOUNT:
            self.wrong("out_of_range", (*place, "planned"), low=0, high=LARGEST_AMOUNT, value=planned)
        return TemplateBudget(
            self.key(one, place, "key"),
            self.text(one, place, "category", 20, needed=True),
            self.text(one, place, "nature", 10, needed=True),
            self.whole(one, place, "month", 1, 1, 120),
            planned if isinstance(planned, str) else "0",
        )

    # --- values

    def known(self, one: Mapping[Any, object], place: Place, names: set[str]) -> None:
        for name in one:
            if name not in names:
                self.wrong("unknown_field", place, name=str(name)[:60])

    def text(self, one: Mapping[Any, object], place: Place, name: str, most: int, *, needed: bool = False) -> str:
        value = one.get(name, "")
        where = (*place, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if needed:
                self.wrong("missing", where)
            return ""
        if not isinstance(value, str):
            self.wrong("wrong_type", where, expected="text")
            return ""
        if len(value.strip()) > most:
            self.wrong("too_long", where, most=most, length=len(value.strip()))
            return ""
        if any((ord(char) < 32 and char not in "\n\r\t") or 0xD800 <= ord(char) <= 0xDFFF for char in value):
            self.wrong("bad_text", where)
            return ""
        return value.strip()

    def key(self, one: Mapping[Any, object], place: Place, name: str, *, needed: bool = True) -> str:
        value = one.get(name, "")
        if value == "" or value is None:
            if needed:
                self.wrong("missing", (*place, name))
            return ""
        if not isinstance(value, str) or not KEY.fullmatch(value):
            self.wrong("bad_key", (*place, name), value=value)
            return ""
        return value

    def choice(self, one: Mapping[Any, object], place: Place, name: str, choices: list[str], default: str) -> str:
        value = one.get(name, default)
        if not isinstance(value, str) or value not in choices:
            self.wrong("unknown_choice", (*place, name), value=value, choices=choices)
            return default
        return value

    def number(
        self, one: Mapping[Any, object], place: Place, name: str, default: float, low: float, high: float
    ) -> float:
        value = one.get(name, default)
        where = (*place, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong("wrong_type", where, expected="number")
            return default
        if not low <= value <= high:  # NaN is not either
            self.wrong("before_start" if name == "offset_days" and value < 0 else "out_of_range",
                       where, low=low, high=high, value=value)  # fmt: skip
            return default
        return round(float(value), 4)

    def whole(
        self, one: Mapping[Any, object], place: Place, name: str, default: int | None, low: int, high: int
    ) -> int:
        value = one.get(name, default)
        where = (*place, name)
        if value is None:
            self.wrong("missing", where)
            return low
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("wrong_type", where, expected="integer")
            return low
        if not low <= value <= high:
            self.wrong("out_of_range", where, low=low, high=high, value=value)
            return low
        return value
