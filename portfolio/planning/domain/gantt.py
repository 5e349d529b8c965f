"""The drawing of a Gantt chart: tasks and links in, numbers out. Colours, words and markup are the screen's.

Lengths are in pixels from the top left corner of the chart; the task names are drawn beside it by the screen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import DependencyType

MAX_DAYS = 366 * 60
ELBOW = 8.0  # how far a link leaves its bar before it turns
OUTSIDE = 3.0  # how tall the task of another project is


class Zoom(StrEnum):
    """The size of the smaller ticks; the larger ones are the next unit up."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Unit(StrEnum):
    """What a tick spans."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


DAY_WIDTH = {Zoom.DAY: 28.0, Zoom.WEEK: 9.0, Zoom.MONTH: 3.0, Zoom.QUARTER: 1.2, Zoom.YEAR: 0.4}
TICK_UNITS = {
    Zoom.DAY: (Unit.WEEK, Unit.DAY),
    Zoom.WEEK: (Unit.MONTH, Unit.WEEK),
    Zoom.MONTH: (Unit.QUARTER, Unit.MONTH),
    Zoom.QUARTER: (Unit.YEAR, Unit.QUARTER),
    Zoom.YEAR: (Unit.YEAR, Unit.QUARTER),
}


@dataclass(frozen=True)
class GanttTask:
    """A line of the chart. `percent_complete` is 0-1; a task without dates has a line and no bar. What is done of a
    task that progress has split ends at `stop`, and the rest begins at `resume`."""

    key: str
    start: datetime | None
    finish: datetime | None
    depth: int = 0
    summary: bool = False
    milestone: bool = False
    critical: bool = False
    near_critical: bool = False
    percent_complete: float = 0.0
    baseline_start: datetime | None = None
    baseline_finish: datetime | None = None
    stop: datetime | None = None
    resume: datetime | None = None


@dataclass(frozen=True)
class GanttLink:
    predecessor: str
    successor: str
    type: DependencyType = DependencyType.FINISH_START


@dataclass(frozen=True)
class OutsideTask:
    """A task of another project that a line waits for, as its reader may name it."""

    name: str
    successor: str
    type: DependencyType
    start: datetime
    finish: datetime


@dataclass(frozen=True)
class Sizes:
    """How tall things are, and how wide a day is (None: by the zoom)."""

    row: float = 36.0
    bar: float = 16.0
    summary: float = 8.0
    baseline: float = 5.0
    day: float | None = None


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Diamond:
    """A milestone: its centre and half its width."""

    x: float
    y: float
    radius: float

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """The four corners, from the top, clockwise."""
        x, y, r = self.x, self.y, self.radius
        return ((x, y - r), (x + r, y), (x, y + r), (x - r, y))


@dataclass(frozen=True)
class Row:
    """One line: its band, its bar or diamond, the part done, and the ghost of the baseline under it.

    `bar` is the whole span; a split task has its two `parts` besides, drawn in its place.
    """

    key: str
    depth: int
    summary: bool
    critical: bool
    band: Box
    bar: Box | None
    progress: Box | None
    milestone: Diamond | None
    baseline: Box | None
    baseline_milestone: Diamond | None
    parts: tuple[Box, Box] | None = None
    near_critical: bool = False


@dataclass(frozen=True)
class Polyline:
    """A link, from the end of one bar to the end of another, with right angles; an arrow ends it."""

    predecessor: str
    successor: str
    critical: bool
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class OutsideBar:
    """A task of another project: a thin bar at the top of the line that waits for it, and the way down to its bar."""

    name: str
    bar: Box
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Tick:
    """A division of the time scale; `day` is its first day, even when that is left of the chart."""

    unit: Unit
    day: date
    x: float
    width: float


@dataclass(frozen=True)
class GanttDrawing:
    """All that there is to draw. `today` is None when it is outside the period."""

    first_day: date
    last_day: date
    zoom: Zoom
    width: float
    height: float
    rows: tuple[Row, ...]
    links: tuple[Polyline, ...]
    major: tuple[Tick, ...]
    minor: tuple[Tick, ...]
    rests: tuple[Box, ...]
    today: float | None
    outside: tuple[OutsideBar, ...] = ()


def layout(
    tasks: Sequence[GanttTask],
    links: Iterable[GanttLink] = (),
    *,
    today: date,
    zoom: Zoom | None = None,
    sizes: Sizes | None = None,
    include: Iterable[date] = (),
    outside: Iterable[OutsideTask] = (),
) -> GanttDrawing:
    """Places the tasks, in the order given, on a scale that holds all their dates, and the days of `include`; the
    tasks of other projects where that scale has them.

    Without `zoom`, the closest one with which the chart is about a screen wide. Links to tasks that are not
    shown are left out. Raises PlanningError(bad_dates | too_wide), the latter over 60 years.
    """
    sizes = sizes or Sizes()
    first, last = _period(tasks, today, include)
    zoom = zoom or _zoom_for((last - first).days + 1)
    first, last = _whole_units(first, last, TICK_UNITS[zoom][1])
    scale = _Scale(first, last, sizes.day or DAY_WIDTH[zoom])
    rows = tuple(_row(task, index, scale, sizes) for index, task in enumerate(tasks))
    height = len(rows) * sizes.row
    major, minor = (tuple(_ticks(unit, scale)) for unit in TICK_UNITS[zoom])
    shows_days = zoom in (Zoom.DAY, Zoom.WEEK)
    return GanttDrawing(
        first_day=first,
        last_day=last,
        zoom=zoom,
        width=scale.width,
        height=height,
        rows=rows,
        links=tuple(_polylines(links, rows, sizes)),
        major=major,
        minor=minor,
        rests=tuple(_weekends(scale, height)) if shows_days else (),
        today=scale.x(today) if first <= today <= last else None,
        outside=tuple(_outside(outside, rows, scale)),
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    day_width: float

    @property
    def width(self) -> float:
        return _rounded(((self.last - self.first).days + 1) * self.day_width)

    def x(self, moment: date) -> float:
        """The place of an instant, or of the morning of a day."""
        days = float(moment.toordinal() - self.first.toordinal())
        if isinstance(moment, datetime):
            days += (moment.hour * 60 + moment.minute) / 1440
        return _rounded(days * self.day_width)


def _period(tasks: Sequence[GanttTask], today: date, include: Iterable[date]) -> tuple[date, date]:
    moments: list[date] = list(include)
    for task in tasks:
        for start, finish in ((task.start, task.finish), (task.baseline_start, task.baseline_finish)):
            if start is not None and finish is not None and finish < start:
                raise PlanningError("bad_dates", task.key)
            moments += [moment.date() for moment in (start, finish) if moment is not None]
    first, last = (min(moments), max(moments)) if moments else (today, today + timedelta(days=27))
    if (last - first).days > MAX_DAYS or first.year < 1900 or last.year > 9000:
        raise PlanningError("too_wide")
    return first, last


def _zoom_for(days: int) -> Zoom:
    """Widths of 1 000 to 1 400 pixels or so, beside the table of names."""
    for zoom, most in ((Zoom.DAY, 35), (Zoom.WEEK, 140), (Zoom.MONTH, 480)):
        if days <= most:
            return zoom
    return Zoom.QUARTER


def _whole_units(first: date, last: date, unit: Unit) -> tuple[date, date]:
    """The period with a margin, widened to whole ticks, so that no bar touches the edge."""
    margin = {Unit.DAY: 1, Unit.WEEK: 3}.get(unit, 7)
    low = _beginning(first - timedelta(days=margin), unit)
    high = _following(_beginning(last + timedelta(days=margin), unit), unit) - timedelta(days=1)
    return low, high


def _beginning(day: date, unit: Unit) -> date:
    """The first day of the unit that holds `day`; weeks begin on Monday."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case Unit.YEAR:
            return date(day.year, 1, 1)


