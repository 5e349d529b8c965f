"""The slippage chart's points: which days are reported on, and what was forecast on each."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portfolio.planning.domain.milestone_trend import MOST_REPORTS, Known, forecasts, reports, slips

MONDAY = date(2026, 3, 2)


def test_a_short_project_reports_on_fridays_a_long_one_at_the_ends_of_months() -> None:
    assert reports(MONDAY, date(2026, 3, 18)) == (
        MONDAY,
        date(2026, 3, 6),
        date(2026, 3, 13),
        date(2026, 3, 18),
    )
    long = reports(MONDAY, date(2026, 12, 2))
    assert long[:3] == (MONDAY, date(2026, 3, 31), date(2026, 4, 30)) and long[-1] == date(2026, 12, 2)
    assert reports(MONDAY, MONDAY) == reports(MONDAY + timedelta(days=9), MONDAY) == (MONDAY,)


@given(st.integers(0, 4000))
def test_there_are_never_too_many(length: int) -> None:
    days = reports(MONDAY, MONDAY + timedelta(days=length))
    assert len(days) <= MOST_REPORTS and list(days) == sorted(set(days)) and days[-1] == MONDAY + timedelta(length)


def test_each_report_tells_what_was_known_then() -> None:
    days = [date(2026, month, 28) for month in (3, 4, 5, 6)]
    known = [
        Known(date(2026, 5, 1), date(2026, 9, 28)),
        Known(date(2026, 4, 10), date(2026, 9, 1)),
        Known(date(2026, 6, 28), date(2026, 9, 1)),
    ]
    shown = forecasts(known, days)
    assert shown == (None, date(2026, 9, 1), date(2026, 9, 28), date(2026, 9, 1))
    assert slips(shown) == 1


def test_a_line_ends_where_its_milestone_is_met() -> None:
    days = [date(2026, month, 28) for month in (3, 4, 5, 6)]
    met = date(2026, 4, 20)
    assert forecasts([Known(MONDAY, date(2026, 4, 1))], days, met) == (date(2026, 4, 1), met, None, None)


def test_one_that_was_deleted_is_no_longer_forecast() -> None:
    known = [Known(MONDAY, date(2026, 4, 1)), Known(date(2026, 3, 10), None)]
    assert forecasts(known, [date(2026, 3, 6), date(2026, 3, 13)]) == (date(2026, 4, 1), None)
