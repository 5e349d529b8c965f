"""Slices of time, what a booking asks in each, and why one is refused."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portfolio.capacity.domain.booking import (
    Booking,
    Reason,
    Worker,
    booked_slices,
    counted,
    days_by_year,
    refusals,
)
from portfolio.capacity.domain.load import (
    Grain,
    monday_of,
    month_of,
    slice_of,
    slices_between,
    spread,
    spread_slices,
    worked_slices,
)
from portfolio.people.domain.calendar import CalendarException, standard_calendar

DAY = 420
PLAIN = standard_calendar()
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(days, days)
def test_slices_cut_time_once_at_weeks_and_months(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    slices = list(slices_between(first, last))
    naive = sorted({slice_of(first + timedelta(days=n)) for n in range((last - first).days + 1)})
    assert slices == naive
    for start in slices:
        assert start == max(monday_of(start), month_of(start))


@given(days, st.integers(0, 120), st.integers(1, 50_000))
def test_slices_sum_to_the_months_they_were_spread_over(first: date, length: int, work: int) -> None:
    start = datetime(first.year, first.month, first.day, 10)
    end = start + timedelta(days=length, hours=3)
    by_month: dict[date, int] = {}
    for one, minutes in spread_slices(work, start, end, PLAIN).items():
        by_month[month_of(one)] = by_month.get(month_of(one), 0) + minutes
        assert start.date() <= one + timedelta(days=6) and one <= end.date()
    assert by_month == spread(work, start, end, PLAIN) and sum(by_month.values()) == work


def test_a_share_follows_the_time_that_is_there() -> None:
    leave = PLAIN.with_exceptions(CalendarException(date(2026, 3, 3), date(2026, 3, 4)))
    booking = Booking(date(2026, 3, 2), date(2026, 3, 15), share=Decimal("0.5"))
    assert booked_slices(booking, PLAIN, DAY) == {date(2026, 3, 2): 5 * DAY // 2, date(2026, 3, 9): 5 * DAY // 2}
    assert booked_slices(booking, leave, DAY)[date(2026, 3, 2)] == 3 * DAY // 2


def test_days_are_asked_whatever_happens() -> None:
    leave = PLAIN.with_exceptions(CalendarException(date(2026, 3, 2), date(2026, 3, 6)))
    booking = Booking(date(2026, 3, 2), date(2026, 3, 15), days=Decimal(4))
    assert booked_slices(booking, leave, DAY) == {date(2026, 3, 9): 4 * DAY}
    away = PLAIN.with_exceptions(CalendarException(date(2026, 3, 1), date(2026, 3, 31)))
    assert sum(booked_slices(booking, away, DAY).values()) == 4 * DAY


def test_work_within_a_booking_counts_once_and_beyond_it_counts() -> None:
    monday, next_monday = date(2026, 3, 2), date(2026, 3, 9)
    assert counted({monday: 900, next_monday: 2100}, {monday: 1050, next_monday: 1050}) == {
        monday: 1050,
        next_monday: 2100,
    }


def worker(**changes: object) -> Worker:
    return Worker(**{"calendar": PLAIN, "day_minutes": DAY, "capacity": Decimal(1), **changes})  # type: ignore[arg-type]


def reasons(booking: Booking, who: Worker) -> list[tuple[Reason, Decimal]]:
    return [(one.reason, one.gap) for one in refusals(booking, who)]


def test_each_reason_says_by_how_much() -> None:
    march = Booking(date(2026, 3, 2), date(2026, 3, 31), share=Decimal("0.8"))
    assert reasons(march, worker()) == []
    assert reasons(march, worker(arrives=date(2026, 3, 12))) == [(Reason.BEFORE_ARRIVAL, Decimal(10))]
    assert reasons(march, worker(leaves=date(2026, 3, 27))) == [(Reason.AFTER_DEPARTURE, Decimal(4))]
    assert reasons(march, worker(leaves=date(2026, 2, 1))) == [(Reason.AFTER_DEPARTURE, Decimal(30))]
    assert reasons(march, worker(capacity=Decimal("0.5"))) == [(Reason.OVER_SHARE, Decimal("0.3"))]
    off = PLAIN.with_exceptions(CalendarException(date(2026, 3, 1), date(2026, 3, 31)))
    assert reasons(march, worker(calendar=off)) == [(Reason.NO_TIME, Decimal(0))]
    week = Booking(date(2026, 3, 2), date(2026, 3, 6), days=Decimal(6))
    assert reasons(week, worker()) == [(Reason.OVER_DAYS, Decimal(1))]
    assert reasons(week, worker(capacity=Decimal("0.5"))) == [(Reason.OVER_DAYS, Decimal("3.5"))]


def test_a_days_package_counts_what_is_booked_already_year_by_year() -> None:
    booking = Booking(date(2026, 12, 21), date(2027, 1, 8), share=Decimal(1))
    assert days_by_year(booking, PLAIN, DAY) == {2026: Decimal(9), 2027: Decimal(6)}
    who = worker(cap=218, booked={2026: Decimal(212)})
    (found,) = refusals(booking, who)
    assert (found.reason, found.year, found.gap) == (Reason.OVER_PACKAGE, 2026, Decimal(3))
    assert refusals(booking, worker(cap=218, booked={2026: Decimal(209)})) == ()


def test_periods_are_whole_slices() -> None:
    assert Grain.WEEK.period_of(date(2026, 3, 1)) == date(2026, 2, 23)
    assert Grain.WEEK.last(date(2026, 2, 23)) == date(2026, 3, 1)
    assert Grain.MONTH.periods(date(2026, 11, 8), 3) == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    assert sum(worked_slices(PLAIN, date(2026, 3, 1), date(2026, 3, 31)).values()) == 22 * DAY
