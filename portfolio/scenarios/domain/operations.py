"""What a scenario may change: one frozen dataclass per verb, in the order in which they are applied. Pure.

Ids are texts. Work moves by working days of its project's calendar; milestones of projects and contracts, which are
dates, by calendar days; both later when positive. Amounts are in the organisation's currency, shares and factors are
0-1 in code (a factor may be more than 1). An operation knows what is wrong with it alone (`validated`); what it
cannot be against a plan, evaluation says.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final, Self, Union, get_args, get_origin, get_type_hints

from portfolio.scenarios.domain.checks import (
    GREATEST_FACTOR,
    MOST_PEOPLE,
    demand_amount,
    demand_day,
    demand_distance,
    demand_factor,
    demand_name,
    demand_one,
    demand_order,
    demand_share,
)
from portfolio.scenarios.domain.errors import ScenarioError


class Operation:
    """One change of a plan. `kind` names it in JSON; subclasses are registered by it."""

    kind: ClassVar[str]

    def check(self) -> None:
        """Raise ScenarioError when the operation says nothing that could be done."""
        raise NotImplementedError

    def validated(self) -> Self:
        """Itself. Raises ScenarioError."""
        self.check()
        return self


@dataclass(frozen=True, slots=True)
class ShiftProject(Operation):
    """What has not begun of a project, `days` working days later; its milestones that are to come move with it."""

    kind: ClassVar[str] = "shift_project"
    project: str
    days: int

    def check(self) -> None:
        demand_name(self.project, "project")
        demand_distance(self.days)


@dataclass(frozen=True, slots=True)
class ShiftTask(Operation):
    """A task (or a milestone of a plan) `days` working days later, and what follows from it."""

    kind: ClassVar[str] = "shift_task"
    task: str
    days: int

    def check(self) -> None:
        demand_name(self.task, "task")
        demand_distance(self.days)


@dataclass(frozen=True, slots=True)
class MoveMilestone(Operation):
    """A milestone of a project `days` calendar days later, with the instalments that wait for it."""

    kind: ClassVar[str] = "move_milestone"
    milestone: str
    days: int

    def check(self) -> None:
        demand_name(self.milestone, "milestone")
        demand_distance(self.days)


@dataclass(frozen=True, slots=True)
class StopProject(Operation):
    """A project ends on `on`: the work, the forecast and the instalments that come after are gone."""

    kind: ClassVar[str] = "stop_project"
    project: str
    on: date

    def check(self) -> None:
        demand_name(self.project, "project")
        demand_day(self.on, "on")


@dataclass(frozen=True, slots=True)
class BudgetShare:
    """An amount of one category and nature (the values of finance), over the whole of a new project."""

    category: str
    nature: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ProfileDemand:
    """Full times of a profile (1 is one person all the time) from the first day of a new project to its last."""

    profile: str
    fte: Decimal


@dataclass(frozen=True, slots=True)
class AddProject(Operation):
    """A project that the plan does not hold. `key` names it within the scenario; `pole` is whose work it is."""

    kind: ClassVar[str] = "add_project"
    key: str
    code: str
    name: str
    starts_on: date
    ends_on: date
    pole: str = ""
    budget: tuple[BudgetShare, ...] = ()
    demand: tuple[ProfileDemand, ...] = ()

    def check(self) -> None:
        demand_name(self.key, "key")
        demand_name(self.code, "code", "no_name")
        demand_name(self.name, "name", "no_name")
        demand_order(self.starts_on, self.ends_on)
        places = [(one.category, one.nature) for one in self.budget]
        for share in self.budget:
            demand_name(share.category, "budget")
            demand_name(share.nature, "budget")
            demand_amount(share.amount, "budget")
            if places.count((share.category, share.nature)) > 1:
                raise ScenarioError("twice", "budget", what=share.category)
        profiles = [one.profile for one in self.demand]
        for demand in self.demand:
            demand_name(demand.profile, "demand")
            if not demand.fte.is_finite() or not 0 < demand.fte <= MOST_PEOPLE:
                raise ScenarioError("bad_share", "demand", share=demand.fte, most=MOST_PEOPLE)
            if profiles.count(demand.profile) > 1:
                raise ScenarioError("twice", "demand", what=demand.profile)


@dataclass(frozen=True, slots=True)
class ResizeProject(Operation):
    """The work and the cost that are left of a project, times `factor`."""

    kind: ClassVar[str] = "resize_project"
    project: str
    factor: Decimal

    def check(self) -> None:
        demand_name(self.project, "project")
        demand_factor(self.factor, GREATEST_FACTOR)


@dataclass(frozen=True, slots=True)
class ChangeRate(Operation):
    """The daily rate of a person, or of a profile, from a day on."""

    kind: ClassVar[str] = "change_rate"
    daily_rate: Decimal
    from_on: date
    person: str = ""
    profile: str = ""

    def check(self) -> None:
        demand_one(self.person, self.profile)
        if not self.daily_rate.is_finite() or self.daily_rate < 0:
            raise ScenarioError("negative_rate", "daily_rate", rate=self.daily_rate)
        demand_amount(self.daily_rate, "daily_rate")
        demand_day(self.from_on, "from_on")


@dataclass(frozen=True, slots=True)
class Hire(Operation):
    """Somebody more, of a profile, at `share` of a full time, until `ends_on` or for good."""

    kind: ClassVar[str] = "hire"
    profile: str
    name: str
    starts_on: date
    ends_on: date | None = None
    share: Decimal = Decimal(1)
    pole: str = ""

    def check(self) -> None:
        demand_name(self.profile, "profile")
        demand_name(self.name, "name", "no_name")
        demand_share(self.share)
        if self.ends_on is None:
            demand_day(self.starts_on, "starts_on")
        else:
            demand_order(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class MoveContract(Operation):
    """The dates of a contract that are its own (not those it takes from the plan), `days` calendar days later."""

    kind: ClassVar[str] = "move_contract"
    contract: str
    days: int

    def check(self) -> None:
        demand_name(self.contract, "contract")
        demand_distance(self.days)


@dataclass(frozen=True, slots=True)
class Reassign(Operation):
    """`share` of the work that a person has left on a task goes to another."""

    kind: ClassVar[str] = "reassign"
    task: str
    from_person: str
    to_person: str
    share: Decimal = Decimal(1)

    def check(self) -> None:
        demand_name(self.task, "task")
        demand_name(self.from_person, "from_person")
        demand_name(self.to_person, "to_person")
        if self.from_person == self.to_person:
            raise ScenarioError("same_person", "to_person")
        demand_share(self.share)


@dataclass(frozen=True, slots=True)
class SplitTask(Operation):
    """A task stops on the evening before `at` and goes on from `resumes_on`."""

    kind: ClassVar[str] = "split_task"
    task: str
    at: date
    resumes_on: date

    def check(self) -> None:
        demand_name(self.task, "task")
        demand_day(self.at, "at")
        demand_day(self.resumes_on, "resumes_on")
        if self.resumes_on <= self.at:
            raise ScenarioError("disorder", "resumes_on", first=self.at, last=self.resumes_on)


@dataclass(frozen=True, slots=True)
class ReduceTask(Operation):
    """The work that is left of a task, times `factor` (less than 1)."""

    kind: ClassVar[str] = "reduce_task"
    task: str
    factor: Decimal

    def check(self) -> None:
        demand_name(self.task, "task")
        demand_factor(self.factor, Decimal(1))


@dataclass(frozen=True, slots=True)
class Allocate(Operation):
    """Time of a person (a share of a full time, at most 1) or of a profile booked on a project."""

    kind: ClassVar[str] = "allocate"
    project: str
    starts_on: date
    ends_on: date
    share: Decimal
    person: str = ""
    profile: str = ""

    def check(self) -> None:
        demand_name(self.project, "project")
        demand_one(self.person, self.profile)
        demand_order(self.starts_on, self.ends_on)
        demand_share(self.share, Decimal(1) if self.person else Decimal(20))


@dataclass(frozen=True, slots=True)
class ChangeBudget(Operation):
    """What is expected of one line of a project's budget in a month (its first day): `forecast` in all."""

    kind: ClassVar[str] = "change_budget"
    project: str
    category: str
    nature: str
    month: date
    forecast: Decimal

    def check(self) -> None:
        demand_name(self.project, "project")
        demand_name(self.category, "category")
        demand_name(self.nature, "nature")
        demand_day(self.month, "month")
        if self.month.day != 1:
            raise ScenarioError("malformed", "month")
        demand_amount(self.forecast, "forecast")