def _following(beginning: date, unit: Unit) -> date:
    """The first day of the next unit."""
    longest = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31, Unit.QUARTER: 92, Unit.YEAR: 366}[unit]
    return _beginning(beginning + timedelta(days=longest), unit)


def _ticks(unit: Unit, scale: _Scale) -> Iterator[Tick]:
    day = _beginning(scale.first, unit)
    while day <= scale.last:
        following = _following(day, unit)
        left = max(scale.x(day), 0.0)
        right = min(scale.x(following), scale.width)
        yield Tick(unit, day, left, _rounded(right - left))
        day = following


def _weekends(scale: _Scale, height: float) -> Iterator[Box]:
    day = _beginning(scale.first, Unit.WEEK) + timedelta(days=5)
    while day <= scale.last:
        left = max(scale.x(day), 0.0)
        right = min(scale.x(day + timedelta(days=2)), scale.width)
        if right > left:
            yield Box(left, 0.0, _rounded(right - left), height)
        day += timedelta(days=7)


def _row(task: GanttTask, index: int, scale: _Scale, sizes: Sizes) -> Row:
    top = index * sizes.row
    middle = top + sizes.row / 2
    radius = sizes.bar / 2
    bar = progress = baseline = None
    milestone = baseline_milestone = parts = None
    if task.start is not None and task.finish is not None:
        if task.milestone:
            milestone = Diamond(scale.x(task.start), middle, radius)
        else:
            height = sizes.summary if task.summary else sizes.bar
            bar = _span(task.start, task.finish, middle - height / 2, height, scale)
            parts = _parts(task, bar, scale)
            done = parts[0].width if parts else _rounded(bar.width * min(max(task.percent_complete, 0.0), 1.0))
            progress = Box(bar.x, bar.y, done, bar.height) if done else None
    if task.baseline_start is not None and task.baseline_finish is not None:
        if task.milestone:
            baseline_milestone = Diamond(scale.x(task.baseline_start), middle + 2, radius)
        else:
            under = min(middle + sizes.bar / 2 + 1, top + sizes.row - sizes.baseline)
            baseline = _span(task.baseline_start, task.baseline_finish, under, sizes.baseline, scale)
    return Row(
        key=task.key,
        depth=task.depth,
        summary=task.summary,
        critical=task.critical,
        band=Box(0.0, top, scale.width, sizes.row),
        bar=bar,
        progress=progress,
        milestone=milestone,
        baseline=baseline,
        baseline_milestone=baseline_milestone,
        parts=parts,
        near_critical=task.near_critical,
    )


