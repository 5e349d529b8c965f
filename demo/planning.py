"""The plan of a project from its story: tasks, outline, links, baseline, and who works on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from demo.staffing import Share
from demo.story import Anchor, MilestoneStory, PhaseStory, ProjectStory
from portfolio.capacity.domain.load import spread
from portfolio.people.domain.calendar import Calendar
from portfolio.people.models import Person
from portfolio.planning.actions import PlannedAssignment, PlannedBaseline, PlannedDates, PlannedLink, PlannedTask
from portfolio.planning.models import ConstraintKind, DependencyKind

FRIDAY = 4
LARGEST_PROGRESS = 0.95
BASELINE = "Référence initiale"


@dataclass(frozen=True, slots=True)
class Window:
    """When a task is done, and for how long."""

    start: datetime
    end: datetime


@dataclass
class Plan:
    """A plan as it will be written. `tracks` says which tasks follow one another, `milestones` which task stands for
    which promise."""

    tasks: list[PlannedTask] = field(default_factory=list)
    links: list[PlannedLink] = field(default_factory=list)
    tracks: dict[str, list[str]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    pressures: dict[str, Decimal] = field(default_factory=dict)
    milestones: dict[str, str] = field(default_factory=dict)
    frozen: dict[str, PlannedDates] = field(default_factory=dict)

    def baseline(self, taken_on: date) -> PlannedBaseline:
        return PlannedBaseline(BASELINE, taken_on, self.frozen)


def plan(project: ProjectStory, anchor: Anchor, calendar: Calendar) -> Plan:
    """The tasks, links and baseline of a project."""
    return _Writer(project, anchor, calendar).write()


class _Writer:
    def __init__(self, project: ProjectStory, anchor: Anchor, calendar: Calendar) -> None:
        self.project, self.anchor, self.calendar = project, anchor, calendar
        self.now = datetime.combine(anchor.day, time(12))
        self.plan = Plan()
        tracks = dict.fromkeys(track for phase in project.phases for track, _name in phase.tasks)
        # Tracks pass from phase to phase a few days apart, as teams do.
        self.stagger = {track: 2 * (index % 4) for index, track in enumerate(tracks)}

    def write(self) -> Plan:
        starts = baseline_starts = self.project.starts
        rest = list(self.project.milestones)
        for number, phase in enumerate(self.project.phases, start=1):
            last = number == len(self.project.phases)
            now = self._windows(phase, starts, phase.end, first=number == 1, last=last)
            then = self._windows(phase, baseline_starts, phase.baseline_end, first=number == 1, last=last)
            self._summary(number, phase, now, then)
            uids = [self._task(number, rank, phase, now[rank], then[rank]) for rank in range(len(now))]
            self._link_starts(number, phase, uids)
            here = [one for one in rest if last or one.due <= phase.end]
            rest = [one for one in rest if one not in here]
            for rank, milestone in enumerate(here):
                self._milestone(f"{number}.{len(uids) + rank + 1}", milestone)
            starts, baseline_starts = phase.end + 1, phase.baseline_end + 1
        return self.plan

    # --- dates

    def _windows(self, phase: PhaseStory, starts: int, ends: int, *, first: bool, last: bool) -> list[Window]:
        """Each task of the phase: those of a track share the phase's time."""
        counts: dict[str, int] = {}
        for track, _name in phase.tasks:
            counts[track] = counts.get(track, 0) + 1
        done: dict[str, int] = {}
        found = []
        for track, _name in phase.tasks:
            shift = timedelta(days=self.stagger[track])
            opening = self.anchor.week(starts) + shift
            closing = self.anchor.week(ends, FRIDAY) + (timedelta() if last else shift)
            if first and not self.stagger[track]:
                opening = self.anchor.week(starts)
            step = (closing - opening) / counts[track]
            rank = done.get(track, 0)
            done[track] = rank + 1
            found.append(self._window(opening + step * rank, opening + step * (rank + 1)))
        return found

    def _window(self, opening: date, closing: date) -> Window:
        start = self.calendar.next_working_instant(datetime.combine(opening, time()))
        end = self.calendar.previous_working_instant(datetime.combine(closing, time()))
        return Window(start, max(start, end))

    # --- lines

    def _summary(self, number: int, phase: PhaseStory, now: Sequence[Window], then: Sequence[Window]) -> None:
        uid = str(number)
        whole = Window(min(one.start for one in now), max(one.end for one in now))
        self.plan.tasks.append(PlannedTask(uid, 1, phase.name, whole.start, whole.end, self._minutes(whole)))
        self._freeze(uid, Window(min(one.start for one in then), max(one.end for one in then)))

    def _task(self, number: int, rank: int, phase: PhaseStory, now: Window, then: Window) -> str:
        track, name = phase.tasks[rank]
        uid = f"{number}.{rank + 1}"
        before = self.plan.tracks.setdefault(track, [])
        if before:
            now = self._follow(before[-1], now)
            self.plan.links.append(PlannedLink(before[-1], uid))
        before.append(uid)
        progress = self._progress(now)
        self.plan.tasks.append(
            PlannedTask(
                uid,
                2,
                name,
                now.start,
                now.end,
                self._minutes(now),
                percent_complete=progress,
                actual_start_at=now.start if progress else None,
                actual_end_at=now.end if progress == 1 else None,
            )
        )
        self.plan.windows[uid], self.plan.pressures[uid] = now, Decimal(phase.pressure)
        self._freeze(uid, then)
        return uid

    def _follow(self, before: str, window: Window) -> Window:
        """A track has no hole: its next task begins when the one before ends."""
        start = self.calendar.next_working_instant(self.plan.windows[before].end)
        return Window(start, max(start, window.end))

    def _progress(self, window: Window) -> Decimal:
        if window.end <= self.now:
            return Decimal(1)
        elapsed = self.calendar.working_minutes_between(window.start, self.now)
        if elapsed <= 0:
            return Decimal(0)
        share = elapsed / self._minutes(window) * float(self.project.pace)
        return Decimal(str(round(min(share, LARGEST_PROGRESS), 2)))

    def _milestone(self, uid: str, promise: MilestoneStory) -> None:
        on = self._morning(promise.due)
        self.plan.tasks.append(
            PlannedTask(
                uid,
                2,
                promise.name,
                on,
                on,
                milestone=True,
                percent_complete=Decimal(int(promise.met)),
                constraint_kind=ConstraintKind.SNET,
                constraint_at=on,
                deadline_at=self._morning(promise.baseline) if promise.held else None,
                actual_start_at=on if promise.met else None,
                actual_end_at=on if promise.met else None,
            )
        )
        ready = [(window.end, one) for one, window in self.plan.windows.items() if window.end <= on]
        for _end, one in sorted(ready)[-2:]:
            self.plan.links.append(PlannedLink(one, uid))
        self.plan.milestones[promise.name] = uid
        planned = self._morning(promise.baseline)
        self._freeze(uid, Window(planned, planned))

    def _morning(self, week: int) -> datetime:
        return self.calendar.next_working_instant(datetime.combine(self.anchor.promised(week), time()))

    def _link_starts(self, number: int, phase: PhaseStory, uids: Sequence[str]) -> None:
        """Within a phase, teams begin some days after the one that leads."""
        leader = self.plan.windows[uids[0]].start
        for uid, (track, _name) in zip(uids[1:], phase.tasks[1:], strict=True):
            start = self.plan.windows[uid].start
            if start >= leader and (number == 1 or self.plan.tracks[track][0] == uid):
                lag = self.calendar.working_minutes_between(leader, start)
                if self.plan.tracks[track][0] == uid:
                    self.plan.links.append(PlannedLink(uids[0], uid, DependencyKind.SS, lag))

    def _minutes(self, window: Window) -> int:
        return self.calendar.working_minutes_between(window.start, window.end)

    def _freeze(self, uid: str, window: Window) -> None:
        self.plan.frozen[uid] = PlannedDates(window.start, window.end, self._minutes(window))


