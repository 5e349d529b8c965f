"""Predecessors as typed: read, refused with the piece concerned, and written back the same."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.people.domain.calendar import Calendar, standard_calendar
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.predecessors import (
    Predecessor,
    PredecessorError,
    read_predecessors,
    write_predecessor,
)

FS, SS, FF, SF = DependencyType
DAY = 420


def read(text: str) -> tuple[Predecessor, ...]:
    return read_predecessors(text, day=DAY, own_line=4, lines=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("3", (Predecessor(3),)),
        (" 3FD ; 5 dd ", (Predecessor(3), Predecessor(5, SS))),
        ("3FS+2j", (Predecessor(3, FS, 2 * DAY),)),
        ("3FF-1,5d", (Predecessor(3, FF, -630),)),
        ("3DF + 4h", (Predecessor(3, SF, 240),)),
        ("3SF+30min", (Predecessor(3, SF, 30),)),
        ("3FD+1s", (Predecessor(3, FS, 5 * DAY),)),
        ("3FD+2je", (Predecessor(3, FS, 2880, "elapsed"),)),
        ("3FS+1ew", (Predecessor(3, FS, 7 * 1440, "elapsed"),)),
        ("3DD+50%", (Predecessor(3, SS, 5000, "percent"),)),
        ("3FD+2", (Predecessor(3, FS, 2 * DAY),)),
    ],
)
def test_what_people_type_is_read(text: str, expected: tuple[Predecessor, ...]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("3XX", "unreadable", "3XX"),
        ("1; abc", "unreadable", "abc"),
        ("3FD+", "unreadable", "3FD+"),
        ("3FD++2j", "unreadable", "3FD++2j"),
        ("21", "unknown_line", "21"),
        ("0", "unknown_line", "0"),
        ("4DD", "same_line", "4DD"),
        ("3; 3DD", "twice", "3DD"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, code: str, part: str) -> None:
    with pytest.raises(PredecessorError) as refused:
        read(text)
    assert (refused.value.code, refused.value.part) == (code, part)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(PredecessorError):
        read(text)


@given(
    line=st.integers(1, 3),
    kind=st.sampled_from(list(DependencyType)),
    lag=st.integers(-20_000, 20_000),
    unit=st.sampled_from(["working", "percent", "elapsed"]),
    french=st.booleans(),
)
def test_what_is_written_reads_back(line: int, kind: DependencyType, lag: int, unit: str, french: bool) -> None:
    if unit == "elapsed":
        lag = lag // 60 * 60
    one = Predecessor(line, kind, lag, unit if lag else "working")
    assert read(write_predecessor(one, day=DAY, french=french)) == (one,)


def test_a_day_is_that_of_most_days_of_the_week() -> None:
    assert day_minutes(standard_calendar()) == DAY
    long = ((480, 960),)
    assert day_minutes(Calendar("", (long, long, long, long, ((480, 720),), (), ()))) == 480
    assert day_minutes(Calendar("", ((),) * 7)) == DAY
