"""A plan that is kept between edits is, after each, what reading and dating it whole would give, whoever wrote."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from portfolio.people.actions import change_person
from portfolio.people.calendar_actions import create_calendar
from portfolio.people.models import Person
from portfolio.planning import actions, kept_plans
from portfolio.planning.domain.durations import day_minutes
from portfolio.planning.gantt_edits import EditRefusedError, apply_edits
from portfolio.planning.gantt_history import undo_edit
from portfolio.planning.gantt_rows import read_rows
from portfolio.planning.kept_plans import keep, taken
from portfolio.planning.models import EffortType, Task, TaskKind
from portfolio.planning.scheduling import compute, load_plan
from portfolio.planning.settings_actions import change_plan_settings
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor

FOLLOWS = ("total_float_minutes", "free_float_minutes", "is_critical", "conflicts", "stops_at", "resumes_at")


@contextmanager
def committed() -> Iterator[None]:
    """What is done here ends as a transaction does: what was to be kept is kept."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


@pytest.fixture
def plan(actor: Actor, project: Project, mehdi: Person) -> Project:
    """Twelve tasks in three summaries, linked here and there; Mehdi is on one of them."""
    entries = []
    for lot in range(3):
        entries.append(actions.create_task(actor=actor, project=project, name=f"Lot {lot}", schedule=False))
        for number in range(4):
            actions.create_task(
                actor=actor, project=project, name=f"Tâche {lot}.{number}", parent=entries[-1],
                duration_minutes=420 * (1 + number), schedule=False,
            )  # fmt: skip
    leaves = list(Task.objects.filter(project=project, kind=TaskKind.TASK).order_by("position"))
    for one, other in pairwise(leaves):
        if one.parent_id == other.parent_id:
            actions.link_tasks(actor=actor, predecessor=one, successor=other, schedule=False)
    actions.assign(actor=actor, task=leaves[0], person=mehdi)
    actions.reschedule(actor=actor, project=project)
    return project


def edit(actor: Actor, project: Project, *operations: dict[str, object]) -> UUID:
    with committed():
        done = apply_edits(actor=actor, project=project, operations=operations)
        done.plan.read_rows(None, french=True)
        keep(done.plan)
    return done.batch


def check(project: Project) -> None:
    """What is stored and what is kept are what a whole run says; and so are the rows."""
    whole = load_plan(project)
    outcome = compute(whole)
    for task in whole.tasks:
        placed = outcome.tasks[str(task.pk)]
        stored = (task.starts_at, task.ends_at, task.total_float_minutes, task.free_float_minutes)
        assert stored == (placed.start, placed.finish, placed.total_float, placed.free_float), task.name
    with committed():
        kept = taken(project)
        assert [task.pk for task in kept.plan.tasks] == [task.pk for task in whole.tasks]
        for mine, theirs in zip(kept.plan.tasks, whole.tasks, strict=True):
            for name in ("name", "starts_at", "ends_at", "version", *FOLLOWS):
                assert getattr(mine, name) == getattr(theirs, name), (theirs.name, name)
        rows = read_rows(project, None, day_minutes(whole.calendar), french=True)
        assert kept.read_rows(None, french=True) == rows
        keep(kept)


@pytest.mark.parametrize("seed", range(5))
def test_after_each_of_many_edits_the_plan_is_what_a_whole_run_gives(
    seed: int, actor: Actor, plan: Project, mehdi: Person
) -> None:
    dice = random.Random(seed)
    batches = []
    for _turn in range(14):
        tasks = list(Task.objects.filter(project=plan).order_by("position"))
        leaves = [task for task in tasks if task.kind != TaskKind.SUMMARY]
        one, other = dice.sample(leaves, 2)
        key, version = str(one.pk), one.version
        operation: dict[str, object] = dice.choice(
            [
                {"op": "change", "id": key, "version": version, "values": {"duration": f"{dice.randint(0, 9)}j"}},
                {
                    "op": "change",
                    "id": key,
                    "version": version,
                    "values": {"start": f"{dice.randint(1, 28)}/04/2026"},
                },
                {"op": "change", "id": key, "version": version, "values": {"name": f"Autre {dice.random():.3f}"}},
                {"op": "change", "id": key, "version": version, "values": {"percent": f"{dice.randint(0, 10)}0 %"}},
                {"op": "change", "id": key, "version": version, "values": {"people": "Mehdi Équipier 50%"}},
                {"op": "link", "predecessor": key, "successor": str(other.pk), "kind": dice.choice(["FS", "SS"])},
                {"op": "unlink", "predecessor": str(other.pk), "successor": key},
                {"op": "move", "ids": [key], "parent": str(other.parent_id or ""), "after": ""},
                {"op": "indent", "ids": [key]},
                {"op": "delete", "ids": [key]},
                {"op": "insert", "parent": "", "after": "", "rows": [{"key": "n", "values": {"name": "De plus"}}]},
            ]
        )
        with suppress(EditRefusedError):  # a loop, a link that is there: nothing may be left of it
            batches.append(edit(actor, plan, operation))
        if dice.random() < 0.4:  # somebody else, elsewhere
            task = dice.choice(list(Task.objects.filter(project=plan, kind=TaskKind.TASK)))
            with committed():
                actions.change_task(actor=actor, task=task, values={"duration_minutes": 420 * dice.randint(1, 8)})
        if batches and dice.random() < 0.3:
            # What others have written over is refused, whole.
            with suppress(ValidationError, LookupError), committed():
                keep(undo_edit(actor=actor, project=plan, batch=batches.pop())[1])
        check(plan)


