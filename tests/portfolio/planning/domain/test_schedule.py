"""Schedules drawn as text and compared as text."""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest

from portfolio.people.domain.calendar import Calendar, CalendarException, HolidayRegion, standard_calendar
from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import ConstraintType, Dependency, DependencyType, LagUnit, PlanTask
from portfolio.planning.domain.schedule import Conflict, schedule
from tests.portfolio.planning.domain.drawn import DAY, MONDAY, draw, drawing, plan, run


def test_a_chain_and_a_parallel_task_with_float() -> None:
    result = run("""
        A 3d
        B 2d  A
        C 1d  A
        D 1d  B, C
    """)
    assert draw(result) == drawing("""
            MTWTFssM
        A |===
        B |   ==
        C |   -
        D |       =
    """)
    assert result.tasks["C"].total_float == DAY
    assert result.finish == datetime(2026, 3, 9, 17)


def test_near_critical_is_at_most_so_much_float_and_not_done() -> None:
    text = """
        A 5d
        B 4d
        C 3d
        S
          E 4d
    """
    tasks, links = plan(text)
    tasks.append(PlanTask("D", 4 * DAY, actual_start=MONDAY, actual_finish=datetime(2026, 3, 5, 17)))
    tasks.append(PlanTask("F", 5 * DAY - 1))
    result = schedule(tasks, links, calendar=standard_calendar(), project_start=MONDAY, near_critical=DAY)
    assert [key for key, task in result.tasks.items() if task.near_critical] == ["B", "S", "E", "F"]
    assert {key: result.tasks[key].total_float for key in "ABCDF"} == {
        "A": 0, "B": DAY, "C": 2 * DAY, "D": 0, "F": 1
    }  # fmt: skip
    assert result.tasks["A"].critical
    without = schedule(tasks, links, calendar=standard_calendar(), project_start=MONDAY)
    assert not any(task.near_critical for task in without.tasks.values())


def test_a_task_over_a_week_end() -> None:
    assert draw(run("A 7d")) == drawing("""
            MTWTFssMT
        A |=====..==
    """)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("A FS", "A |===\nB |   =="),
        ("A FS+1", "A |===\nB |    =..="),
        ("A FS-1", "A |===\nB |  =="),
        ("A SS", "A |===\nB |--"),
        ("A SS+2", "A |===\nB |  =="),
        ("A FF", "A |===\nB | =="),
        ("A FF+1", "A |===\nB |  =="),
        ("A SF+4", "A |===\nB |  =="),
    ],
)
def test_each_kind_of_link(link: str, expected: str) -> None:
    assert draw(run(f"A 3d\nB 2d  {link}")) == expected


