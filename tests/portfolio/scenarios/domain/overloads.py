"""Small plans drawn by hand, and a slow count of what moving their tasks does: day by day, sharing no code with the
search. Weeks have five days of seven hours; nobody is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, product

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.network import ConstraintType, Dependency, PlanTask
from portfolio.scenarios.domain.evaluation import applied
from portfolio.scenarios.domain.loads import load_of
from portfolio.scenarios.domain.operations import Operation
from portfolio.scenarios.domain.proposals import Board, Loads, Target
from portfolio.scenarios.domain.world import PersonFacts, ProjectFacts, TaskFacts, Work, World

TODAY = date(2026, 1, 2)
MONDAY = date(2026, 1, 5)
DAY = 420
WEEK = 5 * DAY
WEEK = 5 * DAY
HOURS = ((540, 720), (780, 1020))
CALENDAR = Calendar("Test", (HOURS, HOURS, HOURS, HOURS, HOURS, (), ()))
WEEKS = tuple(MONDAY + timedelta(weeks=number) for number in range(-1, 20))


@dataclass(frozen=True)
class Drawn:
    """A task: who does it, from which day (0 is the Monday) and for how many days, at which share of a full time."""

    key: str
    person: str
    start: int
    length: int
    share: Decimal = Decimal(1)
    project: str = "P"
    spare: int = 0
    after: str = ""
    begun: bool = False
    manual: bool = False

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Person:
    """Somebody: their pole, what they know, and the share of a full time that they work."""

    key: str
    pole: str = "IT"
    skills: Mapping[str, int] = field(default_factory=dict)
    share: Decimal = Decimal(1)


def day(number: int) -> date:
    """The date of a working day."""
    return MONDAY + timedelta(days=7 * (number // 5) + number % 5)


def world_of(tasks: Sequence[Drawn], people: Sequence[Person], *, fixed: Sequence[str] = ()) -> World:
    """The plan as evaluation takes it."""
    projects = {one.project for one in tasks}
    plan, facts, works = {}, {}, {}
    for one in tasks:
        start = datetime.combine(day(one.start), time(9))
        finish = datetime.combine(day(one.end - 1), time(17))
        # What has begun did so on the last working day before today.
        begun = datetime.combine(TODAY - timedelta(days=1), time(9)) if one.begun else None
        facts[one.key] = TaskFacts(one.key, one.project, one.key, begun or start, finish, begun=one.begun)
        minutes = one.length * DAY if begun is None else CALENDAR.working_minutes_between(begun, finish)
        plan[one.key] = PlanTask(
            one.key,
            minutes,
            constraint=ConstraintType.START_NO_EARLIER_THAN,
            constraint_date=start,
            actual_start=begun,
            manual=one.manual,
            start=start if one.manual else None,
            finish=finish if one.manual else None,
            project_start=datetime.combine(TODAY - timedelta(days=1), time()),
        )
        works[one.key] = Work(one.key, one.key, one.project, one.person, int(minutes * one.share), one.share)
    return World(
        TODAY,
        WEEKS,
        CALENDAR,
        projects={
            key: ProjectFacts(key, key, key, "", TODAY, day(99), fixed=key in fixed) for key in sorted(projects)
        },
        detailed=frozenset(projects),
        calendars=dict.fromkeys(projects, CALENDAR),
        tasks=facts,
        plan=plan,
        links=tuple(Dependency(one.after, one.key) for one in tasks if one.after),
        works=works,
        people={
            one.key: PersonFacts(
                one.key, one.key, one.pole, "", one.skills, one.share, CALENDAR, (int(WEEK * one.share),) * len(WEEKS)
            )
            for one in people
        },
    )


def board_of(
    world: World,
    persons: Sequence[str],
    weeks: Sequence[int],
    tasks: Sequence[Drawn] = (),
    *,
    threshold: str = "1.1",
    weights: Mapping[str, int] | None = None,
    deadlines: Mapping[str, datetime] | None = None,
) -> Board:
    """The overload of these persons in these weeks (0 is the first)."""

    def trial(operations: tuple[Operation, ...]) -> tuple[Loads, dict[str, datetime]]:
        after = applied(world, operations)
        load = load_of(after)
        loads = {key: dict(zip(load.weeks, minutes, strict=True)) for key, minutes in load.by_person.items()}
        return loads, {key: one.ends_at for key, one in after.tasks.items()}

    target = Target(frozenset(persons), tuple(MONDAY + timedelta(weeks=one) for one in weeks), Decimal(threshold))
    floats = {one.key: one.spare * DAY for one in tasks}
    return Board(world, target, trial, trial(())[0], weights or {}, floats, deadlines or {})


# --- the slow count


def starts_after(tasks: Sequence[Drawn], moves: Mapping[str, int]) -> dict[str, int]:
    """On which day each task begins, a task after the one it waits for."""
    found: dict[str, int] = {}
    known = {one.key: one for one in tasks}

    def of(one: Drawn) -> int:
        if one.key not in found:
            start = one.start + moves.get(one.key, 0)
            if one.after:
                before = known[one.after]
                start = max(start, of(before) + before.length)
            found[one.key] = start
        return found[one.key]

    for one in tasks:
        of(one)
    return found


def weekly(tasks: Sequence[Drawn], starts: Mapping[str, int]) -> dict[tuple[str, int], Decimal]:
    """Minutes by person and week, walked day by day."""
    found: dict[tuple[str, int], Decimal] = {}
    for one in tasks:
        for number in range(starts[one.key], starts[one.key] + one.length):
            place = one.person, number // 5
            found[place] = found.get(place, Decimal(0)) + DAY * one.share
    return found


def does(tasks: Sequence[Drawn], persons: Sequence[str], weeks: Sequence[int], moves: Mapping[str, int]) -> bool:
    """Whether the moves bring the load of `persons` under 110 % in these weeks, and make no overload elsewhere."""
    before, after = weekly(tasks, starts_after(tasks, {})), weekly(tasks, starts_after(tasks, moves))
    capacity, threshold = Decimal(5 * DAY), Decimal("1.1")
    for place in after:
        person, _week = place
        old, new = before.get(place, Decimal(0)), after[place]
        if person in persons and new > old and new > max(threshold * capacity, old) + capacity * Decimal("0.05"):
            return False
    count = len(persons)
    for week in {week for _person, week in before.keys() | after.keys()} | set(weeks):
        old, new = (sum(rows.get((one, week), Decimal(0)) for one in persons) for rows in (before, after))
        if week in weeks:
            if new > threshold * capacity * count:
                return False
        elif count > 1 and new > max(threshold * capacity * count, old) + capacity * count * Decimal("0.01"):
            return False
    return True


def price(tasks: Sequence[Drawn], moves: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """What moves cost: a unit a day, and ten times the weight of the project for each day beyond the float."""
    known = {one.key: one for one in tasks}
    return sum(
        days + 10 * weights.get(known[key].project, 1) * max(0, days - known[key].spare)
        for key, days in moves.items()
    )


def cheapest_moves(
    tasks: Sequence[Drawn],
    persons: Sequence[str],
    weeks: Sequence[int],
    weights: Mapping[str, int],
    *,
    most: int,
    reach: int,
) -> tuple[int, int] | None:
    """How many tasks at least must move, and what that costs at least; None when up to `most` tasks and `reach` days
    do not do. Everything is tried."""
    movable = [
        one.key
        for one in tasks
        if one.person in persons and any(number // 5 in weeks for number in range(one.start, one.end))
    ]
    for size in range(1, most + 1):
        prices = [
            price(tasks, moves, weights)
            for keys in combinations(movable, size)
            for days in product(range(1, reach + 1), repeat=size)
            if does(tasks, persons, weeks, moves := dict(zip(keys, days, strict=True)))
        ]
        if prices:
            return size, min(prices)
    return None
