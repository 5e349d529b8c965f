"""Why a task is where it is: the chain of predecessors, lags, rests and constraints that makes its dates, as data."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.people.domain.timeline import to_instant
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.floats import shown
from portfolio.planning.domain.network import Dependency
from portfolio.planning.domain.nodes import Link, Node
from portfolio.planning.domain.passes import Backward
from portfolio.planning.domain.schedule import Planner, calendar_refused

AS_LATE = "as_late"
# A longer rest, or stretch of work, is told by its first days.
MOST_DAYS = 366 * 3


@dataclass(frozen=True, slots=True)
class Rest:
    """Days on which nobody works, or not the usual hours. `name` is the exception's or the public holiday's; empty
    for the days that the week leaves out."""

    first: date
    last: date
    name: str
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One task of the chain: when it starts and ends, and why it does not start earlier.

    `reason` is "link", or one of `passes`, or "as_late" for a task done as late as possible. For a link `dependency`
    is it, and `through` the task under a summary that stands for its predecessor. `asked` is the instant that the
    reason gives; `waits` are the rests between what it waits for and the start, `crosses` the exceptions that
    lengthen the task. `resumed` is when remaining work was taken up again.
    """

    task: str
    start: datetime
    finish: datetime
    duration_minutes: int
    reason: str
    asked: datetime
    dependency: Dependency | None = None
    through: str = ""
    waits: tuple[Rest, ...] = ()
    crosses: tuple[Rest, ...] = ()
    resumed: datetime | None = None


def why(planner: Planner, key: str, *, language: str = "fr") -> tuple[Step, ...]:
    """The chain that makes a task's dates, from the task back to what moves by itself. For a summary, that of the
    task under it that ends last. Public holidays are named in `language`. Raises PlanningError(unknown_task)."""
    node = planner.network.nodes.get(key)
    if node is None:
        raise PlanningError("unknown_task", key)
    steps: list[Step] = []
    try:
        following: Node | None = _last(node)
        while following is not None:
            step, following = _step(planner, following, language)
            steps.append(step)
    except CalendarError as error:
        raise calendar_refused(planner.calendar, error) from error
    return tuple(steps)


def _last(node: Node) -> Node:
    """The task under a summary that ends last; the task itself."""
    while node.children:
        node = max(node.children, key=lambda child: shown(child)[1])
    return node


def _first(node: Node) -> Node:
    while node.children:
        node = min(node.children, key=lambda child: shown(child)[0])
    return node


def _step(planner: Planner, node: Node, language: str) -> tuple[Step, Node | None]:
    start, finish = shown(node)
    calendar = _calendar(planner, node)
    before: Node | None = None
    dependency: Dependency | None = None
    link = node.driver if isinstance(node.driver, Link) else None
    reason = "link" if link is not None else str(node.driver)
    asked = since = start
    if node.alap:
        reason, link = AS_LATE, _holding(planner, node)
        dependency = None if link is None else link.dependency
    elif link is not None:
        dependency = link.dependency
        before = _last(link.predecessor) if link.from_finish else _first(link.predecessor)
        end = shown(link.predecessor)[1 if link.from_finish else 0]
        asked = link.moved(end, node.timeline)
        since = min(end, asked)  # what rests while a lag runs belongs to the answer
        asked = asked if link.to_start else node.start_before(asked)
        since = since if link.to_start else asked
    elif reason == "project_start":
        asked = since = node.opening
    elif reason == "data_date" and node.data_date is not None:
        asked = since = node.data_date
    through = before.key if before is not None and link is not None and before is not link.predecessor else ""
    step = Step(
        task=node.key,
        start=to_instant(start),
        finish=to_instant(finish),
        duration_minutes=node.between(start, finish),
        reason=reason,
        asked=to_instant(asked),
        dependency=dependency,
        through=through,
        waits=_rests(calendar, since, start, language),
        crosses=() if node.elapsed else _rests(calendar, start, finish, language, named_only=True),
        resumed=None if node.resume is None else to_instant(node.resume),
    )
    return step, before


def _holding(planner: Planner, node: Node) -> Link | None:
    """The link that keeps a task done as late as possible from being later still; None at the project's end."""
    backward = Backward(planner.finish)
    bounds = [(backward.finish_bound(link, node), link) for link in node.outgoing]
    found = [(bound, link) for bound, link in bounds if bound is not None and bound <= planner.finish]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _calendar(planner: Planner, node: Node) -> Calendar:
    """The calendar that the task is counted on: of the person who ends last, where people make its length."""
    if node.efforts:
        people = [one for one in node.task.assignments if one.units > 0 and one.work_minutes]
        ends = [timeline.add(node.early_start, whole) for timeline, whole, _ in node.efforts]
        own = people[ends.index(max(ends))].calendar
        if own is not None:
            return own
    return node.task.calendar or planner.calendar


def _rests(
    calendar: Calendar, start: int, finish: int, language: str, *, named_only: bool = False
) -> tuple[Rest, ...]:
    """The days between two instants on which the calendar rests, runs of the same kind together."""
    if finish <= start:
        return ()
    first, last = to_instant(start).date(), to_instant(finish).date()
    found: list[Rest] = []
    for number in range(min((last - first).days + 1, MOST_DAYS)):
        day = first + timedelta(days=number)
        exception, usual = calendar.exception_on(day, language), calendar.week[day.weekday()]
        if exception is not None and exception[1] != usual and (usual or exception[1]):
            rest = Rest(day, day, exception[0], not exception[1])
        elif not usual and not named_only:
            rest = Rest(day, day, "")
        else:
            continue
        previous = found[-1] if found else None
        if (
            previous is not None
            and (previous.name, previous.closed) == (rest.name, rest.closed)
            and (day - previous.last).days == 1
        ):
            found[-1] = Rest(previous.first, day, rest.name, rest.closed)
        else:
            found.append(rest)
    return tuple(found)
