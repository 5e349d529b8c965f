"""The critical path method: early dates forward, late dates and total float backward.

All is counted in working minutes from the project's start, on one calendar, and turned into dates at the end.
A summary task stands for two events: its opening, that every task under it waits for, and its closing.

Source: Kelley and Walker, "Critical-Path Planning and Scheduling" (1959), with the generalised precedences of
Elmaghraby and Kamburowski (1992).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import (
    Dependency,
    DependencyType,
    LagUnit,
    PlanTask,
    find_cycle,
    in_order,
)

FINISH_OF_PREDECESSOR = (DependencyType.FINISH_START, DependencyType.FINISH_FINISH)
START_OF_SUCCESSOR = (DependencyType.FINISH_START, DependencyType.START_START)


@dataclass(frozen=True)
class ScheduledTask:
    """A task's dates; floats and durations in working minutes. `critical` when it has no float left."""

    key: str
    summary: bool
    milestone: bool
    duration_minutes: int
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_float: int
    critical: bool
    percent_complete: float


@dataclass(frozen=True)
class Conflict:
    """What the plan asks and cannot have.

    `manual_before_link`: a manual task was put before what its predecessor allows.
    `finish_link_into_summary`: a summary's end follows from its children; the link was left out.
    """

    code: str
    task: str
    other: str


@dataclass(frozen=True)
class Schedule:
    """The outcome: tasks by key, in the order given; start and finish of the whole (None without tasks)."""

    tasks: Mapping[str, ScheduledTask]
    start: datetime | None
    finish: datetime | None
    conflicts: tuple[Conflict, ...]


# An event: working minutes from the start, and whether work starts there (the morning) rather than ends (the
# evening before): the same minute on the scale, but not the same wall-clock instant.
Event = tuple[int, bool]
# A summary has two nodes, opening and closing; any other task has one, under both names.
Node = tuple[str, str]


def schedule(
    tasks: Iterable[PlanTask],
    dependencies: Iterable[Dependency],
    *,
    calendar: Calendar,
    project_start: datetime,
) -> Schedule:
    """Schedules a plan. Raises PlanningError: cycle with its path, unknown_task, calendar, and others."""
    try:
        return _Pass(tuple(tasks), tuple(dependencies), calendar, project_start).run()
    except CalendarError as error:
        raise PlanningError("calendar", calendar.name, error.code) from error


