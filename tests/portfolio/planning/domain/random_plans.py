"""Random plans that use every rule of the engine, the same for the same seed."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from portfolio.people.domain.calendar import Calendar, CalendarException, HolidayRegion, standard_calendar
from portfolio.planning.domain.network import (
    ConstraintType,
    Dependency,
    DependencyType,
    EffortType,
    LagUnit,
    PlanTask,
    TaskAssignment,
)

START = datetime(2026, 3, 2, 9)
OFFICE = standard_calendar(name="Bureau").with_exceptions(
    CalendarException(date(2026, 3, 12), date(2026, 3, 13), name="Pont"),
    CalendarException(date(2026, 3, 21), date(2026, 3, 21), ((540, 720),), name="Samedi travaillé"),
)
EARLY = Calendar("Équipe du matin", (((360, 840),),) * 6 + ((),))
NIGHT = Calendar("Nuit", (((0, 360), (1320, 1440)),) * 5 + (((0, 360),), ()))
LATE = Calendar("Équipe du soir", (((840, 1080), (1140, 1380)),) * 5 + ((),) * 2)
ALWAYS = Calendar("Continu", (((0, 1440),),) * 7)
SHORT = Calendar("Trois jours", (((540, 720), (780, 900)),) * 3 + ((),) * 4)
HOLIDAYS = standard_calendar(HolidayRegion("FR"), "Fériés")
CALENDARS = (OFFICE, EARLY, LATE, ALWAYS, SHORT, HOLIDAYS)
# Working time common to any two of them: a person of one can work on a task of the other.
COMMON = (OFFICE, HOLIDAYS, ALWAYS, SHORT)

START_KINDS = (
    ConstraintType.START_NO_EARLIER_THAN,
    ConstraintType.START_NO_LATER_THAN,
    ConstraintType.MUST_START_ON,
)
FINISH_KINDS = (
    ConstraintType.FINISH_NO_EARLIER_THAN,
    ConstraintType.FINISH_NO_LATER_THAN,
    ConstraintType.MUST_FINISH_ON,
)


@dataclass(frozen=True)
class Plan:
    """What `schedule` takes. `features` names what the plan makes use of."""

    tasks: tuple[PlanTask, ...]
    links: tuple[Dependency, ...]
    calendar: Calendar = OFFICE
    start: datetime = START
    data_date: datetime | None = None
    features: frozenset[str] = field(default_factory=frozenset)


FEATURES = ("lags", "elapsed", "percent", "constraints", "calendars", "alap", "deadlines", "summaries", "manual",
            "progress", "people", "elapsed_durations", "data_date", "any_moment")  # fmt: skip


def random_plan(
    seed: int, *, features: frozenset[str] | None = None, unit: int = 30, most: int = 12, longest: int = 60
) -> Plan:
    """A plan of up to `most` tasks of up to `longest` units; durations and lags are multiples of `unit` minutes."""
    rng = random.Random(seed)
    if features is None:
        features = frozenset(rng.sample(FEATURES, rng.randint(0, 5)))
    calendar = rng.choice(CALENDARS) if "calendars" in features and rng.random() < 0.4 else OFFICE
    count = rng.randint(2, most)
    tasks: list[PlanTask] = []
    for number in range(count):
        tasks.append(_task(rng, f"T{number}", calendar, features, unit, longest))
    if "summaries" in features:
        tasks = _nested(rng, tasks)
    if rng.random() < 0.7:
        # What comes first leaves room for links that pull their successor back.
        tasks.insert(0, PlanTask("A", unit * 2 * longest))
    links = tuple(_links(rng, tasks, features, unit))
    data_date = START + timedelta(hours=rng.randint(-33, 24 * 25)) if "data_date" in features else None
    return Plan(tuple(tasks), links, calendar, data_date=data_date, features=features)


def _task(
    rng: random.Random, key: str, calendar: Calendar, features: frozenset[str], unit: int, longest: int
) -> PlanTask:
    own = rng.choice(CALENDARS) if "calendars" in features and rng.random() < 0.4 else None
    working = own or calendar
    duration = 0 if rng.random() < 0.15 else unit * 2 * rng.randint(1, longest // 2)
    task = PlanTask(key, duration, calendar=own)
    if "elapsed_durations" in features and rng.random() < 0.3:
        task = replace(task, elapsed=True)
    if "alap" in features and rng.random() < 0.3:
        task = replace(task, constraint=ConstraintType.AS_LATE_AS_POSSIBLE)
    elif "constraints" in features and rng.random() < 0.35:
        kind = rng.choice(START_KINDS + FINISH_KINDS)
        task = replace(task, constraint=kind, constraint_date=_asked(rng, working, features, kind in FINISH_KINDS))
    if "deadlines" in features and rng.random() < 0.3:
        task = replace(task, deadline=_asked(rng, working, features, True))
    if "people" in features and duration and rng.random() < 0.4:
        people = tuple(
            TaskAssignment(
                unit * rng.randint(1, 40),
                Decimal(rng.choice(("1", "0.5", "2"))),
                rng.choice((None, *COMMON)) if "calendars" in features and working in COMMON else None,
            )
            for _ in range(rng.randint(1, 3))
        )
        task = replace(task, effort=rng.choice(list(EffortType)), assignments=people)
    if "progress" in features and rng.random() < 0.3:
        return _progress(rng, task, working)
    if "manual" in features and rng.random() < 0.2:
        begin = _moment(rng, working, False)
        task = replace(
            task, manual=True, start=begin, finish=working.add_working_minutes(begin, duration), elapsed=False
        )
        task = replace(task, assignments=(), constraint=ConstraintType.AS_SOON_AS_POSSIBLE, constraint_date=None)
    return task


def _progress(rng: random.Random, task: PlanTask, working: Calendar) -> PlanTask:
    begun = _moment(rng, working, False)
    task = replace(task, actual_start=begun, percent_complete=rng.choice((0.0, 0.5)))
    if rng.random() < 0.5 or not task.duration_minutes:
        ended = working.add_working_minutes(begun, task.duration_minutes)
        task = replace(task, percent_complete=1.0, actual_finish=ended)
    return task


def _asked(rng: random.Random, calendar: Calendar, features: frozenset[str], evening: bool) -> datetime:
    """What a constraint or a deadline asks for; with `any_moment` at night and on a Sunday too."""
    return _any_moment(rng) if "any_moment" in features else _moment(rng, calendar, evening)


def _any_moment(rng: random.Random) -> datetime:
    return START + timedelta(minutes=30 * rng.randint(-48, 48 * 30))


def _moment(rng: random.Random, calendar: Calendar, evening: bool) -> datetime:
    moment = _any_moment(rng)
    if evening:
        return calendar.previous_working_instant(moment)
    return calendar.next_working_instant(moment)


def _nested(rng: random.Random, tasks: list[PlanTask]) -> list[PlanTask]:
    """The tasks, some of them put under summaries, one of which may be in the other."""
    found: list[PlanTask] = []
    summary = ""
    for number, task in enumerate(tasks):
        if number % 4 == 0:
            above = summary if summary and rng.random() < 0.4 else None
            summary = f"S{number}"
            found.append(PlanTask(summary, parent=above))
        found.append(replace(task, parent=summary if number % 4 == 0 or rng.random() < 0.8 else None))
    return found


def _links(rng: random.Random, tasks: list[PlanTask], features: frozenset[str], unit: int) -> list[Dependency]:
    parents = {task.key: task.parent for task in tasks}
    holders = set(parents.values())
    found: list[Dependency] = []
    last = {key: index for index, task in enumerate(tasks) for key in _above(parents, task.key)}
    if tasks[0].key == "A":
        found = [Dependency("A", task.key) for task in tasks[1:] if task.parent is None]
    for _ in range(rng.randint(0, 2 * len(tasks))):
        one, two = sorted(rng.sample(range(len(tasks)), 2))
        before, after = tasks[one].key, tasks[two].key
        if last.get(before, -1) >= two:
            continue
        if any(link.predecessor == before and link.successor == after for link in found):
            continue
        kind = rng.choice(list(DependencyType))
        if after in holders and kind not in (DependencyType.FINISH_START, DependencyType.START_START):
            kind = DependencyType.FINISH_START
        lag, lag_unit = _lag(rng, features, unit)
        if before in holders and lag_unit is LagUnit.PERCENT:
            lag *= 2  # half a summary may not be a whole number of units
        found.append(Dependency(before, after, kind, lag, lag_unit))
    return found


def _above(parents: dict[str, str | None], key: str) -> list[str]:
    found, above = [], parents[key]
    while above is not None:
        found.append(above)
        above = parents[above]
    return found


def _lag(rng: random.Random, features: frozenset[str], unit: int) -> tuple[int, LagUnit]:
    units = [LagUnit.WORKING] * ("lags" in features)
    units += [LagUnit.ELAPSED] * ("elapsed" in features) + [LagUnit.PERCENT] * ("percent" in features)
    if not units or rng.random() < 0.4:
        return 0, LagUnit.WORKING
    kind = rng.choice(units)
    if kind is LagUnit.PERCENT:
        return rng.choice((-10_000, -5_000, 5_000, 10_000, 20_000)), kind
    return unit * rng.randint(-20, 40) * (2 if kind is LagUnit.ELAPSED else 1), kind
