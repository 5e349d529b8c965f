"""When a plan drifts, day by day at the edge of each rule."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from portfolio.drift.domain import DriftKind, Promise, Slack, Stall, drifts

TODAY = date(2026, 6, 10)
PROJECT: UUID = uuid4()
DAY = timedelta(days=1)


def promise(days: int, promised: date = TODAY + 30 * DAY) -> Promise:
    return Promise(uuid4(), PROJECT, promised, promised + days * DAY)


def slack(minutes: int) -> Slack:
    return Slack(uuid4(), PROJECT, minutes, 420)


def test_a_milestone_drifts_from_the_very_day_of_the_threshold() -> None:
    rule = {DriftKind.MILESTONE_LATE: 7}
    assert drifts(rule, [promise(6), promise(-40)], [], [], TODAY) == ()
    (found,) = drifts(rule, [promise(7)], [], [], TODAY)
    assert (found.days, found.forecast_on) == (7, TODAY + 37 * DAY)


def test_what_is_overdue_is_forecast_for_today_at_the_earliest() -> None:
    (found,) = drifts({DriftKind.MILESTONE_LATE: 7}, [promise(0, TODAY - 9 * DAY)], [], [], TODAY)
    assert (found.days, found.forecast_on) == (9, TODAY)


def test_float_under_the_threshold_but_not_the_critical_path_itself() -> None:
    tasks = [slack(-1), slack(0), slack(419), slack(420), slack(840)]
    negative = drifts({DriftKind.LOW_FLOAT: 0}, [], tasks, [], TODAY)
    assert [one.key for one in negative] == [tasks[0].key] and negative[0].days == -1
    short = drifts({DriftKind.LOW_FLOAT: 1}, [], tasks, [], TODAY)
    assert [one.key for one in short] == [tasks[0].key, tasks[2].key]


def test_a_float_that_was_told_and_falls_to_zero_is_still_a_drift() -> None:
    rule = {DriftKind.LOW_FLOAT: 3}
    task = slack(0)
    told = {(DriftKind.LOW_FLOAT, task.key)}
    assert drifts(rule, [], [task], [], TODAY) == ()
    assert [one.days for one in drifts(rule, [], [task], [], TODAY, told)] == [0]
    # Another rule's alert says nothing of the float, nor another task's.
    for other in ({(DriftKind.NO_PROGRESS, task.key)}, {(DriftKind.LOW_FLOAT, uuid4())}):
        assert drifts(rule, [], [task], [], TODAY, other) == ()
    # Under a threshold of zero, back to zero is out of the drift; so is float found again above the threshold.
    assert drifts({DriftKind.LOW_FLOAT: 0}, [], [task], [], TODAY, told) == ()
    roomy = Slack(task.key, PROJECT, 3 * 420, 420)
    assert drifts(rule, [], [roomy], [], TODAY, told) == ()


def test_a_task_without_news_and_rules_that_are_off() -> None:
    stalls = [Stall(uuid4(), PROJECT, TODAY - days * DAY) for days in (13, 14, 60)]
    found = drifts({DriftKind.NO_PROGRESS: 14}, [], [], stalls, TODAY)
    assert [one.days for one in found] == [14, 60]
    assert drifts({}, [promise(90)], [slack(-1)], stalls, TODAY) == ()
