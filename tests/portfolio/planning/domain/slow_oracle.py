"""A slow engine that shares nothing with ours: calendars are rows of ticks, walked one by one, and dates are found by
applying every rule again and again, in the order of the names, until nothing moves.

A tick is `unit` minutes. It knows all that `random_plans` makes, except elapsed durations and work by people.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from portfolio.people.domain.calendar import Calendar
from portfolio.planning.domain.network import ConstraintType as C
from portfolio.planning.domain.network import Dependency, DependencyType, LagUnit, PlanTask
from tests.portfolio.planning.domain.random_plans import Plan

FIRST = datetime(2025, 9, 1)
DAYS = 900


@dataclass
class Place:
    """Early and late dates of a task, in ticks since FIRST."""

    start: int = 0
    finish: int = 0
    late_start: int = 0
    late_finish: int = 0


class Ticks:
    """Which ticks of the period are worked."""

    def __init__(self, calendar: Calendar, unit: int) -> None:
        self.worked: list[bool] = []
        for number in range(DAYS):
            day = FIRST.date() + timedelta(days=number)
            hours = calendar.intervals_on(day)
            for minute in range(0, 1440, unit):
                self.worked.append(any(start <= minute < end for start, end in hours))
        self.add = cache(self._add)

    def _add(self, tick: int, work: int) -> int:
        while work > 0:
            work -= self.worked[tick]
            tick += 1
        while work < 0:
            tick -= 1
            work += self.worked[tick]
        return tick

    def morning(self, tick: int) -> int:
        while not self.worked[tick]:
            tick += 1
        return tick

    def evening(self, tick: int) -> int:
        while not self.worked[tick - 1]:
            tick -= 1
        return tick

    def ends(self, tick: int) -> bool:
        return self.worked[tick - 1] and not self.worked[tick]

    def between(self, start: int, finish: int) -> int:
        if finish < start:
            return -self.between(finish, start)
        return sum(self.worked[start:finish])


ROWS: dict[tuple[int, int], tuple[Calendar, Ticks]] = {}


def rows_of(calendar: Calendar, unit: int) -> Ticks:
    """The ticks of a calendar, laid out once; it is kept, so that its identity stays its own."""
    key = (id(calendar), unit)
    if key not in ROWS:
        ROWS[key] = (calendar, Ticks(calendar, unit))
    return ROWS[key][1]


class Oracle:
    """The dates of one plan, in `places` and `floats`."""

    def __init__(self, plan: Plan, unit: int = 30) -> None:
        self.plan, self.unit = plan, unit
        self.tasks = {task.key: task for task in plan.tasks}
        self.parents = {task.parent for task in plan.tasks}
        self.leaves = sorted(key for key in self.tasks if key not in self.parents)
        self.places = {key: Place() for key in self.leaves}
        self.start = self.tick(plan.start)
        self.data_date = None if plan.data_date is None else self.tick(plan.data_date)
        self.alap_done = False
        self.relax(self.early)
        self.end = max(place.finish for place in self.places.values())
        for key in self.leaves:
            self.places[key].late_finish = self.end
        self.relax(self.late)
        if any(self.alap(key) for key in self.leaves):
            self.alap_done = True
            self.relax(self.early)

    def relax(self, rule) -> None:  # type: ignore[no-untyped-def]  # a method of this class
        for _ in range(100 * len(self.leaves) + 10):
            before = {key: (p.start, p.finish, p.late_start, p.late_finish) for key, p in self.places.items()}
            for key in self.leaves:
                rule(key)
            if before == {key: (p.start, p.finish, p.late_start, p.late_finish) for key, p in self.places.items()}:
                return
        raise AssertionError("the rules do not settle")

    # --- reading

    def tick(self, moment: datetime) -> int:
        return int((moment - FIRST).total_seconds()) // 60 // self.unit

    def moment(self, tick: int) -> datetime:
        return FIRST + timedelta(minutes=tick * self.unit)

    def ticks(self, key: str) -> Ticks:
        return rows_of(self.tasks[key].calendar or self.plan.calendar, self.unit)

    def opening(self, key: str) -> int:
        """When the task's own plan starts."""
        moment = self.tasks[key].project_start
        return self.start if moment is None else self.tick(moment)

    def state(self, key: str) -> int | None:
        """The data date of the task's own plan."""
        moment = self.tasks[key].data_date
        return self.data_date if moment is None else self.tick(moment)

    def length(self, key: str) -> int:
        return self.tasks[key].duration_minutes // self.unit

    def alap(self, key: str) -> bool:
        task = self.tasks[key]
        return task.constraint is C.AS_LATE_AS_POSSIBLE and task.actual_start is None and not task.manual

    def under(self, key: str) -> list[str]:
        """The tasks that stand for a summary in a link: all that are under it, or the task itself."""
        if key not in self.parents:
            return [key]
        return [one for child, task in self.tasks.items() if task.parent == key for one in self.under(child)]

    def shown(self, key: str) -> tuple[int, int]:
        place = self.places[key]
        late = self.alap_done and self.alap(key)
        return (place.late_start, place.late_finish) if late else (place.start, place.finish)

    def links(self, key: str, *, incoming: bool) -> list[Dependency]:
        """Those of a task and of the summaries over it."""
        found, above = [], key
        while above is not None:
            found += [one for one in self.plan.links if above == (one.successor if incoming else one.predecessor)]
            above = self.tasks[above].parent  # type: ignore[assignment]  # the loop ends there
        return found

    def lagged(self, tick: int, link: Dependency, holder: str, sign: int = 1) -> int:
        """Moved by the lag on the calendar of `holder`, the task at the end of the link."""
        lag = sign * link.lag
        if link.lag_unit is LagUnit.ELAPSED:
            return tick + lag // self.unit
        if link.lag_unit is LagUnit.PERCENT:
            lag = sign * link.lag * self.duration(link.predecessor) // 10_000
        return self.ticks(holder).add(tick, lag // self.unit)

    def duration(self, key: str) -> int:
        if key not in self.parents:
            return self.tasks[key].duration_minutes
        ends = [self.shown(one) for one in self.under(key)]
        ticks = rows_of(self.tasks[key].calendar or self.plan.calendar, self.unit)
        return self.unit * ticks.between(min(start for start, _ in ends), max(finish for _, finish in ends))

    # --- rules

    def begin(self, key: str, tick: int) -> int:
        ticks = self.ticks(key)
        return tick if not self.length(key) and ticks.ends(tick) else ticks.morning(tick)

    def early(self, key: str) -> None:
        task, place, ticks, length = self.tasks[key], self.places[key], self.ticks(key), self.length(key)
        if task.manual and task.start is not None and task.finish is not None:
            place.start, place.finish = self.tick(task.start), self.tick(task.finish)
            return
        at = None if task.constraint_date is None else self.tick(task.constraint_date)
        if task.actual_start is not None:
            self.early_begun(task, place)
            return
        if task.constraint is C.MUST_START_ON:
            start = at
        elif task.constraint is C.MUST_FINISH_ON:
            start = ticks.add(at, -length)
        else:
            floor = self.opening(key)
            if task.constraint is C.START_NO_EARLIER_THAN:
                floor = at
            elif task.constraint is C.FINISH_NO_EARLIER_THAN:
                floor = ticks.add(at, -length)
            data_date = self.state(key)
            if data_date is not None and not task.percent_complete:
                floor = max(floor, data_date)
            bounds = [self.bound(link, key) for link in self.links(key, incoming=True)]
            start = self.begin(key, max([floor, *bounds]))
            if task.constraint is C.START_NO_LATER_THAN:
                start = min(start, self.begin(key, at))
            elif task.constraint is C.FINISH_NO_LATER_THAN:
                start = min(start, self.begin(key, ticks.add(at, -length)))
        place.start = self.begin(key, start)
        place.finish = ticks.add(place.start, length)

    def early_begun(self, task: PlanTask, place: Place) -> None:
        ticks, length = self.ticks(task.key), self.length(task.key)
        place.start = self.tick(task.actual_start)
        if task.actual_finish is not None:
            place.finish = self.tick(task.actual_finish)
            return
        place.finish = ticks.add(place.start, length)
        data_date = self.state(task.key)
        if data_date is not None and task.percent_complete < 1:
            left = length - round(length * task.percent_complete)
            again = self.begin(task.key, data_date)
            if ticks.add(place.finish, -left) < again:
                place.finish = ticks.add(again, left)
        if task.constraint is C.FINISH_NO_EARLIER_THAN:
            place.finish = max(place.finish, ticks.evening(self.tick(task.constraint_date)))

    def bound(self, link: Dependency, key: str) -> int:
        ends = [self.shown(one) for one in self.under(link.predecessor)]
        if self.alap(key) and link.predecessor not in self.parents:
            ends = [(self.places[one].start, self.places[one].finish) for one in self.under(link.predecessor)]
        if link.type in (DependencyType.FINISH_START, DependencyType.FINISH_FINISH):
            tick = max(finish for _, finish in ends)
        else:
            tick = min(start for start, _ in ends)
        tick = self.lagged(tick, link, key)
        if link.type in (DependencyType.FINISH_FINISH, DependencyType.START_FINISH):
            tick = self.ticks(key).add(tick, -self.length(key))
        return tick

    def late(self, key: str) -> None:
        task, place, ticks, length = self.tasks[key], self.places[key], self.ticks(key), self.length(key)
        if task.actual_finish is not None:
            place.late_start, place.late_finish = place.start, place.finish
            return
        bounds = [self.end]
        for link in self.links(key, incoming=False):
            bounds += self.late_bounds(link, key)
        finish = min(bounds)
        at = None if task.constraint_date is None else self.tick(task.constraint_date)
        if task.constraint in (C.MUST_START_ON, C.START_NO_LATER_THAN):
            latest = ticks.add(self.begin(key, at), length)
            finish = latest if task.constraint is C.MUST_START_ON else min(finish, latest)
        elif task.constraint in (C.MUST_FINISH_ON, C.FINISH_NO_LATER_THAN):
            finish = at if task.constraint is C.MUST_FINISH_ON else min(finish, at)
        if task.deadline is not None:
            finish = min(finish, self.tick(task.deadline))
        place.late_finish = ticks.evening(finish)
        place.late_start = ticks.add(place.late_finish, -self.left(key))

    def left(self, key: str) -> int:
        task, length = self.tasks[key], self.length(key)
        begun = task.actual_start is not None and not task.manual
        return length - round(length * task.percent_complete) if begun else length

    def late_bounds(self, link: Dependency, key: str) -> list[int]:
        from_start = link.type in (DependencyType.START_START, DependencyType.START_FINISH)
        if from_start and self.fixed(key):
            return []
        if from_start and link.predecessor in self.parents:
            below = self.under(link.predecessor)
            if min(below, key=lambda one: self.shown(one)[0]) != key:
                return []
        found = []
        for after in self.under(link.successor):
            if self.tasks[after].actual_finish is not None:
                continue
            begun = self.tasks[after].actual_start is not None
            if link.type is DependencyType.START_START and begun:
                continue
            if link.type in (DependencyType.FINISH_FINISH, DependencyType.START_FINISH):
                tick = self.lagged(self.places[after].late_finish, link, after, -1)
            else:
                tick = self.places[after].late_start
                tick = self.ticks(key).morning(tick) if from_start else tick
                tick = self.lagged(tick, link, after, -1)
            found.append(self.ticks(key).add(tick, self.length(key)) if from_start else tick)
        return found

    def fixed(self, key: str) -> bool:
        return self.tasks[key].actual_start is not None or self.tasks[key].manual

    # --- what is compared

    def dates(self, key: str) -> tuple[datetime, datetime, datetime, datetime]:
        place = self.places[key]
        late_start = place.start if self.tasks[key].actual_start is not None else place.late_start
        return (
            self.moment(place.start),
            self.moment(place.finish),
            self.moment(late_start),
            self.moment(place.late_finish),
        )

    def total_float(self, key: str) -> int:
        task, place, ticks = self.tasks[key], self.places[key], self.ticks(key)
        if task.actual_finish is not None or self.alap(key):
            return 0
        of_finish = ticks.between(place.finish, place.late_finish)
        of_start = ticks.between(place.start, place.late_start)
        return self.unit * (of_finish if task.actual_start is not None else min(of_finish, of_start))