class _Pass:
    """The working state of one run over one plan."""

    def __init__(
        self,
        tasks: tuple[PlanTask, ...],
        dependencies: tuple[Dependency, ...],
        calendar: Calendar,
        project_start: datetime,
    ) -> None:
        self.calendar = calendar
        self.origin = calendar.next_working_instant(project_start)
        self.tasks = {task.key: task for task in tasks}
        self.children: dict[str, list[str]] = {}
        self.incoming: dict[str, list[Dependency]] = {}
        self.outgoing: dict[str, list[Dependency]] = {}
        self.conflicts: list[Conflict] = []
        self._check(tasks)
        for task in tasks:
            if task.parent is not None:
                self.children.setdefault(task.parent, []).append(task.key)
        for dependency in dependencies:
            self._tie(dependency)
        self.order = self._order()
        self.early_start: dict[str, Event] = {}
        self.early_finish: dict[str, Event] = {}
        self.late_start: dict[str, int] = {}
        self.late_finish: dict[str, int] = {}
        self.opening: dict[str, Event] = {}
        self.closing: dict[str, int] = {}

    def run(self) -> Schedule:
        for key, side in self.order:
            if key not in self.children:
                self._place(key)
            elif side == "opening":
                self.opening[key] = max(self._start_bounds(key))
            else:
                self.early_start[key] = min(self.early_start[child] for child in self.children[key])
                self.early_finish[key] = max(self.early_finish[child] for child in self.children[key])
        if not self.tasks:
            return Schedule({}, None, None, ())
        end = max(finish for finish, _ in self.early_finish.values())
        for key, side in reversed(self.order):
            if key not in self.children:
                self._place_late(key, end)
            elif side == "closing":
                self.closing[key] = min(self._finish_bounds(key, end))
            else:
                self.late_start[key] = min(self.late_start[child] for child in self.children[key])
                self.late_finish[key] = max(self.late_finish[child] for child in self.children[key])
        scheduled = self._roll_up()
        start = min(task.early_start for task in scheduled.values())
        finish = max(task.early_finish for task in scheduled.values())
        in_given_order = {key: scheduled[key] for key in self.tasks}
        return Schedule(in_given_order, start, finish, tuple(self.conflicts))

    # --- the network

    def _check(self, tasks: tuple[PlanTask, ...]) -> None:
        seen: set[str] = set()
        for task in tasks:
            if task.key in seen:
                raise PlanningError("duplicate_task", task.key)
            seen.add(task.key)
            if task.duration_minutes < 0:
                raise PlanningError("negative_duration", task.key)
            if not 0 <= task.percent_complete <= 1:
                raise PlanningError("bad_progress", task.key)
            if task.start is not None and task.finish is not None and task.finish < task.start:
                raise PlanningError("bad_dates", task.key)
            if task.parent is not None and task.parent not in self.tasks:
                raise PlanningError("unknown_parent", task.key, task.parent)
        parents = {task.key: (task.parent,) for task in tasks if task.parent is not None}
        cycle = find_cycle(parents)
        if cycle is not None:
            raise PlanningError("parent_cycle", *cycle)

    def _tie(self, dependency: Dependency) -> None:
        for key in (dependency.predecessor, dependency.successor):
            if key not in self.tasks:
                raise PlanningError("unknown_task", key)
        into_summary = dependency.successor in self.children
        if into_summary and dependency.type not in START_OF_SUCCESSOR:
            self.conflicts.append(Conflict("finish_link_into_summary", dependency.successor, dependency.predecessor))
            return
        self.incoming.setdefault(dependency.successor, []).append(dependency)
        self.outgoing.setdefault(dependency.predecessor, []).append(dependency)

    def _node(self, key: str, side: str) -> Node:
        return (key, side if key in self.children else "")

    def _order(self) -> tuple[Node, ...]:
        before: dict[Node, list[Node]] = {}
        for key, task in self.tasks.items():
            opening, closing = self._node(key, "opening"), self._node(key, "closing")
            before.setdefault(opening, [])
            if key in self.children:
                before.setdefault(closing, []).append(opening)
            if task.parent is not None:
                before[opening].append((task.parent, "opening"))
                before.setdefault((task.parent, "closing"), []).append(closing)
            for link in self.incoming.get(key, ()):
                before[opening].append(self._node(link.predecessor, "closing"))
        cycle = find_cycle(before)
        if cycle is not None:
            keys = [key for key, _ in reversed(cycle)]
            raise PlanningError("cycle", *(key for i, key in enumerate(keys) if i == 0 or key != keys[i - 1]))
        return in_order(before)

    # --- forward

    def _offset(self, instant: datetime) -> int:
        return self.calendar.working_minutes_between(self.origin, instant)

    def _link_bounds(self, key: str, duration: int) -> list[tuple[Event, str]]:
        """The earliest starts that the predecessors allow, with who asks for each."""
        bounds = []
        for link in self.incoming.get(key, ()):
            from_finish = link.type in FINISH_OF_PREDECESSOR
            minute, morning = self._lagged((self.early_finish if from_finish else self.early_start), link)
            if link.type not in START_OF_SUCCESSOR:
                minute -= duration
            bounds.append(((minute, morning), link.predecessor))
        return bounds

    def _lagged(self, events: Mapping[str, Event], link: Dependency) -> Event:
        """The event of the predecessor, moved by the lag."""
        minute, morning = events[link.predecessor]
        if link.lag_unit is not LagUnit.ELAPSED:
            return minute + self._working_lag(link), morning
        if not link.lag:
            return minute, morning
        return self._offset(self._moved(self._instant((minute, morning)), link.lag)), True

    def _working_lag(self, link: Dependency) -> int:
        """The lag in working minutes, half a minute counting as one."""
        if link.lag_unit is LagUnit.WORKING:
            return link.lag
        start, finish = self.early_start[link.predecessor], self.early_finish[link.predecessor]
        return (link.lag * (finish[0] - start[0]) * 2 + 10_000) // 20_000

    def _moved(self, instant: datetime, minutes: int) -> datetime:
        try:
            return instant + timedelta(minutes=minutes)
        except OverflowError as error:
            raise CalendarError("out_of_range", start=instant, minutes=minutes) from error

    def _start_bounds(self, key: str) -> list[Event]:
        task = self.tasks[key]
        bounds = [bound for bound, _ in self._link_bounds(key, task.duration_minutes)]
        if task.parent is not None:
            bounds.append(self.opening[task.parent])
        else:
            bounds.append((0, True))
        if task.start_no_earlier_than is not None:
            bounds.append((self._offset(task.start_no_earlier_than), True))
        return bounds

    def _place(self, key: str) -> None:
        task = self.tasks[key]
        if task.manual and task.start is not None:
            self._place_manual(task, task.start)
            return
        minute, morning = max(self._start_bounds(key))
        if task.duration_minutes:
            self.early_start[key] = (minute, True)
            self.early_finish[key] = (minute + task.duration_minutes, False)
        else:
            # A milestone is reached the moment that what it waits for ends, not on the next morning.
            self.early_start[key] = self.early_finish[key] = (minute, morning)

    def _place_manual(self, task: PlanTask, start: datetime) -> None:
        begin = self._offset(start)
        end = self._offset(task.finish) if task.finish is not None else begin + task.duration_minutes
        milestone = begin == end
        self.early_start[task.key] = (begin, True)
        self.early_finish[task.key] = (end, milestone)
        for (minute, _), predecessor in self._link_bounds(task.key, end - begin):
            if minute > begin:
                self.conflicts.append(Conflict("manual_before_link", task.key, predecessor))

    # --- backward

    def _finish_bounds(self, key: str, end: int) -> list[int]:
        """The latest finishes that the successors allow."""
        parent = self.tasks[key].parent
        bounds = [end if parent is None else self.closing[parent]]
        for link in self.outgoing.get(key, ()):
            if link.type in FINISH_OF_PREDECESSOR:
                bounds.append(self._latest_before(link, self.early_finish))
        return bounds

    def _latest_before(self, link: Dependency, events: Mapping[str, Event]) -> int:
        """How late the predecessor's end of the link can be, of which `events` has the early date."""
        late = self.late_start if link.type in START_OF_SUCCESSOR else self.late_finish
        minute = late[link.successor]
        if link.lag_unit is not LagUnit.ELAPSED:
            return minute - self._working_lag(link)
        latest = self._moved(self._instant((minute, True)), -link.lag)
        before = self._offset(latest)
        # A morning is the last instant of its minute on the scale: past `latest` when nobody works then.
        morning = events[link.predecessor][1]
        return before - 1 if morning and self._instant((before, True)) > latest else before

    def _start_caps(self, key: str) -> list[int]:
        """The latest starts that links from the start of this task, or of a summary it opens, allow."""
        caps = []
        holder: str | None = key
        while holder is not None:
            if self.early_start[holder][0] == self.early_start[key][0]:
                for link in self.outgoing.get(holder, ()):
                    if link.type not in FINISH_OF_PREDECESSOR:
                        caps.append(self._latest_before(link, self.early_start))
            holder = self.tasks[holder].parent
        return caps

    def _place_late(self, key: str, end: int) -> None:
        duration = self.early_finish[key][0] - self.early_start[key][0]
        latest_start = min(min(self._finish_bounds(key, end)) - duration, *self._start_caps(key), end - duration)
        self.late_start[key] = latest_start
        self.late_finish[key] = latest_start + duration

    # --- dates

    def _instant(self, event: Event) -> datetime:
        minute, morning = event
        moment = self.calendar.add_working_minutes(self.origin, minute)
        if morning:
            return self.calendar.next_working_instant(moment)
        return self.calendar.previous_working_instant(moment)

    def _roll_up(self) -> dict[str, ScheduledTask]:
        """Dates for all: the leaves first, then each summary from what is under it."""
        scheduled: dict[str, ScheduledTask] = {}
        done: dict[str, float] = {}  # minutes done under each task, for the weighting by duration
        planned: dict[str, int] = {}
        for key, side in self.order:
            if key not in self.children:
                scheduled[key] = self._leaf(key)
                planned[key] = scheduled[key].duration_minutes
                done[key] = self.tasks[key].percent_complete * planned[key]
            elif side == "closing":
                below = [scheduled[child] for child in self.children[key]]
                planned[key] = sum(planned[child] for child in self.children[key])
                done[key] = sum(done[child] for child in self.children[key])
                plain = sum(task.percent_complete for task in below) / len(below)
                scheduled[key] = self._summary(key, below, done[key] / planned[key] if planned[key] else plain)
        return scheduled

    def _leaf(self, key: str) -> ScheduledTask:
        task = self.tasks[key]
        start, finish = self._instant(self.early_start[key]), self._instant(self.early_finish[key])
        duration = self.early_finish[key][0] - self.early_start[key][0]
        if task.manual and task.start is not None:
            start = task.start
            finish = task.finish or (finish if duration else start)
        total_float = self.late_start[key] - self.early_start[key][0]
        late_start = self._instant((self.late_start[key], self.early_start[key][1]))
        late_finish = self._instant((self.late_finish[key], self.early_finish[key][1]))
        return ScheduledTask(
            key=key,
            summary=False,
            milestone=duration == 0,
            duration_minutes=duration,
            early_start=start,
            early_finish=finish,
            late_start=late_start if total_float else start,
            late_finish=late_finish if total_float else finish,
            total_float=total_float,
            critical=total_float <= 0,
            percent_complete=task.percent_complete,
        )

    def _summary(self, key: str, below: list[ScheduledTask], percent_complete: float) -> ScheduledTask:
        start = min(task.early_start for task in below)
        finish = max(task.early_finish for task in below)
        return ScheduledTask(
            key=key,
            summary=True,
            milestone=False,
            duration_minutes=self.calendar.working_minutes_between(start, finish),
            early_start=start,
            early_finish=finish,
            late_start=min(task.late_start for task in below),
            late_finish=max(task.late_finish for task in below),
            total_float=min(task.total_float for task in below),
            critical=any(task.critical for task in below),
            percent_complete=percent_complete,
        )