KINDS: Final[Mapping[str, type[Operation]]] = types.MappingProxyType(
    {
        one.kind: one
        for one in (
            ShiftProject, ShiftTask, MoveMilestone, StopProject, AddProject, ResizeProject, ChangeRate, Hire,
            MoveContract, Reassign, SplitTask, ReduceTask, Allocate, ChangeBudget,
        )
    }
)  # fmt: skip


def to_json(operation: Operation) -> dict[str, Any]:
    """The operation as JSON values, without its kind: numbers with decimals and dates are texts."""
    return {name: _plain(getattr(operation, name)) for name in _readers(type(operation))}


def from_json(kind: str, params: object) -> Operation:
    """The operation of `kind` that `params` (a mapping of JSON values) describes, validated. Raises ScenarioError."""
    made = KINDS.get(kind)
    if made is None:
        raise ScenarioError("unknown_kind", kind=kind)
    operation: Operation = _read(made, params, "")
    return operation.validated()


def _read(made: type[Any], params: object, path: str) -> Any:
    if not isinstance(params, Mapping):
        raise ScenarioError("malformed", path)
    readers = _readers(made)
    unknown = sorted(str(name) for name in params if name not in readers)
    if unknown:
        raise ScenarioError("unknown_field", unknown[0])
    values = {}
    for one in fields(made):
        where = f"{path}.{one.name}" if path else one.name
        if one.name in params:
            values[one.name] = readers[one.name](params[one.name], where)
    try:
        return made(**values)
    except TypeError:
        missing = next(name for name in readers if name not in values and not _has_default(made, name))
        raise ScenarioError("missing_field", f"{path}.{missing}" if path else missing) from None