def test_lags_in_elapsed_time_and_in_percent() -> None:
    tasks = [PlanTask("A", 5 * DAY), PlanTask("B", DAY), PlanTask("C", DAY), PlanTask("D", DAY)]
    links = [
        Dependency("A", "B", lag=2880, lag_unit=LagUnit.ELAPSED),
        Dependency("A", "C", DependencyType.START_START, 5000, LagUnit.PERCENT),
        Dependency("A", "D", lag=-1440, lag_unit=LagUnit.ELAPSED),
    ]
    result = schedule(tasks, links, calendar=standard_calendar(), project_start=MONDAY)
    assert draw(result) == drawing("""
            MTWTFssM
        A |=====
        B |       =
        C |  --
        D |    -
    """)
    assert result.tasks["C"].early_start == datetime(2026, 3, 4, 13, 30)
    assert result.tasks["B"].early_start == datetime(2026, 3, 9, 9)
    assert [result.tasks[key].total_float for key in "ABCD"] == [0, 0, 6 * DAY - 3 * DAY - DAY // 2, DAY]


def test_milestones_fall_on_the_evening_of_what_they_wait_for() -> None:
    result = run("""
        A 5d
        M 0d  A
        N 0d  M
        B 1d  M
        Z 0d
    """)
    assert draw(result) == drawing("""
            MTWTFssM
        A |=====
        M |    *
        N |    o
        B |       =
        Z |o
    """)
    assert result.tasks["M"].early_start == datetime(2026, 3, 6, 17)
    assert result.tasks["N"].total_float == DAY
    assert result.tasks["Z"].early_start == MONDAY


def test_no_earlier_than_and_manual_tasks() -> None:
    result = run("""
        A 1d
        B 1d  A  >2026-03-05
        C 1d  B  @2026-03-03
        D 1d  C
    """)
    assert draw(result) == drawing("""
            MTWTF
        A |=
        B |   =
        C | -
        D |  -
    """)
    assert result.conflicts == (Conflict("manual_before_link", "C", "B"),)
    assert result.tasks["C"].early_start == datetime(2026, 3, 3, 9)


def test_a_manual_task_keeps_odd_hours_and_week_ends() -> None:
    task = PlanTask("A", manual=True, start=datetime(2026, 3, 7, 10), finish=datetime(2026, 3, 8, 11))
    after = PlanTask("B", duration_minutes=DAY)
    result = schedule([task, after], [Dependency("A", "B")], calendar=standard_calendar(), project_start=MONDAY)
    assert (result.tasks["A"].early_start, result.tasks["A"].early_finish) == (task.start, task.finish)
    assert result.tasks["B"].early_start == datetime(2026, 3, 9, 9)


def test_begun_work_to_finish_no_earlier_than_a_sunday_ends_on_the_friday() -> None:
    sunday, friday = datetime(2026, 3, 8, 12), datetime(2026, 3, 6, 17)
    waiting = PlanTask("waiting", DAY, constraint=ConstraintType.FINISH_NO_EARLIER_THAN, constraint_date=sunday)
    begun = replace(waiting, key="begun", actual_start=MONDAY)
    # What runs day and night does end on the Sunday.
    always = replace(begun, key="always", elapsed=True)
    dated = schedule([waiting, begun, always], [], calendar=standard_calendar(), project_start=MONDAY).tasks
    assert [task.early_finish for task in dated.values()] == [friday, friday, sunday]


def test_summaries_roll_up_dates_float_and_progress() -> None:
    result = run("""
        S
          A 3d  100%
          T
            B 1d  A
            C 2d  B  25%
        D 1d
        E 1d  S
    """)
    assert draw(result) == drawing("""
            MTWTFssMT
        S |########
        A |===
        T |   #####
        B |   =
        C |    =..=
        D |-
        E |        =
    """)
    assert result.tasks["S"].percent_complete == pytest.approx(3.5 / 6)
    assert result.tasks["T"].percent_complete == pytest.approx(0.5 / 3)
    assert result.tasks["S"].duration_minutes == 6 * DAY
    assert result.tasks["D"].total_float == 6 * DAY
    assert result.tasks["S"].critical


def test_links_into_a_summary_hold_all_that_is_under_it() -> None:
    result = run("""
        A 2d
        S     A
          B 1d
          C 2d
        D 1d  S SS+1
        X     A FF
          Y 1d
    """)
    assert draw(result) == drawing("""
            MTWTF
        A |==
        S |  ##
        B |  =
        C |  ==
        D |   =
        X |#
        Y |-
    """)
    assert result.conflicts == (Conflict("finish_link_into_summary", "X", "A"),)


def test_public_holidays_and_closures_push_the_plan() -> None:
    calendar = standard_calendar(HolidayRegion("FR")).with_exceptions(
        CalendarException(date(2026, 5, 15), date(2026, 5, 15), name="Pont")
    )
    result = run("A 5d\nM 0d  A", calendar, datetime(2026, 5, 11, 9))
    assert draw(result, calendar, date(2026, 5, 11)) == drawing("""
            MTWTFssMT
        A |===....==
        M |        *
    """)


def test_a_start_on_a_sunday_begins_on_monday() -> None:
    result = run("A 1d", start=datetime(2026, 3, 1, 12))
    assert result.start == MONDAY
    empty = schedule([], [], calendar=standard_calendar(), project_start=MONDAY)
    assert (empty.tasks, empty.start, empty.finish) == ({}, None, None)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("A 1d C\nB 1d A\nC 1d B", {"A", "B", "C"}),
        ("A 1d A", {"A"}),
        ("S A\n  A 1d", {"S", "A"}),
        ("S\n  A 1d S", {"S", "A"}),
        ("S\n  A 1d\n  B 1d T\nT S\n  C 1d", {"S", "B", "T"}),
    ],
)
def test_a_cycle_is_refused_with_its_path(text: str, path: set[str]) -> None:
    with pytest.raises(PlanningError) as caught:
        run(text)
    assert caught.value.code == "cycle"
    assert path <= set(caught.value.path)
    assert caught.value.path[0] == caught.value.path[-1]


def test_the_path_of_a_cycle_follows_the_links() -> None:
    with pytest.raises(PlanningError) as caught:
        run("A 1d C\nB 1d A\nC 1d B\nD 1d C")
    path = caught.value.path
    _, links = plan("A 1d C\nB 1d A\nC 1d B\nD 1d C")
    pairs = {(link.predecessor, link.successor) for link in links}
    assert len(path) == 4
    assert set(pairwise(path)) <= pairs


@pytest.mark.parametrize(
    ("tasks", "links", "code"),
    [
        ([PlanTask("A"), PlanTask("A")], [], "duplicate_task"),
        ([PlanTask("A", duration_minutes=-1)], [], "negative_duration"),
        ([PlanTask("A", percent_complete=1.2)], [], "bad_progress"),
        ([PlanTask("A", parent="Z")], [], "unknown_parent"),
        ([PlanTask("A", parent="B"), PlanTask("B", parent="A")], [], "parent_cycle"),
        ([PlanTask("A")], [Dependency("A", "Z")], "unknown_task"),
        ([PlanTask("A", manual=True, start=MONDAY, finish=datetime(2026, 1, 1))], [], "bad_dates"),
    ],
)
def test_a_bad_plan_is_refused(tasks: list[PlanTask], links: list[Dependency], code: str) -> None:
    with pytest.raises(PlanningError) as caught:
        schedule(tasks, links, calendar=standard_calendar(), project_start=MONDAY)
    assert caught.value.code == code


def test_a_calendar_without_working_time_is_a_planning_error() -> None:
    with pytest.raises(PlanningError) as caught:
        run("A 1d", Calendar("Vide", ((),) * 7))
    assert caught.value.path == ("Vide", "no_working_time")