def _parts(task: GanttTask, bar: Box, scale: _Scale) -> tuple[Box, Box] | None:
    if task.start is None or task.stop is None or task.resume is None or task.finish is None:
        return None
    if not task.start < task.stop < task.resume < task.finish:
        return None
    one = _span(task.start, task.stop, bar.y, bar.height, scale)
    return one, _span(task.resume, task.finish, bar.y, bar.height, scale)


def _span(start: datetime, finish: datetime, y: float, height: float, scale: _Scale) -> Box:
    left = scale.x(start)
    return Box(left, y, max(_rounded(scale.x(finish) - left), 2.0), height)


def _polylines(links: Iterable[GanttLink], rows: Sequence[Row], sizes: Sizes) -> Iterator[Polyline]:
    by_key = {row.key: row for row in rows}
    for link in links:
        one, two = by_key.get(link.predecessor), by_key.get(link.successor)
        if one is None or two is None:
            continue
        ends, others = _ends(one), _ends(two)
        if ends is None or others is None:
            continue
        leaves_right = link.type in (DependencyType.FINISH_START, DependencyType.FINISH_FINISH)
        enters_left = link.type in (DependencyType.FINISH_START, DependencyType.START_START)
        departure = ends[1] if leaves_right else ends[0]
        arrival = others[0] if enters_left else others[1]
        drop = _drop(one, two, departure) if leaves_right and enters_left else None
        points = drop or _route(
            (departure, one.band.y + sizes.row / 2),
            (arrival, two.band.y + sizes.row / 2),
            leaves_right=leaves_right,
            enters_left=enters_left,
            row=sizes.row,
        )
        yield Polyline(link.predecessor, link.successor, one.critical and two.critical, points)


