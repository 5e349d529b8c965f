"""A project template as data: an outline of phases, tasks and milestones, risks, roles, a budget's skeleton.

Durations, effort, lags and offsets are in working days, whatever a day's hours are: the project's calendar says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from portfolio.planning.domain.network import DependencyType, LagUnit
from portfolio.planning.domain.wbs import parents_of_levels

RACI: Final = ("R", "A", "C", "I")
# What a file says of a row even when it is as by default.
ALWAYS: Final = frozenset({"key", "kind", "level"})


class LineKind(StrEnum):
    PHASE = "phase"
    TASK = "task"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class TemplateLink:
    """What a line waits for. `lag` is in days (working, or of the clock for ELAPSED), or in percent of the
    predecessor's duration for PERCENT; negative overlaps."""

    predecessor: str
    type: DependencyType = DependencyType.FINISH_START
    lag: float = 0.0
    unit: LagUnit = LagUnit.WORKING


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line of the outline, `level` 1 at the top. A line with lines under it takes its dates from them.

    `days` is the duration, `work_days` the effort in person-days, `offset_days` the working days from the project's
    start before which it does not begin (None: as soon as its predecessors allow), `role` the key of who does it.
    """

    key: str
    name: str
    kind: LineKind = LineKind.TASK
    level: int = 1
    days: float = 0.0
    work_days: float = 0.0
    offset_days: float | None = None
    role: str = ""
    criterion: str = ""
    notes: str = ""
    links: tuple[TemplateLink, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateRisk:
    """A risk that such projects meet: what causes it, how likely and how bad (1-5), what is done about it, and the
    role that answers for it."""

    key: str
    title: str
    probability: int
    impact: int
    cause: str = ""
    response: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class TemplateRole:
    """A role to be staffed; `raci` is its letter on the lines that it takes part in."""

    key: str
    name: str
    mission: str = ""
    raci: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateBudget:
    """A line of the budget's skeleton; `month` 1 is the project's first, `planned` an amount as text ("12500.00")."""

    key: str
    category: str
    nature: str
    month: int = 1
    planned: str = "0"


@dataclass(frozen=True)
class Template:
    """The whole document. `parents[i]` is the index of the line that holds line `i`."""

    lines: tuple[TemplateLine, ...] = ()
    risks: tuple[TemplateRisk, ...] = ()
    roles: tuple[TemplateRole, ...] = ()
    budget: tuple[TemplateBudget, ...] = ()

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        return parents_of_levels([line.level for line in self.lines])

    @cached_property
    def holders(self) -> frozenset[str]:
        """The keys of lines that hold others."""
        return frozenset(self.lines[index].key for index in self.parents if index is not None)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each line as the table shows it, from 1."""
        return {line.key: number for number, line in enumerate(self.lines, start=1)}

    @property
    def tasks(self) -> list[TemplateLine]:
        """What is work: neither a line that holds others nor a milestone."""
        return [line for line in self.lines if line.kind is not LineKind.MILESTONE and line.key not in self.holders]

    @property
    def milestones(self) -> list[TemplateLine]:
        return [line for line in self.lines if line.kind is LineKind.MILESTONE]

    @property
    def phases(self) -> list[TemplateLine]:
        return [line for line in self.lines if line.kind is LineKind.PHASE]

    @property
    def deliverables(self) -> list[TemplateLine]:
        """The lines that a RACI matrix speaks of: phases and milestones, and any other with a letter."""
        marked = {key for role in self.roles for key in role.raci}
        return [line for line in self.lines if line.kind is not LineKind.TASK or line.key in marked]

    def line(self, key: str) -> TemplateLine | None:
        return next((line for line in self.lines if line.key == key), None)


def section_as_json(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of one section as plain values; what is as by default is left out, so that a file stays
    readable."""
    return [_plain(row) for row in rows]


def _plain(row: Any) -> dict[str, Any]:
    defaults = {one.name: one.default for one in fields(row)}
    values = {
        name: value
        for name, value in asdict(row).items()
        if name in ALWAYS or (value != defaults[name] and value not in ({}, (), []))
    }
    if isinstance(row, TemplateLine):
        values["kind"] = str(row.kind)
        if row.links:
            values["links"] = [
                {"predecessor": link.predecessor, "type": str(link.type), "lag": link.lag, "unit": str(link.unit)}
                for link in row.links
            ]
    return values


def free_key(prefix: str, taken: Iterable[str]) -> str:
    """A key that no row has: `task-12`."""
    held = set(taken)
    number = len(held) + 1
    while f"{prefix}-{number}" in held:
        number += 1
    return f"{prefix}-{number}"
