"""What a program asks for on a row that has moved on: the values to write, and what stands in the way."""

from typing import Any

from portfolio.people.models import WorkCalendar
from portfolio.projects.models import Project
from tech4value.audit.merging import FieldConflict, as_read, merge_values
from tech4value.audit.writing import StaleVersionError


def merged(asked: dict[str, Any], changes: dict[str, tuple[Any, Any]]) -> tuple[dict[str, Any], list[FieldConflict]]:
    """Alice asks, Pierre has written."""
    row = Project(**{name: pair[1] for name, pair in changes.items()})
    return merge_values(row, asked, StaleVersionError("Pierre", changes))


def test_what_the_other_left_alone_is_written() -> None:
    assert merged({"goal": "A"}, {"name": ("x", "y")}) == ({"goal": "A"}, [])


def test_what_was_sent_as_read_leaves_the_other_s_value() -> None:
    assert merged({"name": "x", "goal": "A"}, {"name": ("x", "y")}) == ({"goal": "A"}, [])
    assert merged({"goal": ""}, {"goal": (None, "B")}) == ({}, []), "the journal leaves out what is empty"


def test_the_same_value_from_both_is_no_conflict() -> None:
    assert merged({"name": "y"}, {"name": ("x", "y")}) == ({}, [])


def test_two_values_for_one_field_are_a_conflict() -> None:
    values, conflicts = merged({"name": "z", "goal": "A"}, {"name": ("x", "y")})
    assert values == {"goal": "A"} and conflicts == [FieldConflict("name", "x", "y", "z")]


def test_custom_fields_merge_key_by_key() -> None:
    before, now = {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "c": 3}
    assert merged({"custom_fields": {"a": 9, "b": 2}}, {"custom_fields": (before, now)}) == (
        {"custom_fields": {"a": 9}},
        [],
    )
    assert merged({"custom_fields": {"c": None}}, {"custom_fields": (before, now)})[0] == {
        "custom_fields": {"c": None}
    }
    conflicts = merged({"custom_fields": {"b": 7}}, {"custom_fields": (before, now)})[1]
    assert conflicts == [FieldConflict("custom_fields.b", 2, 5, 7)]


def test_an_object_that_is_sent_whole_loses_the_keys_that_are_not_sent() -> None:
    before = {"0": [[540, 720]], "1": [[540, 720]]}
    row = WorkCalendar(week={"0": [[600, 720]], "1": [[540, 720]]})
    stale = StaleVersionError("Pierre", {"week": (before, row.week)})
    assert merge_values(row, {"week": {"0": [[540, 720]]}}, stale) == ({"week": {"0": [[600, 720]]}}, [])
    assert as_read(row, stale.changes).week == before and row.week["0"] == [[600, 720]]
