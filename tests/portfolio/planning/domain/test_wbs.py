"""The outline: codes, order, and moves that keep it a forest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.planning.domain.errors import PlanningError
from portfolio.planning.domain.network import Dependency, dependency_cycle
from portfolio.planning.domain.wbs import (
    OutlineItem,
    codes_of_levels,
    indent,
    move,
    outdent,
    outline,
    parents_of_levels,
)

PLAN = (
    OutlineItem("build", None, 2),
    OutlineItem("study", None, 1),
    OutlineItem("walls", "build", 5),
    OutlineItem("roof", "build", 9),
    OutlineItem("tiles", "roof", 0),
)


def codes(items: tuple[OutlineItem, ...]) -> str:
    return " ".join(f"{row.code}:{row.key}" for row in outline(items))


def after(changed: tuple[OutlineItem, ...]) -> tuple[OutlineItem, ...]:
    replaced = {item.key: item for item in changed}
    return tuple(replaced.get(item.key, item) for item in PLAN)


def test_codes_and_depth_follow_the_order() -> None:
    assert codes(PLAN) == "1:study 2:build 2.1:walls 2.2:roof 2.2.1:tiles"
    assert [row.depth for row in outline(PLAN)] == [0, 0, 1, 1, 2]
    assert outline(PLAN)[1].children == ("walls", "roof")


def test_levels_give_parents_and_codes() -> None:
    assert parents_of_levels([1, 2, 3, 2, 1]) == (None, 0, 1, 0, None)
    assert parents_of_levels([2, 4, 3, 1]) == (None, 0, 0, None)
    assert codes_of_levels([1, 2, 2, 1, 2, 3]) == ("1", "1.1", "1.2", "2", "2.1", "2.1.1")
    with pytest.raises(PlanningError):
        parents_of_levels([1, 0])


def test_moves() -> None:
    assert codes(after(move(PLAN, "roof", parent=None, index=0))) == "1:roof 1.1:tiles 2:study 3:build 3.1:walls"
    assert codes(after(move(PLAN, "roof", parent="build", index=0))) == (
        "1:study 2:build 2.1:roof 2.1.1:tiles 2.2:walls"
    )
    assert codes(after(indent(PLAN, "build"))) == "1:study 1.1:build 1.1.1:walls 1.1.2:roof 1.1.2.1:tiles"
    assert codes(after(outdent(PLAN, "tiles"))) == "1:study 2:build 2.1:walls 2.2:roof 2.3:tiles"
    assert codes(after(outdent(PLAN, "walls"))) == "1:study 2:build 2.1:roof 2.1.1:tiles 3:walls"


def test_moves_that_are_refused() -> None:
    with pytest.raises(PlanningError) as caught:
        move(PLAN, "build", parent="tiles", index=0)
    assert (caught.value.code, caught.value.path) == ("parent_cycle", ("build", "tiles", "roof", "build"))
    for refused, code in (
        (lambda: move(PLAN, "build", parent="build", index=0), "parent_cycle"),
        (lambda: indent(PLAN, "study"), "cannot_indent"),
        (lambda: outdent(PLAN, "study"), "cannot_outdent"),
        (lambda: move(PLAN, "x", parent=None, index=0), "unknown_task"),
        (lambda: outline([OutlineItem("a", "z", 0)]), "unknown_parent"),
        (lambda: outline([OutlineItem("a", None, 0), OutlineItem("a", None, 1)]), "duplicate_task"),
    ):
        with pytest.raises(PlanningError) as caught:
            refused()
        assert caught.value.code == code


def test_a_cycle_of_parents_is_refused_with_its_path() -> None:
    items = (
        OutlineItem("x", "a", 0),
        OutlineItem("a", "b", 0),
        OutlineItem("b", "c", 0),
        OutlineItem("c", "a", 0),
    )
    with pytest.raises(PlanningError) as caught:
        outline(items)
    assert caught.value.path == ("a", "b", "c", "a")


def test_a_cycle_of_dependencies_is_found_before_it_is_added() -> None:
    links = [Dependency("a", "b"), Dependency("b", "c"), Dependency("a", "c")]
    assert dependency_cycle(links) is None
    assert dependency_cycle([*links, Dependency("c", "b")]) == ("b", "c", "b")


@given(st.lists(st.integers(1, 6), max_size=40))
def test_codes_are_distinct_and_sorted(levels: list[int]) -> None:
    found = [tuple(int(part) for part in code.split(".")) for code in codes_of_levels(levels)]
    assert found == sorted(set(found))
