"""Working hours as people type them."""

import pytest

from portfolio.people.fields import hours_of, written


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-12:00, 13:00-17:00", [[540, 720], [780, 1020]]),
        ("9h-12h30 ; 13H30 à 17h", [[540, 750], [810, 1020]]),
        ("22-24", [[1320, 1440]]),
        ("", []),
        (" , ", []),
    ],
)
def test_hours_are_read_however_they_are_typed(text: str, hours: list[list[int]]) -> None:
    assert hours_of(text) == hours
    assert hours_of(written(hours)) == hours


@pytest.mark.parametrize("text", ["le matin", "12-9", "9-25", "9-12, 11-14", "9-12-14", "9:75-12"])
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        hours_of(text)
