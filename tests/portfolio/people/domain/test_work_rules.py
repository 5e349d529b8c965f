"""Rest, hours and days that the law sets, against weeks drawn by hand and a minute-by-minute oracle."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.people.domain.calendar import CalendarException, standard_calendar
from portfolio.people.domain.work_rules import (
    DAILY_REST,
    WEEK_MINUTES,
    Breach,
    Regime,
    Rule,
    days_count,
    week_breaches,
    worked_breaches,
)

H = 60
OFFICE = ((9 * H, 12 * H), (13 * H, 17 * H))


def week(*days: object) -> tuple[tuple[tuple[int, int], ...], ...]:
    return (*days, *((),) * (7 - len(days)))  # type: ignore[return-value]  # drawn as days


def test_an_office_week_breaks_nothing() -> None:
    assert week_breaches(week(*[OFFICE] * 5), Regime.HOURS) == ()


def test_nobody_is_held_to_a_rule_without_a_regime() -> None:
    assert week_breaches(week(*[((0, 24 * H),)] * 7), Regime.NONE) == ()


def test_more_hours_than_the_contract_are_told_to_the_minute() -> None:
    long = week(*[((8 * H, 12 * H), (13 * H, 17 * H))] * 5)
    assert week_breaches(long, Regime.HOURS) == (Breach(Rule.WEEKLY_HOURS, 35 * H, 40 * H),)
    assert week_breaches(long, Regime.HOURS, 40 * H) == ()
    assert week_breaches(long, Regime.DAYS) == ()  # hours are not counted


def test_an_evening_before_a_morning_leaves_too_short_a_night() -> None:
    late, early = ((14 * H, 22 * H),), ((6 * H, 14 * H),)
    (found,) = week_breaches(week(late, early), Regime.DAYS)
    assert found == Breach(Rule.DAILY_REST, DAILY_REST, 8 * H, 0) and found.gap == 3 * H


def test_a_day_of_fourteen_hours_leaves_ten() -> None:
    (found,) = week_breaches(week((), ((7 * H, 21 * H),)), Regime.DAYS)
    assert found == Breach(Rule.DAILY_REST, DAILY_REST, 10 * H, 1)


def test_a_night_shift_that_crosses_midnight_is_one_shift() -> None:
    nights = week(((22 * H, 24 * H),), ((0, 6 * H), (22 * H, 24 * H)), ((0, 6 * H),))
    assert week_breaches(nights, Regime.HOURS) == ()


def test_six_long_days_and_a_sunday_morning_leave_no_weekly_rest() -> None:
    found = week_breaches(week(*[OFFICE] * 6, ((9 * H, 12 * H),)), Regime.DAYS)
    # From Sunday noon to Monday nine.
    assert found == (Breach(Rule.WEEKLY_REST, 35 * H, 21 * H),)


def test_work_without_end_has_no_rest_at_all() -> None:
    rules = {one.rule: one.actual for one in week_breaches(week(*[((0, 24 * H),)] * 7), Regime.DAYS)}
    assert rules == {Rule.DAILY_REST: 0, Rule.WEEKLY_REST: 0}


spans = st.lists(
    st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda one: one[0] < one[1]), max_size=2, unique=True
).map(lambda found: tuple((a * H, b * H) for a, b in sorted(found)))


@settings(max_examples=150)
@given(st.lists(spans, min_size=7, max_size=7))
def test_daily_and_weekly_rest_as_a_clock_would_count_them(days: list[tuple[tuple[int, int], ...]]) -> None:
    kept = [tuple(one for index, one in enumerate(day) if not index or one[0] >= day[index - 1][1]) for day in days]
    hours = [any(a <= hour * H < b for a, b in day) for day in kept for hour in range(24)]
    found = {one.rule for one in week_breaches(kept, Regime.DAYS)}
    # Each hour of work is followed, within 24 hours of the start of its stretch, by 11 hours off.
    twice = hours * 3
    rests, run = [], 0
    for worked in hours * 2:
        run = 0 if worked else run + 1
        rests.append(run)
    longest = max(rests) if any(hours) else 168
    assert (Rule.WEEKLY_REST in found) is (longest < 35)
    broken = False
    for start in range(168):
        begins = twice[168 + start] and not any(twice[168 + start - 11 : 168 + start])
        if begins:
            window = twice[168 + start : 168 + start + 24]
            runs = "".join("x" if one else "." for one in window)
            broken = broken or "." * 11 not in runs
    if any(hours) and not any(twice[168 + at] and not any(twice[168 + at - 11 : 168 + at]) for at in range(168)):
        broken = True  # never eleven hours off
    assert (Rule.DAILY_REST in found) is broken


def test_a_days_package_counts_what_is_worked_and_what_is_planned() -> None:
    leave = CalendarException(date(2026, 8, 3), date(2026, 8, 28))
    calendar = standard_calendar().with_exceptions(leave)
    count = days_count(calendar, 2026, date(2026, 6, 30), 218)
    # 261 weekdays in 2026, 20 of them off in August; 129 until the end of June.
    assert (count.used, count.ahead, count.excess, count.left) == (129, 112, 23, 89)
    assert days_count(calendar, 2026, date(2025, 12, 1), 218).used == 0
    assert days_count(calendar, 2026, date(2027, 3, 1), 218).ahead == 0
    assert WEEK_MINUTES == 7 * 24 * H


def test_a_week_as_it_was_worked() -> None:
    assert worked_breaches([7 * H] * 5 + [0, 0], Regime.HOURS) == ()
    assert worked_breaches([23 * H] * 7, Regime.NONE) == ()
    assert worked_breaches([8 * H] * 5 + [0, 0], Regime.HOURS) == (Breach(Rule.WEEKLY_HOURS, 35 * H, 40 * H),)
    assert worked_breaches([8 * H] * 5 + [0, 0], Regime.HOURS, 40 * H) == ()
    assert worked_breaches([10 * H] * 5 + [0, 0], Regime.HOURS) == (Breach(Rule.LONGEST_WEEK, 48 * H, 50 * H),)
    assert worked_breaches([10 * H + 1, *[0] * 6], Regime.HOURS) == (Breach(Rule.LONGEST_DAY, 10 * H, 10 * H + 1, 0),)
    assert worked_breaches([0, 13 * H, *[0] * 5], Regime.DAYS) == ()
    assert worked_breaches([0, 14 * H, *[0] * 5], Regime.DAYS) == (Breach(Rule.DAILY_REST, 11 * H, 10 * H, 1),)
    assert worked_breaches([H] * 7, Regime.DAYS) == (Breach(Rule.SEVENTH_DAY, 6, 7),)
