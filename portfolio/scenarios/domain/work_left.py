"""What is left of work: of a person on a task, of a time that is booked. Pure."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portfolio.capacity.domain.booking import Booking, booked_slices
from portfolio.capacity.domain.load import slice_of, spread_slices
from portfolio.people.domain.calendar import Calendar, CalendarError
from portfolio.planning.domain.durations import day_minutes
from portfolio.scenarios.domain.world import Booked, TaskFacts, Work, World

DAY = timedelta(days=1)


def rounded(minutes: Decimal) -> int:
    """Whole minutes, half up."""
    return int(minutes.quantize(Decimal(1), ROUND_HALF_UP))


def left_of(work: Work, task: TaskFacts) -> int:
    """What a person has left to do on a task: their work less the progress of the task."""
    return rounded(work.work_minutes * (1 - task.percent)) if task.percent < 1 else 0


def slices_of(work: Work, world: World) -> dict[date, int]:
    """The minutes of a person's work by slice, as the live roll-up spreads them."""
    task = world.tasks[work.task]
    person = world.people[work.person]
    place = ("work", person.key, work.work_minutes, task.starts_at, task.ends_at)
    if place not in world.memo:
        try:
            found = spread_slices(work.work_minutes, task.starts_at, task.ends_at, person.calendar)
        except CalendarError:
            found = {slice_of(task.starts_at.date()): work.work_minutes}
        world.memo[place] = found
    kept: dict[date, int] = world.memo[place]
    return kept


def booked_of(row: Booked, world: World) -> dict[date, int]:
    """The minutes of a booking by slice, as the live heatmap counts them."""
    calendar = calendar_of(row, world)
    place: Any = ("booked", row.person, row.booking)
    if place not in world.memo:
        world.memo[place] = booked_slices(row.booking, calendar, usual_day(calendar))
    kept: dict[date, int] = world.memo[place]
    return kept


def calendar_of(row: Booked, world: World) -> Calendar:
    """Whose working time a booking takes: the person's; the default one of a profile that nobody fills."""
    return world.people[row.person].calendar if row.person else world.calendar


def usual_day(calendar: Calendar) -> int:
    """Minutes of a usual working day, as bookings in days count them: the most frequent length of its week, the first
    on a tie; 420 when none is worked."""
    lengths = [sum(end - start for start, end in hours) for hours in calendar.week if hours]
    return max(lengths, key=lengths.count, default=420)


def cut(row: Booked, day: date, world: World) -> tuple[Booking | None, Booking | None]:
    """A booking before `day`, and from it on; None for a part that holds nothing."""
    one = row.booking
    if day <= one.first:
        return None, one
    if day > one.last:
        return one, None
    if one.share is not None:
        return replace(one, last=day - DAY), replace(one, first=day)
    calendar = calendar_of(row, world)
    # Days are spread over the working time: the part that lies before follows it.
    start, end = datetime.combine(one.first, time()), datetime.combine(one.last + DAY, time())
    middle = datetime.combine(day, time())
    all_worked = calendar.working_minutes_between(start, end)
    share = Decimal(calendar.working_minutes_between(start, middle)) / all_worked if all_worked else Decimal(0)
    days = one.days or Decimal(0)
    before = (days * share).quantize(Decimal("0.01"))
    return (
        replace(one, last=day - DAY, days=before) if before else None,
        replace(one, first=day, days=days - before) if days > before else None,
    )


def day_of(world: World, person: str) -> int:
    """Minutes of a day of somebody's work, that rates count."""
    return day_minutes(world.people[person].calendar)
