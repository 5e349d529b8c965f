"""What a scenario is evaluated on: the live plan as dataclasses, read once, changed by operations and never written.

A project that is `detailed` is held with its tasks, its people and its budget lines; of the others only what they ask
of people, cost and risk is known, which no operation of the scenario touches. Days are dates, instants wall-clock,
work whole minutes, money in the organisation's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from portfolio.capacity.domain.booking import Booking
from portfolio.finance.domain.budget import Amounts, total
from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.network import Dependency, PlanTask
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import AddProject, Hire
from portfolio.treasury.domain.books import Books

WEEKS: Final = 52
WEEK: Final = timedelta(days=7)
SECOND: Final = "/2"
"""What the key of the second part of a task that is split ends with."""


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project. `fixed`: closed or read-only, nothing of it moves. `added`: the scenario's own. `stopped_on`:
    when it ends before its time."""

    key: str
    code: str
    name: str
    pole: str
    starts_on: date
    ends_on: date
    phase: str = ""
    fixed: bool = False
    added: bool = False
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task as it is dated; how it is dated is in `World.plan`. `milestone` is the project's milestone that it
    stands for, `work_minutes` what is written on the task when nobody is on it."""

    key: str
    project: str
    name: str
    starts_at: datetime
    ends_at: datetime
    work_minutes: int = 0
    percent: Decimal = Decimal(0)
    summary: bool = False
    point: bool = False
    begun: bool = False
    milestone: str = ""

    @property
    def done(self) -> bool:
        return self.percent >= 1


@dataclass(frozen=True, slots=True)
class Work:
    """A person on a task: minutes of work in all, at `units` (1 is full time)."""

    key: str
    task: str
    project: str
    person: str
    work_minutes: int
    units: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Booked:
    """Time of a person, or of a profile that nobody fills yet, booked on a project. `pole`: whose work it is, for a
    project that the scenario adds."""

    key: str
    project: str
    booking: Booking
    person: str = ""
    profile: str = ""
    skill: str = ""
    pole: str = ""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody. `calendar` has absences, arrival and departure as days off; `capacity` are minutes by week of the
    world, `share` of a full time; `rates` are the person's own, from each day on."""

    key: str
    name: str
    pole: str
    profile: str
    skills: Mapping[str, int]
    share: Decimal
    calendar: Calendar
    capacity: tuple[int, ...]
    arrives: date | None = None
    leaves: date | None = None
    rates: tuple[tuple[date, Decimal], ...] = ()
    card_rate: Decimal | None = None
    hired: bool = False


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """A dated promise of a project: `actual_on` once it is met."""

    key: str
    project: str
    name: str
    due_on: date
    actual_on: date | None = None


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """The active risks of a project: how many, the sum of their scores (probability x impact, 1-25 each), how many
    are critical."""

    count: int = 0
    exposure: int = 0
    critical: int = 0


