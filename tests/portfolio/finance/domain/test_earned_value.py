"""Earned value against worked examples that we could read: their figures only, named where they are used. Where a
figure could not be found at its source, the test says what it holds instead."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.finance.domain.earned_value import (
    EacMethod,
    EarnedSchedule,
    EarnedValue,
    EarnedValueError,
    Missing,
    Result,
    earned_schedule,
    shared_out,
)
from portfolio.finance.domain.planned_work import (
    FrozenTask,
    Weighting,
    Window,
    budgets_of,
    costs_of,
    cumulated,
    earned_curve,
    planned_curve,
    weighting_of,
)
from portfolio.people.domain.calendar import standard_calendar

D = Decimal


def about(value: Result | None, digits: str = "0.01") -> Decimal:
    """A number rounded as the book prints it."""
    assert isinstance(value, Decimal)
    return value.quantize(D(digits))


def of(bac: str, pv: str, ev: str, ac: str) -> EarnedValue:
    return EarnedValue(D(bac), D(pv), D(ev), D(ac))


def test_the_fence_of_mulcahy() -> None:
    """R. Mulcahy, PMP Exam Prep, page 210: four sides of 1 000, a day each; on day 3, 2.5 sides for 2 800."""
    fence = of("4000", "3000", "2500", "2800")
    assert (fence.cost_variance, fence.schedule_variance) == (-300, -500)
    assert about(fence.cost_performance_index, "0.001") == D("0.893")
    assert about(fence.schedule_performance_index, "0.001") == D("0.833")
    # The book divides by the rounded index (4 479); exactly, it is 4 480.
    assert fence.estimate_at_completion() == 4480
    assert (fence.estimate_to_complete(), fence.variance_at_completion()) == (1680, -480)
    assert fence.to_complete_index == D("1.25")


def test_the_one_year_project_of_schwalbe() -> None:
    """K. Schwalbe, Information Technology Project Management, chapter on cost, exercise 2."""
    project = of("120000", "23000", "20000", "25000")
    assert (project.cost_variance, project.schedule_variance) == (-5000, -3000)
    assert project.cost_performance_index == D("0.8")
    assert about(project.schedule_performance_index) == D("0.87")
    assert project.estimate_at_completion() == 150000


def test_the_wall_of_four_feet() -> None:
    """A worked example on the web (vc4u.blogspot.com, September 2015): a wall of four feet, two built on day 3.

    It has every estimate and both indexes. Its last estimate, 6 287, is made with rounded indexes: exactly, 6 250.
    """
    wall = of("4000", "3000", "2000", "2500")
    assert (wall.cost_variance, wall.schedule_variance) == (-500, -1000)
    assert wall.cost_performance_index == D("0.8")
    assert about(wall.schedule_performance_index) == D("0.67")
    assert wall.estimate_at_completion(EacMethod.PERFORMANCE) == 5000
    assert wall.estimate_at_completion(EacMethod.BUDGETED) == 4500
    assert about(wall.estimate_at_completion(EacMethod.COMBINED)) == 6250
    assert about(D(2500) + D(2000) / (D("0.8") * D("0.66")), "1") == 6288, "6 287 once cut"
    assert wall.variance_at_completion() == -1000
    assert about(wall.to_complete_index) == D("1.33")
    assert about(wall.to_complete_index_for()) == D("0.80"), "to the estimate, the index is that of the past"


def test_the_figures_of_another_implementation() -> None:
    """The examples in the manual of the R package PRA (paulgovan.github.io/PRA, `eac`, `tcpi`, `spi`), with the
    answers that it prints."""
    project = of("100000", "40000", "35000", "63000")
    assert project.schedule_performance_index == D("0.875")
    assert project.estimate_at_completion(EacMethod.BUDGETED) == 128000
    assert about(project.to_complete_index) == D("1.76")
    assert about(of("100000", "0", "83", "100").estimate_at_completion(), "0.1") == D("120481.9")


def test_the_status_report_of_gray_and_larson() -> None:
    """C. Gray and E. Larson, Project Management: The Managerial Process, eight tasks at period 12."""
    tasks = [
        ("8", "8", "10"),
        ("40", "40", "50"),
        ("30", "30", "40"),
        ("20", "20", "40"),
        ("20", "20", "30"),
        ("40", "30", "40"),
    ]
    project = sum((of("0", pv, ev, ac) for pv, ev, ac in tasks), of("248", "0", "0", "0"))
    assert (project.planned_value, project.earned_value, project.actual_cost) == (158, 148, 210)
    assert (project.cost_variance, project.schedule_variance) == (-62, -10)
    assert about(project.cost_performance_index) == D("0.70")
    assert about(project.schedule_performance_index) == D("0.94")
    assert about(project.estimate_at_completion(), "1") == 352
    assert about(project.variance_at_completion(), "1") == -104
    assert about(project.earned_share) == D("0.60")


# A late project, cumulative by month. The figures go round as those of W. Lipke, "Schedule is Different" (2003): we
# have not found them in the paper itself, so what is checked is its definition, worked out here in another way.
LATE_PLANNED = (105, 200, 515, 845, 1175, 1475, 1805, 2135, 2435, 2665, 2760, 2823)
LATE_EARNED = (95, 180, 470, 770, 1065, 1315, 1610, 1900, 2150, 2275, 2425, 2555, 2695, 2823)


def by_definition(earned: int) -> Fraction:
    """ES = C + I: the whole months whose planned value is earned, and the part of the next, in exact fractions."""
    planned = (0, *LATE_PLANNED)
    whole = max(month for month, value in enumerate(planned) if value <= earned)
    if whole == len(LATE_PLANNED):
        return Fraction(whole)
    return whole + Fraction(earned - planned[whole], planned[whole + 1] - planned[whole])


def test_a_late_project_ends_on_a_schedule_index_of_one_in_money_and_not_in_time() -> None:
    """The schedule variance in money is zero again at the end of a late project; the earned schedule is not."""
    planned = (D(0), *map(D, LATE_PLANNED))
    times = tuple(map(D, range(13)))
    for month, earned in enumerate(LATE_EARNED, start=1):
        found = EarnedSchedule(earned_schedule(times, planned, D(earned)), D(month))
        exact = by_definition(earned)
        assert about(found.earned, "0.0001") == about(D(exact.numerator) / D(exact.denominator), "0.0001"), month
        assert found.schedule_variance < 0
    assert found.schedule_variance == -2
    assert about(found.schedule_performance_index) == D("0.86")
    assert of("2823", "2823", "2823", "2823").schedule_performance_index == 1, "the index in money says all is well"


def test_what_has_no_number_says_why() -> None:
    empty = EarnedValue()
    assert empty.schedule_performance_index is Missing.NOTHING_PLANNED
    assert empty.cost_performance_index is Missing.NOTHING_SPENT
    assert empty.estimate_at_completion() is Missing.NOTHING_EARNED
    assert empty.estimate_to_complete() is Missing.NOTHING_EARNED
    assert empty.variance_at_completion(EacMethod.COMBINED) is Missing.NOTHING_EARNED
    assert empty.planned_share is empty.earned_share is empty.spent_share is None
    assert empty.to_complete_index is Missing.COMPLETE
    assert of("10", "5", "4", "0").estimate_at_completion() is Missing.NOTHING_SPENT
    assert of("10", "0", "4", "2").estimate_at_completion(EacMethod.COMBINED) is Missing.NOTHING_PLANNED
    assert of("10", "5", "4", "12").to_complete_index is Missing.BUDGET_SPENT
    assert of("10", "5", "0", "2").to_complete_index_for() is Missing.NOTHING_EARNED
    assert EarnedSchedule(D(0), D(0)).schedule_performance_index is Missing.NOT_STARTED
    for times, planned in [((), ()), ((D(0),), (D(0), D(1))), ((D(0), D(1)), (D(2), D(1)))]:
        with pytest.raises(EarnedValueError, match="bad_curve"):
            earned_schedule(times, planned, D(1))
    with pytest.raises(EarnedValueError, match="no_weight"):
        shared_out(D(10), [0, 0])


def test_a_complete_project_costs_what_it_cost() -> None:
    done = of("1000", "1000", "1000", "1300")
    assert {done.estimate_at_completion(method) for method in EacMethod} == {D("1300.00")}
    assert done.to_complete_index is Missing.COMPLETE


amounts = st.decimals(min_value=0, max_value=10**9, places=2)


@given(amounts, amounts, amounts, amounts)
def test_no_amount_breaks_it(bac: Decimal, pv: Decimal, ev: Decimal, ac: Decimal) -> None:
    value = EarnedValue(bac, pv, ev, ac)
    for method in EacMethod:
        for found in (
            value.estimate_at_completion(method),
            value.variance_at_completion(method),
            value.to_complete_index_for(method),
        ):
            assert isinstance(found, Decimal | Missing)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_add_up_to_the_whole(amount: Decimal, weights: list[int]) -> None:
    if not any(weights):
        return
    parts = shared_out(amount, weights)
    assert sum(parts) == amount
    exact = [amount * weight / sum(weights) for weight in weights]
    largest = max(range(len(weights)), key=weights.__getitem__)
    for index, (part, share) in enumerate(zip(parts, exact, strict=True)):
        assert index == largest or abs(part - share) <= D("0.005")


# --- from a plan to its curve: Monday 2 March 2026, seven hours a day

CALENDAR = standard_calendar()
MONDAY = datetime(2026, 3, 2)


def worked_by(at: datetime) -> int:
    return CALENDAR.working_minutes_between(MONDAY, at)


def task(first: int, last: int, *, percent: str = "0", work: int = 420, done: Window | None = None) -> FrozenTask:
    """From 9:00 on day `first` to 17:00 on day `last` (0 is the Monday)."""
    window = Window(MONDAY + timedelta(days=first, hours=9), MONDAY + timedelta(days=last, hours=17))
    minutes = CALENDAR.working_minutes_between(window.starts_at, window.ends_at)
    return FrozenTask(window, work, minutes, D(percent), done)


def midnight(day: int) -> datetime:
    return MONDAY + timedelta(days=day)


def test_the_budget_is_shared_by_work_else_by_duration() -> None:
    by_work = [task(0, 0, work=420), task(1, 2, work=1260)]
    assert weighting_of(by_work) is Weighting.WORK
    assert budgets_of(by_work, D("1000")) == (D("250.00"), D("750.00"))
    some_without = [task(0, 0, work=420), task(1, 2, work=0)]
    assert weighting_of(some_without) is Weighting.DURATION
    assert budgets_of(some_without, D("100")) == (D("33.33"), D("66.67"))
    with pytest.raises(EarnedValueError):
        budgets_of([FrozenTask(Window(MONDAY, MONDAY), 0, 0, D(1))], D(100))


def test_planned_value_grows_with_working_time() -> None:
    """Two days on Monday and Tuesday, then Friday to Monday: the week-end plans nothing."""
    tasks = [task(0, 1), task(4, 7)]
    budgets = (D("200"), D("100"))
    instants = [midnight(day) for day in range(9)]
    assert planned_curve(tasks, budgets, instants, worked_by) == tuple(
        map(D, ["0", "100.00", "200", "200", "200", "250.00", "250.00", "250.00", "300"])
    )


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20), st.integers(0, 10**5)), min_size=1, max_size=12),
    st.lists(st.integers(-5, 70), min_size=1, max_size=15, unique=True),
)
def test_the_curve_is_the_sum_of_each_task_at_each_instant(
    drawn: list[tuple[int, int, int]], days: list[int]
) -> None:
    """Against the definition, task by task and instant by instant."""
    windows = [
        Window(midnight(first) + timedelta(hours=9), midnight(first + length) + timedelta(hours=17))
        for first, length, _cents in drawn
    ]
    money = [D(cents) / 100 for _first, _length, cents in drawn]
    instants = [midnight(day) for day in sorted(days)]
    found = cumulated(windows, money, instants, worked_by)
    for at, value in zip(instants, found, strict=True):
        expected = sum(
            (
                (amount * window.share_by(at, worked_by)).quantize(D("0.01"), rounding="ROUND_HALF_UP")
                for window, amount in zip(windows, money, strict=True)
            ),
            D(0),
        )
        assert value == expected
    assert list(found) == sorted(found)


def test_earned_value_is_placed_where_actual_dates_say() -> None:
    began_late = Window(midnight(2) + timedelta(hours=9), midnight(3) + timedelta(hours=17))
    tasks = [task(0, 1, percent="0.5", done=began_late), task(0, 1)]
    budgets = (D("200"), D("200"))
    instants = [midnight(day) for day in range(6)]
    assert earned_curve(tasks, budgets, instants, worked_by) == tuple(map(D, ["0", "0", "0", "50", "100", "100"]))


def test_money_by_month_goes_to_the_tasks_being_done() -> None:
    """Two days of work for 100 and for 300 the same week; a month before them nobody was working."""
    done = Window(midnight(0) + timedelta(hours=9), midnight(1) + timedelta(hours=17))
    tasks = [task(0, 1, percent="1", done=done), task(0, 1, percent="1", done=done), task(3, 4)]
    months = [(midnight(-28), midnight(0), D("70")), (midnight(0), midnight(30), D("500.01"))]
    costs, nobody = costs_of(tasks, (D("100"), D("300"), D("50")), months, worked_by)
    assert costs == (D("125.00"), D("375.01"), D("0"))
    assert nobody == 70
    assert sum(costs) + nobody == D("570.01")
