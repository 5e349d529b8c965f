"""The PMO applies operations: the live plan becomes what was shown, in one batch, and comes back by one undo."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from portfolio.capacity.models import Allocation
from portfolio.finance.domain.budget import Amounts
from portfolio.finance.models import BudgetLine
from portfolio.people.models import Person, Rate
from portfolio.planning.actions import change_task
from portfolio.planning.models import Assignment, Dependency, Task
from portfolio.projects.actions import add_project_member
from portfolio.projects.models import Milestone, Phase, Project
from portfolio.scenarios.applying import AppliedBatch, apply_operations, may_apply
from portfolio.scenarios.domain.evaluation import Outcome, evaluate
from portfolio.scenarios.domain.operations import (
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
)
from portfolio.scenarios.live import projects_of, read_live
from portfolio.scenarios.merging import undo
from portfolio.treasury.models import ContractInstalment
from tech4value.audit.writing import create
from tests.portfolio.scenarios.conftest import DAY, TODAY, Plan, live_of
from tests.world import World

ROWS: tuple[Any, ...] = (
    Task, Assignment, Dependency, Milestone, Project, Allocation, BudgetLine, ContractInstalment, Person, Rate,
)  # fmt: skip
# What says that a row was written, and what follows from the dates without an event.
BESIDE = {
    "position",
    "version",
    "updated_at",
    "total_float_minutes",
    "free_float_minutes",
    "is_critical",
    "conflicts",
}


def rows() -> dict[str, Any]:
    """Every live row that operations write, as it is."""
    found = {}
    for model in ROWS:
        names = [field.attname for field in model._meta.local_fields if field.name not in BESIDE]
        for values in model.objects.order_by("pk").values(*names):
            found[f"{model.__name__} {values['id']}"] = values
    return found


def shown(world: World, operations: Sequence[Operation]) -> Outcome:
    with world.within():
        return evaluate(read_live(world.memberships["pmo"], projects_of(operations)).world, operations)


def done(world: World, operations: Sequence[Operation], who: str = "pmo") -> AppliedBatch:
    with world.within():
        member = world.memberships[who]
        return apply_operations(actor=member.actor, member=member, operations=operations)


def now(world: World) -> Outcome:
    with world.within():
        return evaluate(live_of(world).world)


def operations_of(plan: Plan) -> dict[str, list[Operation]]:
    day = date(2027, 3, 1)
    erp, crm = str(plan.erp.pk), str(plan.crm.pk)
    return {
        "shift_task": [ShiftTask(str(plan.realisation.pk), 5)],
        "shift_project": [ShiftProject(erp, 10)],
        "shift_bookings": [ShiftProject(crm, 10)],
        "shift_money": [ShiftProject(erp, 30)],
        "shift_money_back": [
            ChangeBudget(erp, "licences", "capex", date(2027, 6, 1), Decimal("123.45")),
            ShiftProject(erp, 30),
            ShiftProject(erp, -45),
        ],
        "earlier": [ShiftProject(crm, 10), ShiftProject(crm, -5)],
        "move_milestone": [MoveMilestone(str(plan.golive.pk), 42)],
        "stop": [StopProject(erp, date(2027, 1, 8))],
        "stop_unbegun": [StopProject(crm, date(2027, 1, 8))],
        "resize": [ResizeProject(erp, Decimal("0.5"))],
        "resize_booked": [ResizeProject(crm, Decimal("1.5"))],
        "reassign": [Reassign(str(plan.analyse.pk), str(plan.ines.pk), str(plan.lou.pk))],
        "reassign_half": [Reassign(str(plan.analyse.pk), str(plan.ines.pk), str(plan.lou.pk), Decimal("0.5"))],
        "split": [SplitTask(str(plan.analyse.pk), date(2027, 1, 8), date(2027, 1, 18))],
        "reduce": [ReduceTask(str(plan.analyse.pk), Decimal("0.7"))],
        "rate": [ChangeRate(Decimal(700), date(2027, 1, 18), person=str(plan.ines.pk))],
        "contract": [MoveContract(str(plan.rent.pk), 30)],
        "allocate": [Allocate(erp, TODAY, date(2027, 1, 15), Decimal("0.5"), person=str(plan.lou.pk))],
        "budget": [ChangeBudget(erp, "services", "opex", date(2027, 2, 1), Decimal(9000))],
        "many": [
            ShiftTask(str(plan.realisation.pk), 3),
            Reassign(str(plan.realisation.pk), str(plan.ines.pk), str(plan.lou.pk)),
            MoveMilestone(str(plan.golive.pk), 7),
            ChangeBudget(erp, "licences", "capex", day, Decimal("123.45")),
        ],
    }


NAMES = (
    "shift_task", "shift_project", "shift_bookings", "shift_money", "shift_money_back", "earlier",
    "move_milestone", "stop", "stop_unbegun", "resize", "resize_booked", "reassign", "reassign_half", "split",
    "reduce", "rate", "contract", "allocate", "budget", "many",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_live_plan_becomes_what_was_shown_and_an_undo_brings_it_back(world: World, plan: Plan, name: str) -> None:
    operations = operations_of(plan)[name]
    with world.within():
        before = rows()
    base, wanted = now(world), shown(world, operations)
    batch = done(world, operations)
    after = now(world)
    stopped = {key for key, one in wanted.projects.items() if one.stopped_on is not None}
    dates = {key: one for key, one in wanted.tasks.items() if "/" not in key}
    known = {str(key): (starts, ends) for key, starts, ends in _rows(world, Task, "pk", "starts_at", "ends_at")}
    assert {key: known.get(key) for key in dates} == dates
    for key, row in wanted.load.people().items():
        assert after.load.person(key) == row
    for key, one in wanted.projects.items():
        if key not in stopped:
            assert after.projects[key].cost == one.cost
            assert (after.projects[key].start, after.projects[key].finish) == (one.start, one.finish)
    for place, amounts in wanted.world.lines.items():
        if place.project not in stopped:
            assert after.world.lines.get(place, Amounts()) == amounts
    assert after.balances == wanted.balances
    with world.within():
        undo(actor=world.memberships["pmo"].actor, batch=batch.batch)
    with world.within():
        assert rows() == before
    assert now(world).balances == base.balances


def _rows(world: World, model: Any, *names: str) -> list[Any]:
    with world.within():
        return list(model.objects.values_list(*names))


def test_a_stopped_project_is_closed(world: World, plan: Plan) -> None:
    done(world, [StopProject(str(plan.erp.pk), date(2027, 1, 8))])
    with world.within():
        row = Project.objects.get(pk=plan.erp.pk)
        assert (row.phase, row.ends_on) == (Phase.CLOSED, date(2027, 1, 8))
        assert not Milestone.objects.filter(project=row).exists()


def test_a_second_part_follows_the_first(world: World, plan: Plan) -> None:
    done(world, [SplitTask(str(plan.analyse.pk), date(2027, 1, 8), date(2027, 1, 18))])
    with world.within():
        rows = list(Task.objects.filter(project=plan.erp).order_by("position").values_list("name", flat=True))
        assert rows == ["Analyse", "Analyse (suite)", "Réalisation", "Recette"]
        second = Task.objects.get(name="Analyse (suite)")
        assert second.starts_at.date() == date(2027, 1, 18)
        assert Assignment.objects.get(task=second).work_minutes == 6 * DAY


def test_people_projects_and_what_has_no_row(world: World, plan: Plan) -> None:
    added = AddProject(
        "n1", "NEW", "Neuf", date(2027, 3, 1), date(2027, 4, 30), str(plan.it.pk),
        (BudgetShare("services", "opex", Decimal(8000)),), (ProfileDemand(str(plan.developer.pk), Decimal(2)),),
    )  # fmt: skip
    hired = Hire(str(plan.developer.pk), "Recrue", date(2027, 2, 1), pole=str(plan.it.pk))
    batch = done(world, [added, hired])
    assert [note.split(" n’")[0] for note in batch.notes] == ["Les achats de « Neuf »", "Ce que coûte Recrue"]
    with world.within():
        row = Project.objects.get(code="NEW")
        assert sum(BudgetLine.objects.filter(project=row).values_list("planned", flat=True)) == Decimal(8000)
        assert Allocation.objects.get(project=row).share == Decimal(2)
        assert Person.objects.get(name="Recrue").joined_on == date(2027, 2, 1)
        undo(actor=world.memberships["pmo"].actor, batch=batch.batch)
    with world.within():
        assert not Project.objects.filter(code="NEW").exists()
        assert not Person.objects.filter(name="Recrue").exists()


def test_what_cannot_be_done_writes_nothing_and_says_why(world: World, plan: Plan) -> None:
    with world.within():
        before = rows()
    with pytest.raises(ValidationError, match="a commencé"), world.within():
        row = Task.objects.get(pk=plan.analyse.pk)
        change_task(actor=plan.actor, task=row, values={"percent_complete": Decimal("0.5")})
        member = world.memberships["pmo"]
        operations = [MoveMilestone(str(plan.golive.pk), 7), ShiftTask(str(plan.analyse.pk), 3)]
        apply_operations(actor=member.actor, member=member, operations=operations)
    with world.within():
        assert rows()[f"Milestone {plan.golive.pk}"] == before[f"Milestone {plan.golive.pk}"]


def test_an_undo_that_would_lose_somebody_s_work_is_refused_with_their_name(world: World, plan: Plan) -> None:
    batch = done(world, [ShiftTask(str(plan.realisation.pk), 5)])
    with world.within():
        row = Task.objects.get(pk=plan.realisation.pk)
        actor = world.memberships["manager"].actor
        change_task(actor=actor, task=row, values={"name": "Réalisation du lot 1"})
    with world.within(), pytest.raises(ValidationError, match="Chloé Cheffe"):
        undo(actor=world.memberships["pmo"].actor, batch=batch.batch)


def test_a_plan_that_only_follows_does_not_hold_the_undo(world: World, plan: Plan) -> None:
    operations = [ShiftTask(str(plan.realisation.pk), 5), ReduceTask(str(plan.reprise.pk), Decimal("0.5"))]
    with world.within():
        before = rows()
    batch = done(world, operations)
    with world.within():
        undo(actor=world.memberships["pmo"].actor, batch=batch.batch)
    with world.within():
        assert rows() == before


def test_who_may_apply(world: World, plan: Plan) -> None:
    task, rate = ShiftTask(str(plan.realisation.pk), 5), ChangeRate(Decimal(1), TODAY, person=str(plan.ines.pk))
    with world.within():
        members = world.memberships
        assert may_apply(members["executive"], [task, rate])
        assert not may_apply(members["manager"], [task])
        Project.objects.filter(pk=plan.erp.pk).update(manager=None)
        person = Person.objects.create(
            tenant=world.atelier, name="Chloé Cheffe", membership=members["manager"], pole=plan.it
        )
        Project.objects.filter(pk=plan.erp.pk).update(manager=person)
        assert may_apply(members["manager"], [task])
        assert not may_apply(members["manager"], [task, rate])
        assert not may_apply(members["member"], [task])
        # What a project has still to spend moves with it: who contributes to another's plan does not move its budget.
        shifts = [ShiftProject(str(one.pk), 30) for one in (plan.erp, plan.crm)]
        assert may_apply(members["manager"], shifts[:1])
        add_project_member(actor=plan.actor, project=plan.crm, person=person, role="contributor")
        assert may_apply(members["manager"], shifts)
        line = BudgetLine(category="services", nature="opex", month=date(2027, 1, 1), forecast=Decimal(1))
        line.project = plan.crm
        create(plan.actor, line)
        assert not may_apply(members["manager"], shifts)
