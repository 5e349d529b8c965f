"""A Microsoft Project plan as read from its XML format (MSPDI): what `mspdi_reader.read_mspdi` returns.

Durations, work and lags are in minutes; percentages are 0-1; instants are wall-clock.
Source: Microsoft, "Project XML Data Interchange schema" (mspdi_pj12.xsd and its documentation).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from integrations.imports.domain.mspdi_attributes import Attribute
from integrations.imports.domain.problem import ImportProblem
from portfolio.people.domain.calendar import CalendarException, Intervals


class LinkType(StrEnum):
    """In the order of the codes of the format: 0 is FF, 1 FS, 2 SF, 3 SS."""

    FINISH_FINISH = "FF"
    FINISH_START = "FS"
    START_FINISH = "SF"
    START_START = "SS"


class ConstraintType(StrEnum):
    """In the order of the codes of the format, from 0."""

    AS_SOON_AS_POSSIBLE = "asap"
    AS_LATE_AS_POSSIBLE = "alap"
    MUST_START_ON = "mso"
    MUST_FINISH_ON = "mfo"
    START_NO_EARLIER_THAN = "snet"
    START_NO_LATER_THAN = "snlt"
    FINISH_NO_EARLIER_THAN = "fnet"
    FINISH_NO_LATER_THAN = "fnlt"


class EffortKind(StrEnum):
    """What stays when work = duration x units is kept; in the order of the codes of the format, from 0."""

    FIXED_UNITS = "units"
    FIXED_DURATION = "duration"
    FIXED_WORK = "work"


class ResourceType(StrEnum):
    WORK = "work"
    MATERIAL = "material"
    COST = "cost"


@dataclass(frozen=True)
class MspdiCalendar:
    """A calendar. `week` is Monday first; None where the day is the base calendar's.

    `exceptions` holds one entry for each occurrence of a recurrent one, alternative weeks first.
    """

    uid: int
    name: str
    is_base: bool
    base_uid: int | None
    week: tuple[Intervals | None, ...]
    exceptions: tuple[CalendarException, ...]


@dataclass(frozen=True)
class MspdiBaseline:
    """A saved baseline, number 0 to 10."""

    number: int
    start: datetime | None
    finish: datetime | None
    duration_minutes: int | None
    work_minutes: int | None


@dataclass(frozen=True)
class MspdiTask:
    """A task. `parent_uid` follows from the outline levels; None at the top.

    `duration_elapsed`: the duration counts nights and week-ends (formats such as "3 ed"). `guid` is in lower case.
    `type` is 0 for fixed units, 1 for fixed duration, 2 for fixed work. `attributes` are the values of the fields
    that users have added, by the field's number.
    """

    uid: int
    guid: str
    id: int | None
    name: str
    outline_number: str
    outline_level: int
    parent_uid: int | None
    summary: bool
    milestone: bool
    manual: bool
    active: bool
    external: bool
    start: datetime | None
    finish: datetime | None
    actual_start: datetime | None
    actual_finish: datetime | None
    duration_minutes: int | None
    duration_format: int | None
    duration_elapsed: bool
    work_minutes: int | None
    percent_complete: Decimal
    constraint: ConstraintType
    constraint_date: datetime | None
    deadline: datetime | None
    priority: int
    notes: str
    effort: EffortKind
    calendar_uid: int | None
    baselines: tuple[MspdiBaseline, ...]
    type: int = 0
    ignores_resource_calendars: bool = False
    attributes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class MspdiLink:
    """A link. `lag_value` is as written: tenths of a minute, or a percentage when `lag_percent`.

    `lag_minutes` is its worth in working minutes: a percentage is taken of the predecessor's duration, and an
    elapsed lag is reduced in the proportion of working time in a week (reported as a warning).
    """

    predecessor_uid: int
    successor_uid: int
    type: LinkType
    lag_value: int
    lag_format: int
    lag_elapsed: bool
    lag_percent: bool
    lag_minutes: int


@dataclass(frozen=True)
class MspdiResource:
    """A resource. `standard_rate` is per hour for work, per unit for material, whatever format shows it."""

    uid: int
    name: str
    type: ResourceType
    email: str
    max_units: Decimal | None
    standard_rate: Decimal | None
    calendar_uid: int | None


@dataclass(frozen=True)
class MspdiAssignment:
    """Who works on what. `resource_uid` is None for work without anyone; `units` is 1 for full time. A `placeholder`
    is what Project writes on every task that nobody is assigned to: it says nothing."""

    uid: int | None
    task_uid: int
    resource_uid: int | None
    units: Decimal | None
    work_minutes: int | None
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    placeholder: bool = False


@dataclass(frozen=True)
class MspdiProject:
    """The whole file. The project summary (task 0) and blank lines are not among the tasks. `from_finish`: dates are
    counted back from `finish`."""

    name: str
    title: str
    start: datetime | None
    finish: datetime | None
    calendar_uid: int | None
    minutes_per_day: int
    minutes_per_week: int
    currency: str
    summary: MspdiTask | None
    blank_lines: int
    calendars: tuple[MspdiCalendar, ...]
    tasks: tuple[MspdiTask, ...]
    links: tuple[MspdiLink, ...]
    resources: tuple[MspdiResource, ...]
    assignments: tuple[MspdiAssignment, ...]
    problems: tuple[ImportProblem, ...]
    attributes: tuple[Attribute, ...] = ()
    from_finish: bool = False
    calendars_by_uid: Mapping[int, MspdiCalendar] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendars_by_uid", {calendar.uid: calendar for calendar in self.calendars})

    @property
    def ok(self) -> bool:
        """Whether nothing stops the import."""
        return not any(problem.is_error for problem in self.problems)
