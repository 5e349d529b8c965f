"""How the shipped templates are written: one structure, each text in French and in English side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from portfolio.governance.domain.rules import check, working_days
from portfolio.governance.domain.template import (
    LineKind,
    Template,
    TemplateBudget,
    TemplateLine,
    TemplateLink,
    TemplateRisk,
    TemplateRole,
)
from portfolio.planning.domain.network import DependencyType, LagUnit
from portfolio.planning.domain.schedule import Schedule

Both = tuple[str, str]  # French, English
Wait = str | tuple[str, str, float]  # a line's key, or (key, type, lag in working days)
BUDGET: Final = (("staff", "opex"), ("services", "opex"), ("licences", "opex"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line in both languages; `level` is given by where it is written."""

    key: str
    name: Both
    kind: LineKind = LineKind.TASK
    days: float = 0
    work: float = 0
    role: str = ""
    after: tuple[Wait, ...] = ()
    offset: float | None = None
    criterion: Both = ("", "")
    notes: Both = ("", "")
    inside: tuple["Line", ...] = ()


def phase(key: str, french: str, english: str, *inside: Line, after: Sequence[Wait] = ()) -> Line:
    return Line(key, (french, english), LineKind.PHASE, after=tuple(after), inside=inside)


def task(
    key: str,
    french: str,
    english: str,
    days: float,
    role: str,
    *after: Wait,
    work: float | None = None,
    notes: Both = ("", ""),
) -> Line:
    """`work` is in person-days, as long as the task lasts unless said."""
    effort = days if work is None else work
    return Line(key, (french, english), days=days, work=effort, role=role, after=after, notes=notes)


def milestone(key: str, french: str, english: str, criterion: Both, *after: Wait) -> Line:
    return Line(key, (french, english), LineKind.MILESTONE, after=after, criterion=criterion)


@dataclass(frozen=True, slots=True)
class Risk:
    title: Both
    cause: Both
    probability: int
    impact: int
    response: Both
    role: str


@dataclass(frozen=True, slots=True)
class Role:
    """`raci` maps a letter to the keys of lines: {"A": "framing go_live", "C": "build"}."""

    key: str
    name: Both
    mission: Both
    raci: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Process:
    """A shipped template in both languages."""

    key: str
    method: str
    name: Both
    description: Both
    when_to_use: Both
    lines: tuple[Line, ...]
    risks: tuple[Risk, ...]
    roles: tuple[Role, ...]
    budget: tuple[tuple[str, str], ...] = BUDGET


@dataclass(frozen=True)
class Shipped:
    """A shipped template in one language."""

    key: str
    method: str
    name: str
    description: str
    when_to_use: str
    document: Template

    @cached_property
    def schedule(self) -> Schedule:
        """The template on an ordinary week."""
        return check(self.document)

    @cached_property
    def working_days(self) -> int:
        """How long it lasts."""
        return working_days(self.schedule)


def in_language(process: Process, language: str) -> Shipped:
    """English for an English tenant, French for any other."""
    rank = 1 if language.startswith("en") else 0
    document = Template(
        tuple(_lines(process.lines, 1, rank)),
        tuple(
            TemplateRisk(
                f"risk-{number}",
                risk.title[rank],
                risk.probability,
                risk.impact,
                risk.cause[rank],
                risk.response[rank],
                risk.role,
            )
            for number, risk in enumerate(process.risks, start=1)
        ),
        tuple(TemplateRole(role.key, role.name[rank], role.mission[rank], _letters(role)) for role in process.roles),
        tuple(
            TemplateBudget(f"budget-{number}", category, nature)
            for number, (category, nature) in enumerate(process.budget, start=1)
        ),
    )
    return Shipped(
        process.key,
        process.method,
        process.name[rank],
        process.description[rank],
        process.when_to_use[rank],
        document,
    )


def _letters(role: Role) -> dict[str, str]:
    return {line: letter for letter, lines in role.raci.items() for line in lines.split()}


def _lines(lines: Iterable[Line], level: int, rank: int) -> Iterable[TemplateLine]:
    for line in lines:
        yield TemplateLine(
            key=line.key,
            name=line.name[rank],
            kind=line.kind,
            level=level,
            days=float(line.days),
            work_days=float(line.work),
            offset_days=line.offset,
            role=line.role,
            criterion=line.criterion[rank],
            notes=line.notes[rank],
            links=tuple(_link(one) for one in line.after),
        )
        yield from _lines(line.inside, level + 1, rank)


def _link(wait: Wait) -> TemplateLink:
    if isinstance(wait, str):
        return TemplateLink(wait)
    key, kind, lag = wait
    return TemplateLink(key, DependencyType(kind), float(lag), LagUnit.WORKING)