@dataclass
class Job:
    """One assignment before it is written: a person, a task, and minutes of work."""

    project: str
    task: str
    pole: str
    person: Person
    window: Window
    minutes: Decimal


def jobs(
    plans: Mapping[str, Plan],
    shares: Sequence[Share],
    people: Mapping[str, Person],
    calendars: Mapping[UUID, Calendar],
) -> list[Job]:
    """Everybody's tasks: the tasks of the track where they are dealt, each for their share of the time that they are
    there."""
    found = []
    for share in shares:
        plan = plans[share.project]
        tracks = [track for track in plan.tracks if track.rstrip("123456789") == share.member.pole]
        person = people[share.member.email]
        calendar = calendars[person.pk]
        for uid in plan.tracks[tracks[share.rank % len(tracks)]]:
            window = plan.windows[uid]
            present = Decimal(calendar.working_minutes_between(window.start, window.end))
            minutes = present * Decimal(str(round(share.units, 6))) * plan.pressures[uid]
            found.append(Job(share.project, uid, share.member.pole, person, window, minutes))
    return found


def balance(
    found: Sequence[Job],
    staff: Sequence[Share],
    wanted: Mapping[str, Decimal],
    month: date,
    calendars: Mapping[UUID, Calendar],
) -> None:
    """Scale the work of each pole so that it loads `month` with the `wanted` minutes, shared between the projects as
    people are."""
    units: dict[tuple[str, str], float] = {}
    for share in staff:
        cell = share.member.pole, share.project
        units[cell] = units.get(cell, 0) + share.units
    loads: dict[tuple[str, str], int] = {}
    for job in found:
        asked = spread(int(job.minutes), job.window.start, job.window.end, calendars[job.person.pk])
        cell = job.pole, job.project
        loads[cell] = loads.get(cell, 0) + asked.get(month, 0)
    # A project that asks nothing of a pole this month leaves its part to the others.
    busy = {cell: units[cell] for cell, load in loads.items() if load}
    for job in found:
        cell = job.pole, job.project
        if cell in busy:
            part = busy[cell] / sum(one for (pole, _project), one in busy.items() if pole == job.pole)
            job.minutes *= wanted[job.pole] * Decimal(str(part)) / loads[cell]


def assignments(found: Sequence[Job], project: str, plan: Plan) -> list[PlannedAssignment]:
    """The assignments of a project, units (1 is full time) following from the work and the duration of the task."""
    lengths = {task.uid: task.duration_minutes for task in plan.tasks}
    return [
        PlannedAssignment(
            job.task,
            job.person,
            (job.minutes / lengths[job.task]).quantize(Decimal("0.001")) if lengths[job.task] else Decimal(1),
            int(job.minutes),
        )
        for job in found
        if job.project == project and int(job.minutes)
    ]