Reader = Callable[[object, str], Any]


_known: Final[dict[type[Any], dict[str, Reader]]] = {}


def _readers(made: type[Any]) -> dict[str, Reader]:
    """How each field is read from JSON, in their order."""
    if made not in _known:
        hints = get_type_hints(made)
        _known[made] = {one.name: _reader(hints[one.name]) for one in fields(made)}
    return _known[made]


def _reader(hint: Any) -> Reader:
    if hint is str:
        return _text
    if hint is int:
        return _whole
    if hint is Decimal:
        return _decimal
    if hint is date:
        return _day
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (one for one in get_args(hint) if one is not type(None))
        read = _reader(inner)
        return lambda value, where: None if value is None else read(value, where)
    part = get_args(hint)[0]  # a tuple of parts, any number of them
    return lambda value, where: _parts(part, value, where)


def _parts(part: type[Any], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ScenarioError("malformed", where)
    return tuple(_read(part, one, f"{where}.{number}") for number, one in enumerate(value, 1))


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ScenarioError("malformed", where)
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ScenarioError("malformed", where)
    return value


def _decimal(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ScenarioError("malformed", where)
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise ScenarioError("malformed", where) from None
    if not found.is_finite():
        raise ScenarioError("malformed", where)
    return found


def _day(value: object, where: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text(value, where))
    except ValueError:
        raise ScenarioError("malformed", where) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [{name: _plain(getattr(one, name)) for name in _readers(type(one))} for one in value]
    return value


def _has_default(made: type[Any], name: str) -> bool:
    return any(one.name == name and one.default is not MISSING for one in fields(made))