def test_what_surrounds_a_plan_is_followed(actor: Actor, plan: Project, mehdi: Person) -> None:
    leaf = Task.objects.get(project=plan, name="Tâche 0.0")
    edit(actor, plan, {"op": "change", "id": str(leaf.pk), "version": leaf.version, "values": {"duration": "2j"}})
    with committed():
        change_person(actor=actor, person=mehdi, values={"name": "Mehdi Renommé"})
    check(plan)
    with committed():
        calendar = create_calendar(actor=actor, name="Deux matins", week={"0": [[540, 720]], "1": [[540, 720]]})
        change_plan_settings(actor=actor, project=plan, calendar=calendar, data_date=None)
    check(plan)
    leaf.refresh_from_db()
    edit(actor, plan, {"op": "change", "id": str(leaf.pk), "version": leaf.version, "values": {"duration": "4j"}})
    check(plan)
    with committed():
        leaf.refresh_from_db()
        actions.change_task(actor=actor, task=leaf, values={"effort_type": EffortType.WORK, "work_minutes": 840})
    check(plan)
    leaf.refresh_from_db()
    edit(
        actor,
        plan,
        {"op": "change", "id": str(leaf.pk), "version": leaf.version, "values": {"people": "Mehdi Renommé 50%"}},
    )
    assert leaf.assignments.get().units == Decimal("0.5")
    check(plan)


def test_what_is_rolled_back_was_never_kept(actor: Actor, plan: Project) -> None:
    one, other = Task.objects.get(project=plan, name="Tâche 0.0"), Task.objects.get(project=plan, name="Tâche 0.3")
    edit(actor, plan, {"op": "change", "id": str(one.pk), "version": one.version, "values": {"duration": "2j"}})
    with pytest.raises(EditRefusedError, match="s’attendent"):
        edit(actor, plan, {"op": "link", "predecessor": str(other.pk), "successor": str(one.pk), "kind": "FS"})
    check(plan)


def test_an_edit_of_a_kept_plan_reads_as_much_of_a_long_plan_as_of_a_short_one(actor: Actor, plan: Project) -> None:
    leaf = Task.objects.get(project=plan, name="Tâche 2.3")

    def statements() -> tuple[int, int]:
        leaf.refresh_from_db()
        days = "2j" if leaf.duration_minutes != 840 else "3j"
        with CaptureQueriesContext(
            connection,
        ) as captured:
            edit(
                actor,
                plan,
                {"op": "change", "id": str(leaf.pk), "version": leaf.version, "values": {"duration": days}},
            )
        whole = [one for one in captured.captured_queries if '"wbs"' in one["sql"] and "SELECT" in one["sql"]]
        return len(captured), len(whole)

    statements()
    few = statements()
    with committed():
        for number in range(30):
            actions.create_task(actor=actor, project=plan, name=f"De plus {number}", schedule=False)
    statements()
    assert statements() == few


def test_no_more_plans_are_kept_than_there_is_room_for(
    actor: Actor, plan: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_plans, "MOST_PLANS", 0)
    leaf = Task.objects.get(project=plan, name="Tâche 0.0")
    edit(actor, plan, {"op": "change", "id": str(leaf.pk), "version": leaf.version, "values": {"duration": "2j"}})
    assert kept_plans.taken_if_kept(plan) is None
