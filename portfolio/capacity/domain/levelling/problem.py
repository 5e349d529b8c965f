"""What is to be levelled: activities with modes, links, resources whose capacity varies, projects with weights.

Time is a line of whole units that the caller chooses (working minutes, half days): instant 0 is the first at which
anything may happen. Multi-mode RCPSP with generalised precedence relations and time-varying capacity,
MPS,temp|temp|ΣwT in the notation of Brucker et al. 1999.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from portfolio.capacity.domain.levelling.errors import LevellingError
from portfolio.planning.domain.network import DependencyType

# Instants beyond this are refused: they keep every sum within the 64 bits of the solver.
LAST_INSTANT = 10**9
MOST_UNITS = 10**6
HEAVIEST = 10**6


@dataclass(frozen=True, slots=True)
class Resource:
    """A person, team or machine of which at most some units are in use at any instant.

    `steps` are (instant, units), instants increasing: from each instant on there are so many units, until the next;
    none before the first. Calendars, absences, part time and the end of a contract are steps.
    """

    key: str
    steps: tuple[tuple[int, int], ...]

    @property
    def most(self) -> int:
        """The units there ever are."""
        return max((units for _, units in self.steps), default=0)


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do an activity: by whom, how long, and when this work rests.

    `duration` is in units of time spent working; `demands` are (resource, units) held while working. In each of
    `pauses` (from, until; increasing, apart) the work is suspended and holds nothing: an absence in its middle makes
    it end later instead of forbidding it. A duration of 0 holds nothing.
    """

    duration: int
    demands: tuple[tuple[str, int], ...] = ()
    pauses: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work, done without interruption but for the pauses of its mode.

    It starts at `release` at the earliest, at `fixed_start` exactly if there is one, and ends by `deadline`.
    """

    key: str
    modes: tuple[Mode, ...]
    project: str = ""
    release: int = 0
    deadline: int | None = None
    fixed_start: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`successor` waits for `predecessor`: between the two ends that `type` names pass at least `lag`, and at most
    `max_lag` if there is one. A negative lag is an overlap."""

    predecessor: str
    successor: str
    type: DependencyType = DependencyType.FINISH_START
    lag: int = 0
    max_lag: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What activities are for. A project that ends at `end` costs weight x max(0, end - due): with `due` 0, the
    earlier the better."""

    key: str
    weight: int = 1
    due: int = 0


@dataclass(frozen=True)
class Problem:
    """Find dates and modes of the least cost, the sum over `projects`; without any, there is one of weight 1 and key
    "" and the cost is the makespan."""

    activities: tuple[Activity, ...]
    links: tuple[Link, ...] = ()
    resources: tuple[Resource, ...] = ()
    projects: tuple[Project, ...] = field(default=(Project(""),))

    def __post_init__(self) -> None:
        """Raises LevellingError for what has no meaning."""
        activities = _unique("duplicate_activity", (one.key for one in self.activities))
        resources = _unique("duplicate_resource", (one.key for one in self.resources))
        projects = _unique("duplicate_project", (one.key for one in self.projects))
        for resource in self.resources:
            _check_resource(resource)
        for project in self.projects:
            _refuse(project.weight < 0, "negative_weight", project.key)
            _refuse(project.due < 0, "negative_date", project.key)
            _refuse(project.due > LAST_INSTANT or project.weight > HEAVIEST, "too_large", project.key)
        for activity in self.activities:
            _refuse(activity.project not in projects, "unknown_project", activity.key, activity.project)
            _check_activity(activity, resources)
        for link in self.links:
            for key in (link.predecessor, link.successor):
                _refuse(key not in activities, "unknown_activity", key)
            ends = (link.predecessor, link.successor)
            _refuse(link.predecessor == link.successor, "self_link", link.predecessor)
            _refuse(link.max_lag is not None and link.max_lag < link.lag, "bad_lag", *ends)
            _refuse(max(abs(link.lag), abs(link.max_lag or 0)) > LAST_INSTANT, "too_large", *ends)

    @cached_property
    def most(self) -> Mapping[str, int]:
        """The units that there ever are of each resource."""
        return {resource.key: resource.most for resource in self.resources}


@dataclass(frozen=True, slots=True)
class Placement:
    """When an activity is done, and in which of its modes (its place in `modes`)."""

    start: int
    finish: int
    mode: int = 0


@dataclass(frozen=True)
class Levelled:
    """Feasible dates. No dates cost less than `lower_bound`; `proved` says that none cost less than these."""

    placements: Mapping[str, Placement]
    cost: int
    lower_bound: int
    method: str

    @property
    def proved(self) -> bool:
        return self.lower_bound >= self.cost

    @property
    def makespan(self) -> int:
        """The instant at which all is done."""
        return max((placement.finish for placement in self.placements.values()), default=0)


def _check_resource(resource: Resource) -> None:
    instants = [instant for instant, _ in resource.steps]
    _refuse(instants != sorted(set(instants)), "bad_steps", resource.key)
    _refuse(any(units < 0 for _, units in resource.steps), "bad_steps", resource.key)
    _refuse(any(abs(instant) > LAST_INSTANT for instant in instants), "too_large", resource.key)
    _refuse(resource.most > MOST_UNITS, "too_large", resource.key)


def _check_activity(activity: Activity, resources: set[str]) -> None:
    key = activity.key
    dates = [activity.release]
    dates += [instant for instant in (activity.deadline, activity.fixed_start) if instant is not None]
    _refuse(min(dates) < 0, "negative_date", key)
    _refuse(max(dates) > LAST_INSTANT, "too_large", key)
    _refuse(not activity.modes, "no_mode", key)
    for mode in activity.modes:
        _refuse(mode.duration < 0, "negative_duration", key)
        _refuse(mode.duration > LAST_INSTANT, "too_large", key)
        _unique("duplicate_resource", (resource for resource, _ in mode.demands))
        for resource, units in mode.demands:
            _refuse(resource not in resources, "unknown_resource", key, resource)
            _refuse(units < 0, "negative_demand", key, resource)
            _refuse(units > MOST_UNITS, "too_large", key, resource)
        edges = [instant for pause in mode.pauses for instant in pause]
        _refuse(any(one >= two for one, two in pairwise(edges)), "bad_pauses", key)
        _refuse(any(abs(instant) > LAST_INSTANT for instant in edges), "too_large", key)


def _refuse(wrong: bool, code: str, *names: str) -> None:
    if wrong:
        raise LevellingError(code, *names)


def _unique(code: str, keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for key in keys:
        _refuse(key in found, code, key)
        found.add(key)
    return found
