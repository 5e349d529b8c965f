"""The schedule against a slow oracle: every rule applied again and again until nothing moves.

The oracle knows nothing of topological order, nor of offsets from the start: it holds a list of all the
working hours of the period, in wall-clock, and moves tasks along it an hour at a time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.people.domain.calendar import standard_calendar
from portfolio.planning.domain.network import Dependency, DependencyType, LagUnit, PlanTask
from portfolio.planning.domain.schedule import schedule

START = datetime(2026, 3, 2, 9)
HOUR = timedelta(hours=1)


def _hours() -> list[datetime]:
    """The beginning of each working hour from a month before the start to a year after."""
    moment, found = START - timedelta(days=120), []
    while moment < START + timedelta(days=365):
        if moment.weekday() < 5 and moment.hour in (9, 10, 11, 13, 14, 15, 16):
            found.append(moment)
        moment += HOUR
    return found


HOURS = _hours()
ZERO = HOURS.index(START)


@dataclass
class Placed:
    start: int
    finish: int


def _asks(link: Dependency, one: Placed, two: Placed) -> bool:
    """Whether the link is kept."""
    lag = link.lag // 60
    left = one.finish if link.type in ("FS", "FF") else one.start
    right = two.start if link.type in ("FS", "SS") else two.finish
    return left + lag <= right


def oracle(tasks: list[PlanTask], links: list[Dependency]) -> tuple[dict[str, Placed], dict[str, Placed]]:
    """Early and late places, as indices of working hours."""
    length = {task.key: task.duration_minutes // 60 for task in tasks}
    floor = {
        task.key: max(
            ZERO,
            next(i for i, hour in enumerate(HOURS) if hour >= (task.start_no_earlier_than or START)),
        )
        for task in tasks
    }
    early = {key: Placed(floor[key], floor[key] + length[key]) for key in length}
    moved = True
    while moved:
        moved = False
        for link in links:
            while not _asks(link, early[link.predecessor], early[link.successor]):
                place = early[link.successor]
                early[link.successor] = Placed(place.start + 1, place.finish + 1)
                moved = True
    end = max(place.finish for place in early.values())
    late = {key: Placed(end - length[key], end) for key in length}
    moved = True
    while moved:
        moved = False
        for link in links:
            while not _asks(link, late[link.predecessor], late[link.successor]):
                place = late[link.predecessor]
                late[link.predecessor] = Placed(place.start - 1, place.finish - 1)
                moved = True
    return early, late


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[PlanTask], list[Dependency]]:
    count = draw(st.integers(1, 9))
    tasks = [
        PlanTask(
            key=f"T{number}",
            duration_minutes=60 * draw(st.integers(0, 20)),
            start_no_earlier_than=draw(st.none() | st.integers(0, 15).map(lambda days: START + timedelta(days=days))),
        )
        for number in range(count)
    ]
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    links = []
    for before, after in draw(st.lists(pairs, max_size=14)) if count > 1 else []:
        kind = draw(st.sampled_from(list(DependencyType)))
        links.append(Dependency(f"T{before}", f"T{after}", kind, 60 * draw(st.integers(-9, 9))))
    return draw(st.permutations(tasks)), links


@settings(max_examples=300, deadline=None)
@given(networks())
def test_the_schedule_equals_the_oracle(network: tuple[list[PlanTask], list[Dependency]]) -> None:
    tasks, links = network
    early, late = oracle(tasks, links)
    result = schedule(tasks, links, calendar=standard_calendar(), project_start=START)
    for key, task in result.tasks.items():
        assert task.total_float == 60 * (late[key].start - early[key].start), key
        if task.duration_minutes:
            assert task.early_start == HOURS[early[key].start], key
            assert task.early_finish == HOURS[early[key].finish - 1] + HOUR, key
            assert task.late_start == HOURS[late[key].start], key
            assert task.late_finish == HOURS[late[key].finish - 1] + HOUR, key
        else:
            evening = HOURS[early[key].start - 1] + HOUR
            assert task.early_start == task.early_finish
            assert task.early_start in (evening, HOURS[early[key].start]), key


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from(list(DependencyType)),
    st.integers(-100, 100),
    st.integers(0, 60),
)
def test_elapsed_lags_leave_exactly_the_float_that_there_is(
    one: int, two: int, kind: DependencyType, lag: int, start: int
) -> None:
    """One hour later than its late start, the predecessor would push its successor; at its late start, not."""
    later = PlanTask("Z", 60 * 120)

    def run(delay: int) -> tuple[int, datetime]:
        begin = HOURS[ZERO + start + delay]
        tasks = [PlanTask("A", 60 * one, start_no_earlier_than=begin), PlanTask("B", 60 * two), later]
        link = Dependency("A", "B", kind, 60 * lag, LagUnit.ELAPSED)
        result = schedule(tasks, [link], calendar=standard_calendar(), project_start=START)
        assert result.finish is not None
        return result.tasks["A"].total_float, result.finish

    total_float, finish = run(0)
    if total_float < 0:
        return
    whole = total_float // 60
    assert run(whole)[1] <= max(finish, run(0)[1])
    assert run(whole + 1)[1] > finish