def _drop(one: Row, two: Row, departure: float) -> tuple[tuple[float, float], ...] | None:
    """The short way to a bar that begins about where the other ends: along, then down (or up) onto it."""
    if two.milestone is not None:
        x, middle, half = two.milestone.x, two.milestone.y, two.milestone.radius
    elif two.bar is not None:
        x = two.bar.x + min(ELBOW / 2, two.bar.width / 2)
        middle, half = two.bar.y + two.bar.height / 2, two.bar.height / 2
    else:
        return None
    if not 0 <= x - departure <= 2 * ELBOW:
        return None
    start = one.band.y + one.band.height / 2
    return _simple(((departure, start), (x, start), (x, middle - half if middle > start else middle + half)))


def _outside(outside: Iterable[OutsideTask], rows: Sequence[Row], scale: _Scale) -> Iterator[OutsideBar]:
    by_key = {row.key: row for row in rows}
    for task in outside:
        row = by_key.get(task.successor)
        ends = _ends(row) if row is not None else None
        if row is None or ends is None or task.finish.date() < scale.first or task.start.date() > scale.last:
            continue
        left, right = max(scale.x(task.start), 0.0), min(scale.x(task.finish), scale.width)
        bar = Box(left, row.band.y + 1, max(_rounded(right - left), 2.0), OUTSIDE)
        departs = (
            left + bar.width if task.type in (DependencyType.FINISH_START, DependencyType.FINISH_FINISH) else left
        )
        arrives = ends[0] if task.type in (DependencyType.FINISH_START, DependencyType.START_START) else ends[1]
        top = row.bar.y if row.bar is not None else row.band.y + row.band.height / 2
        middle = bar.y + OUTSIDE / 2
        yield OutsideBar(task.name, bar, _simple(((departs, middle), (arrives, middle), (arrives, top))))


def _ends(row: Row) -> tuple[float, float] | None:
    if row.milestone is not None:
        return row.milestone.x - row.milestone.radius, row.milestone.x + row.milestone.radius
    return (row.bar.x, row.bar.x + row.bar.width) if row.bar is not None else None


def _route(
    start: tuple[float, float], end: tuple[float, float], *, leaves_right: bool, enters_left: bool, row: float
) -> tuple[tuple[float, float], ...]:
    """Horizontal out of one bar, vertical, horizontal into the other; between two rows when going back."""
    (x1, y1), (x2, y2) = start, end
    out = x1 + ELBOW if leaves_right else x1 - ELBOW
    into = x2 - ELBOW if enters_left else x2 + ELBOW
    if leaves_right == enters_left:
        straight = out <= into if leaves_right else out >= into
        if straight:
            return _simple((start, (out, y1), (out, y2), end))
        lane = y2 - row / 2 if y2 > y1 else y2 + row / 2
        return _simple((start, (out, y1), (out, lane), (into, lane), (into, y2), end))
    # Both ends look the same way: one vertical beyond the further of the two.
    turn = max(out, into) if leaves_right else min(out, into)
    return _simple((start, (turn, y1), (turn, y2), end))


def _simple(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    rounded = [(_rounded(x), _rounded(y)) for x, y in points]
    return tuple(point for index, point in enumerate(rounded) if index == 0 or point != rounded[index - 1])


def _rounded(value: float) -> float:
    """A hundredth of a pixel is enough, and keeps the page short."""
    return round(value, 2)