class Benefits(NamedTuple):
    """What a project brings in money over all years: as things stand, and what has come so far."""

    current: Decimal
    realised: Decimal


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a budget line stands; `envelope`: the shared budget that it is a part of, empty for the project's own."""

    project: str
    category: str
    nature: str
    month: date
    envelope: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What keys are called."""

    poles: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """All of it. `weeks` are Mondays. `elsewhere` are the minutes that projects which are not detailed ask of people,
    by person and week; `engaged` what of a line is spent or committed (zero: left out); `totals` what every project
    costs, `spans` from when to when the plans of those that are not
    detailed go. `books` are None for who may not see the cash, rates are empty for who may not see them
    (`rates_known`). `added` and `hires` are the scenario's own, by the keys that it gives them; `moved` that the plan
    is to be dated again; `live` is the plan that the operations began from."""

    today: date
    weeks: tuple[date, ...]
    calendar: Calendar
    projects: Mapping[str, ProjectFacts] = field(default_factory=dict)
    detailed: frozenset[str] = frozenset()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    tasks: Mapping[str, TaskFacts] = field(default_factory=dict)
    plan: Mapping[str, PlanTask] = field(default_factory=dict)
    links: tuple[Dependency, ...] = ()
    works: Mapping[str, Work] = field(default_factory=dict)
    bookings: Mapping[str, Booked] = field(default_factory=dict)
    people: Mapping[str, PersonFacts] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    profile_rates: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(default_factory=dict)
    rates_known: bool = True
    elsewhere: Mapping[tuple[str, date], int] = field(default_factory=dict)
    milestones: Mapping[str, MilestoneFacts] = field(default_factory=dict)
    lines: Mapping[Place, Amounts] = field(default_factory=dict)
    engaged: Mapping[Place, Decimal] = field(default_factory=dict)
    totals: Mapping[str, Amounts] = field(default_factory=dict)
    spans: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    books: Books | None = None
    risks: Mapping[str, RiskFacts] = field(default_factory=dict)
    benefits: Mapping[str, Benefits] = field(default_factory=dict)
    added: Mapping[str, AddProject] = field(default_factory=dict)
    hires: Mapping[str, Hire] = field(default_factory=dict)
    moved: bool = False
    live: "World | None" = field(default=None, repr=False, compare=False)
    # What has been worked out once for the live plan and all that is made of it.
    memo: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def with_(self, **changes: Any) -> "World":
        """Another world, that remembers the live one."""
        return replace(self, live=self.live or self, **changes)

    @property
    def origin(self) -> "World":
        """The live plan."""
        return self.live or self

    @cached_property
    def works_of(self) -> Mapping[str, tuple[Work, ...]]:
        """Who is on each task."""
        found: dict[str, list[Work]] = {}
        for one in self.works.values():
            found.setdefault(one.task, []).append(one)
        return {task: tuple(works) for task, works in found.items()}

    @cached_property
    def tasks_of(self) -> Mapping[str, tuple[TaskFacts, ...]]:
        """The tasks of each detailed project."""
        found: dict[str, list[TaskFacts]] = {}
        for one in self.tasks.values():
            found.setdefault(one.project, []).append(one)
        return {project: tuple(tasks) for project, tasks in found.items()}

    @cached_property
    def milestone_days(self) -> Mapping[str, date]:
        """When each milestone was met or is to be: on its date, or when the last open task that stands for it ends if
        that is later."""
        ends: dict[str, date] = {}
        for one in self.tasks.values():
            if one.milestone and not one.done:
                ends[one.milestone] = max(ends.get(one.milestone, one.ends_at.date()), one.ends_at.date())
        return {
            key: one.actual_on or max(one.due_on, ends.get(key, one.due_on)) for key, one in self.milestones.items()
        }

    def benefit_of(self, project: str) -> Decimal | None:
        """What a project brings as things stand, or had brought when it was stopped; None without benefits."""
        found = self.benefits.get(project)
        if found is None:
            return None
        return found.current if self.projects[project].stopped_on is None else found.realised

    def amounts_of(self, project: str) -> Amounts:
        """What a project costs: the sum of its lines, or its total where they are not held."""
        if project not in self.detailed:
            return self.totals.get(project, Amounts())
        return self._sums.get(project, Amounts())

    @cached_property
    def _sums(self) -> Mapping[str, Amounts]:
        found: dict[str, list[Amounts]] = {}
        for place, amounts in self.lines.items():
            found.setdefault(place.project, []).append(amounts)
        return {project: total(amounts) for project, amounts in found.items()}

    # --- look-ups, that refuse what is not there

    def project(self, key: str) -> ProjectFacts:
        """A project that may change. Raises ScenarioError: unknown_subject, closed_project."""
        found = self.projects.get(key)
        if found is None or key not in self.detailed:
            raise ScenarioError("unknown_subject", "project")
        if found.fixed:
            raise ScenarioError("closed_project", "project", project=found.name)
        if found.stopped_on is not None:
            raise ScenarioError("stopped_before", "project", project=found.name, day=found.stopped_on)
        return found

    def task(self, key: str, *, open_only: bool = True) -> TaskFacts:
        """A task with no task under it, of a project that may change. Raises ScenarioError: unknown_subject,
        summary_task, task_done, and those of `project`."""
        found = self.tasks.get(key)
        if found is None:
            raise ScenarioError("unknown_subject", "task")
        self.project(found.project)
        if found.summary:
            raise ScenarioError("summary_task", "task", task=found.name)
        if open_only and found.done:
            raise ScenarioError("task_done", "task", task=found.name)
        return found

    def person(self, key: str, where: str = "person") -> PersonFacts:
        """Raises ScenarioError: unknown_subject."""
        if key not in self.people:
            raise ScenarioError("unknown_subject", where)
        return self.people[key]

    def calendar_of(self, task: str) -> Calendar:
        """The calendar that a task is dated on."""
        one = self.plan[task]
        return one.calendar or self.calendars.get(self.tasks[task].project, self.calendar)

    def rate_of(self, person: str, day: date) -> Decimal | None:
        """The daily rate of a person on a day: their own, else their profile's, else the one on their card."""
        facts = self.people[person]
        for steps in (facts.rates, self.profile_rates.get(facts.profile, ())):
            begun = [rate for since, rate in steps if since <= day]
            if begun:
                return begun[-1]
        return facts.card_rate
