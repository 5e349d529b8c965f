"""A plan as the product holds it, in the terms of MSPDI: what `mspdi_writer.write_mspdi` writes.

Durations, work and lags are whole minutes, percentages and units 0-1, instants wall-clock. Numbers (`uid`) are those
of the file that the plan came from, and new ones for what was made here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from integrations.imports.domain.mspdi import ConstraintType, EffortKind, LinkType
from integrations.imports.domain.mspdi_attributes import Attribute
from portfolio.people.domain.calendar import CalendarException, Intervals


@dataclass(frozen=True, slots=True)
class HeldBaseline:
    """A task in a saved baseline, number 0 to 10."""

    number: int
    start: datetime
    finish: datetime
    duration_minutes: int
    work_minutes: int


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A line, in reading order; `level` is 1 at the top. `guid` is the task's own, for one that was made here;
    `attributes` are the values of the plan's `fields`, by their number."""

    uid: int
    level: int
    name: str
    start: datetime
    finish: datetime
    duration_minutes: int = 0
    work_minutes: int = 0
    percent_complete: Decimal = Decimal(0)
    summary: bool = False
    milestone: bool = False
    manual: bool = False
    constraint: ConstraintType = ConstraintType.AS_SOON_AS_POSSIBLE
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    notes: str = ""
    effort: EffortKind = EffortKind.FIXED_UNITS
    calendar_uid: int | None = None
    guid: str = ""
    baselines: tuple[HeldBaseline, ...] = ()
    attributes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HeldLink:
    """`lag` is in minutes (of all hours when `elapsed`), or in hundredths of a percent when `percent`."""

    predecessor: int
    successor: int
    type: LinkType
    lag: int = 0
    elapsed: bool = False
    percent: bool = False


@dataclass(frozen=True, slots=True)
class HeldResource:
    """A person. `units` 1 is full time; `daily_rate` is None for those who may not see it."""

    uid: int
    name: str
    email: str = ""
    units: Decimal = Decimal(1)
    calendar_uid: int | None = None
    daily_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HeldAssignment:
    """Somebody on a task; one at most for each pair. `units` 1 is full time."""

    task: int
    resource: int
    units: Decimal
    work_minutes: int


@dataclass(frozen=True, slots=True)
class HeldCalendar:
    """Working hours, Monday first, with all that a base calendar brings."""

    uid: int
    name: str
    week: tuple[Intervals, ...]
    exceptions: frozenset[CalendarException] = frozenset()


@dataclass(frozen=True)
class HeldPlan:
    """The whole. `links` and `assignments` are by their pair of numbers; `fields` are the custom fields of tasks."""

    name: str
    calendar_uid: int | None
    tasks: tuple[HeldTask, ...]
    links: Mapping[tuple[int, int], HeldLink] = field(default_factory=dict)
    resources: tuple[HeldResource, ...] = ()
    assignments: Mapping[tuple[int, int], HeldAssignment] = field(default_factory=dict)
    calendars: tuple[HeldCalendar, ...] = ()
    status_date: datetime | None = None
    fields: tuple[Attribute, ...] = ()

    @property
    def start(self) -> datetime | None:
        """When the first task starts."""
        return min((task.start for task in self.tasks), default=None)

    @property
    def finish(self) -> datetime | None:
        """When the last one ends."""
        return max((task.finish for task in self.tasks), default=None)


@dataclass(frozen=True)
class Origin:
    """The file that a plan came from, and what it became here on the day it was read.

    What the file says and the product does not hold is written back from it. `same` gives, of the resources that
    became one person, the one that stands for all.
    """

    content: bytes
    plan: HeldPlan
    same: Mapping[int, int] = field(default_factory=dict)

    def resource(self, uid: int) -> int:
        """The resource that stands for this one."""
        return self.same.get(uid, uid)
