"""Operations go to JSON and back, and refuse what they cannot mean. Nobody acts: no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import (
    KINDS,
    AddProject,
    Allocate,
    BudgetShare,
    ChangeBudget,
    ChangeRate,
    Hire,
    MoveContract,
    MoveMilestone,
    Operation,
    ProfileDemand,
    Reassign,
    ReduceTask,
    ResizeProject,
    ShiftProject,
    ShiftTask,
    SplitTask,
    StopProject,
    from_json,
    to_json,
)

DAY = date(2027, 3, 1)
ALL: tuple[Operation, ...] = (
    ShiftProject("p", 30),
    ShiftTask("t", -5),
    MoveMilestone("m", 42),
    StopProject("p", DAY),
    AddProject(
        "n", "N-1", "Nouveau", DAY, date(2027, 9, 30), "pole", (BudgetShare("staff", "opex", Decimal("10.50")),),
        (ProfileDemand("dev", Decimal("1.5")),),
    ),
    ResizeProject("p", Decimal("0.80")),
    ChangeRate(Decimal("650"), DAY, person="a"),
    Hire("dev", "Recrue", DAY),
    MoveContract("c", 30),
    Reassign("t", "a", "b", Decimal("0.5")),
    SplitTask("t", DAY, date(2027, 3, 15)),
    ReduceTask("t", Decimal("0.7")),
    Allocate("p", DAY, date(2027, 4, 30), Decimal("0.5"), person="a"),
    ChangeBudget("p", "staff", "opex", DAY, Decimal("1200.00")),
)  # fmt: skip


def test_every_kind_has_its_example() -> None:
    assert {one.kind for one in ALL} == set(KINDS)


@pytest.mark.parametrize("operation", ALL, ids=lambda one: one.kind)
def test_there_and_back(operation: Operation) -> None:
    assert from_json(operation.kind, to_json(operation)) == operation


@pytest.mark.parametrize(
    ("operation", "code", "field"),
    [
        (ShiftProject("p", 0), "nothing", "days"),
        (ShiftProject(" ", 3), "no_subject", "project"),
        (ShiftTask("t", 3661), "too_far", "days"),
        (MoveMilestone("m", -3661), "too_far", "days"),
        (StopProject("p", date(1999, 12, 31)), "out_of_range", "on"),
        (AddProject("n", "N", "Nouveau", DAY, date(2027, 2, 1)), "disorder", "ends_on"),
        (AddProject("n", "N", " ", DAY, DAY), "no_name", "name"),
        (AddProject("n", "N", "X", DAY, DAY, demand=(ProfileDemand("d", Decimal(0)),)), "bad_share", "demand"),
        (
            AddProject("n", "N", "X", DAY, DAY, budget=(BudgetShare("staff", "opex", Decimal(-1)),)),
            "bad_amount",
            "budget",
        ),
        (
            AddProject("n", "N", "X", DAY, DAY, budget=(BudgetShare("staff", "opex", Decimal(1)),) * 2),
            "twice",
            "budget",
        ),
        (ResizeProject("p", Decimal("-0.1")), "bad_factor", "factor"),
        (ResizeProject("p", Decimal(1)), "nothing", "factor"),
        (ChangeRate(Decimal(-1), DAY, person="a"), "negative_rate", "daily_rate"),
        (ChangeRate(Decimal(1), DAY), "no_subject", "person"),
        (ChangeRate(Decimal(1), DAY, person="a", profile="b"), "two_subjects", "person"),
        (Hire("dev", "X", DAY, date(2027, 2, 28)), "disorder", "ends_on"),
        (Hire("dev", "X", DAY, share=Decimal("1.1")), "bad_share", "share"),
        (Reassign("t", "a", "a"), "same_person", "to_person"),
        (Reassign("t", "a", "b", Decimal(0)), "bad_share", "share"),
        (SplitTask("t", DAY, DAY), "disorder", "resumes_on"),
        (ReduceTask("t", Decimal("1.2")), "bad_factor", "factor"),
        (Allocate("p", DAY, DAY, Decimal("1.2"), person="a"), "bad_share", "share"),
        (Allocate("p", DAY, date(2027, 2, 1), Decimal("0.2"), person="a"), "disorder", "ends_on"),
        (ChangeBudget("p", "staff", "opex", date(2027, 3, 2), Decimal(1)), "malformed", "month"),
        (ChangeBudget("p", "staff", "opex", DAY, Decimal(-1)), "bad_amount", "forecast"),
    ],
)
def test_what_an_operation_cannot_say(operation: Operation, code: str, field: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        operation.validated()
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("kind", "params", "code", "field"),
    [
        ("fly", {}, "unknown_kind", ""),
        ("hire", [], "malformed", ""),
        ("hire", {"profile": "dev"}, "missing_field", "name"),
        ("hire", {"profile": "dev", "name": "X", "starts_on": "2027-13-01"}, "malformed", "starts_on"),
        ("shift_task", {"task": "t", "days": True}, "malformed", "days"),
        ("shift_task", {"task": "t", "days": 1, "hours": 2}, "unknown_field", "hours"),
        ("reduce_task", {"task": "t", "factor": "NaN"}, "malformed", "factor"),
        ("reduce_task", {"task": "t", "factor": "half"}, "malformed", "factor"),
        ("reduce_task", {"task": 3, "factor": "0.5"}, "malformed", "task"),
        (
            "add_project",
            {
                "key": "n", "code": "N", "name": "X", "starts_on": "2027-01-01", "ends_on": "2027-02-01",
                "budget": [{"category": "staff", "nature": "opex"}],
            },
            "missing_field",
            "budget.1.amount",
        ),
    ],
)  # fmt: skip
def test_what_json_cannot_say(kind: str, params: object, code: str, field: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        from_json(kind, params)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_profile_may_be_booked_more_than_once_over() -> None:
    booked = Allocate("p", DAY, DAY, Decimal(3), profile="dev")
    assert booked.validated() is booked
    with pytest.raises(ScenarioError, match="bad_share"):
        replace(booked, share=Decimal(21)).validated()
