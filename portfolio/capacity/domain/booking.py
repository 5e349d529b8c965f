"""What an allocation asks of somebody, slice by slice, and why it cannot be asked. Pure.

An allocation is a ceiling of time booked on a project: a share of a full time, or a number of days over its period.
Work assigned to the same person in the same project is done within it: in each slice the greater of the two counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from portfolio.capacity.domain.load import spread_slices, worked_slices
from portfolio.people.domain.calendar import Calendar

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class Reason(StrEnum):
    """Why an allocation is refused."""

    DISORDER = "disorder"
    OUT_OF_RANGE = "out_of_range"
    BEFORE_ARRIVAL = "before_arrival"
    AFTER_DEPARTURE = "after_departure"
    OVER_SHARE = "over_share"
    NO_TIME = "no_time"
    OVER_DAYS = "over_days"
    OVER_PACKAGE = "over_package"


@dataclass(frozen=True, slots=True)
class Booking:
    """A share of a full time (1 is all of it), or working days in all, from `first` to `last`, both included."""

    first: date
    last: date
    share: Decimal | None = None
    days: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """Who is booked. `calendar` has absences, arrival and departure as days off over the booking; `capacity` is the
    share of a full time that they work; `cap` the days a year of their package (None: no package) and `booked` the
    days of each year that other allocations take already."""

    calendar: Calendar
    day_minutes: int
    capacity: Decimal
    arrives: date | None = None
    leaves: date | None = None
    cap: int | None = None
    booked: Mapping[int, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. `limit` and `asked` are what may and what would be: days from a date, shares, or days of work, by
    the reason; `year` when it is one year's."""

    reason: Reason
    limit: Decimal = Decimal(0)
    asked: Decimal = Decimal(0)
    year: int | None = None

    @property
    def gap(self) -> Decimal:
        """By how much."""
        return self.asked - self.limit


def booked_slices(booking: Booking, calendar: Calendar, day_minutes: int) -> dict[date, int]:
    """Minutes that a booking asks in each slice, none left out for nothing.

    A share follows the working time that is there: an absence takes its part with it. Days are asked whatever
    happens: they are spread over the working time, or over the days of the period when there is none.
    """
    if booking.share is not None:
        worked = worked_slices(calendar, booking.first, booking.last)
        shares = {one: _rounded(minutes * booking.share) for one, minutes in worked.items()}
        return {one: minutes for one, minutes in shares.items() if minutes}
    start = datetime.combine(booking.first, time())
    end = datetime.combine(booking.last, time(23, 59))
    total = _rounded((booking.days or Decimal(0)) * day_minutes)
    return spread_slices(total, start, end, calendar)


def counted(assigned: Mapping[date, int], allocated: Mapping[date, int]) -> dict[date, int]:
    """The load of one person on one project in each slice: the work assigned, or the time booked when it is more."""
    return {
        one: max(assigned.get(one, 0), allocated.get(one, 0)) for one in sorted(assigned.keys() | allocated.keys())
    }


def days_by_year(booking: Booking, calendar: Calendar, day_minutes: int) -> dict[int, Decimal]:
    """Days of work that a booking takes in each year, 2 decimals."""
    found: dict[int, int] = {}
    for one, minutes in booked_slices(booking, calendar, day_minutes).items():
        found[one.year] = found.get(one.year, 0) + minutes
    return {year: (Decimal(minutes) / day_minutes).quantize(Decimal("0.01")) for year, minutes in found.items()}


def misdated(booking: Booking) -> Refusal | None:
    """What is wrong with the dates alone."""
    if booking.last < booking.first:
        return Refusal(Reason.DISORDER)
    if booking.first < FIRST_DAY or booking.last > LAST_DAY:
        return Refusal(Reason.OUT_OF_RANGE)
    return None


def refusals(booking: Booking, worker: Worker) -> tuple[Refusal, ...]:
    """Every reason for which `worker` cannot be booked so; none when they can. The dates are in order."""
    found: list[Refusal] = []
    if worker.arrives is not None and booking.first < worker.arrives:
        early = (min(worker.arrives, booking.last + timedelta(days=1)) - booking.first).days
        found.append(Refusal(Reason.BEFORE_ARRIVAL, asked=Decimal(early)))
    if worker.leaves is not None and booking.last > worker.leaves:
        late = (booking.last - max(worker.leaves, booking.first - timedelta(days=1))).days
        found.append(Refusal(Reason.AFTER_DEPARTURE, asked=Decimal(late)))
    if found:
        return tuple(found)
    if booking.share is not None and booking.share > worker.capacity:
        found.append(Refusal(Reason.OVER_SHARE, worker.capacity, booking.share))
    minutes = sum(worked_slices(worker.calendar, booking.first, booking.last).values())
    if not minutes:
        return (*found, Refusal(Reason.NO_TIME))
    if booking.days is not None:
        room = (Decimal(minutes) * worker.capacity / worker.day_minutes).quantize(Decimal("0.01"), ROUND_HALF_UP)
        if booking.days > room:
            found.append(Refusal(Reason.OVER_DAYS, room, booking.days))
    if worker.cap is not None:
        mine = days_by_year(booking, worker.calendar, worker.day_minutes)
        taken = worker.booked or {}
        for year, days in sorted(mine.items()):
            total = days + taken.get(year, Decimal(0))
            if total > worker.cap:
                found.append(Refusal(Reason.OVER_PACKAGE, Decimal(worker.cap), total, year))
    return tuple(found)


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
