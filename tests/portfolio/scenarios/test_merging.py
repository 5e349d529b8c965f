"""The plan moves under a scenario that waits: each conflict is named, and somebody chooses."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from portfolio.planning.actions import change_assignment, change_task
from portfolio.planning.models import Assignment, Task
from portfolio.projects.actions import change_milestone, delete_milestone
from portfolio.projects.models import Milestone
from portfolio.scenarios.actions import add_operations, approve, create_scenario, refuse, submit, withdraw
from portfolio.scenarios.domain.operations import MoveMilestone, Operation, ReduceTask, ShiftProject, ShiftTask
from portfolio.scenarios.merging import (
    KEEP,
    TAKE,
    MergeNeededError,
    apply_scenario,
    steps_of,
    undo_scenario,
)
from portfolio.scenarios.models import OperationResult, Scenario, ScenarioStatus
from tech4value.audit.writing import StaleVersionError
from tests.portfolio.scenarios.conftest import DAY, Plan
from tests.world import World


def approved(world: World, *operations: Operation) -> Scenario:
    """A scenario of the manager, approved by the executive."""
    with world.within():
        owner = world.memberships["pmo"]
        row = create_scenario(actor=owner.actor, owner=owner, name="Essai", operations=operations)
        submit(actor=owner.actor, scenario=Scenario.objects.get(pk=row.pk))
        approve(actor=world.memberships["executive"].actor, scenario=Scenario.objects.get(pk=row.pk))
        found: Scenario = Scenario.objects.get(pk=row.pk)
        return found


def apply(world: World, scenario: Scenario, choose: dict[int, str], **options: Any) -> Any:
    """The executive applies: `choose` by place in the list."""
    with world.within():
        member = world.memberships["executive"]
        steps = steps_of(member, scenario)
        choices = {steps[place].row.pk: choice for place, choice in choose.items()}
        seen: dict[UUID, str] = {step.row.pk: step.digest for step in steps}
        return apply_scenario(
            actor=member.actor,
            member=member,
            scenario=scenario,
            choices=choices,
            **{"seen": seen, **options},
        )


def slip(world: World, plan: Plan, to: date) -> None:
    with world.within():
        row = Milestone.objects.select_related("project").get(pk=plan.golive.pk)
        change_milestone(actor=world.memberships["manager"].actor, milestone=row, values={"due_on": to})


def due(world: World, plan: Plan) -> date:
    with world.within():
        found: date = Milestone.objects.get(pk=plan.golive.pk).due_on
        return found


def test_without_a_conflict_it_is_applied_and_undone(world: World, plan: Plan) -> None:
    scenario = approved(world, MoveMilestone(str(plan.golive.pk), 42))
    apply(world, scenario, {0: TAKE})
    assert due(world, plan) == date(2027, 3, 12)
    with world.within():
        row = Scenario.objects.get(pk=scenario.pk)
        assert row.status == ScenarioStatus.APPLIED
        assert [one.result for one in row.operations.all()] == [OperationResult.APPLIED]
        undo_scenario(actor=world.memberships["executive"].actor, scenario=row)
    assert due(world, plan) == date(2027, 1, 29)
    with world.within():
        row = Scenario.objects.get(pk=scenario.pk)
        assert (row.status, row.batch) == (ScenarioStatus.APPROVED, None)
        assert [one.result for one in row.operations.all()] == [""]


def test_a_conflict_names_what_moved_by_whom_and_where_the_scenario_leads(world: World, plan: Plan) -> None:
    scenario = approved(world, MoveMilestone(str(plan.golive.pk), 42))
    slip(world, plan, date(2027, 2, 12))
    with world.within():
        (step,) = steps_of(world.memberships["executive"], scenario)
        (moved,) = step.moved
        assert (moved.difference.field, moved.by) == ("due_on", "Chloé Cheffe")
        assert (moved.difference.before, moved.difference.now) == ("2027-01-29", "2027-02-12")
        assert moved.wanted == "2027-03-12"
    with pytest.raises(MergeNeededError):
        apply(world, scenario, {})
    assert due(world, plan) == date(2027, 2, 12)
    apply(world, scenario, {0: TAKE})
    assert due(world, plan) == date(2027, 3, 12)


def test_keeping_the_live_plan_leaves_it_and_says_so(world: World, plan: Plan) -> None:
    scenario = approved(
        world, MoveMilestone(str(plan.golive.pk), 42), ReduceTask(str(plan.analyse.pk), Decimal("0.5"))
    )
    slip(world, plan, date(2027, 2, 12))
    apply(world, scenario, {0: KEEP, 1: TAKE})
    assert due(world, plan) == date(2027, 2, 12)
    with world.within():
        assert Assignment.objects.get(task=plan.analyse.pk).work_minutes == 5 * DAY
        results = [one.result for one in scenario.operations.all()]
        assert results == [OperationResult.KEPT, OperationResult.APPLIED]


def test_what_moves_again_while_one_chooses_is_asked_again(world: World, plan: Plan) -> None:
    scenario = approved(world, MoveMilestone(str(plan.golive.pk), 42))
    slip(world, plan, date(2027, 2, 12))
    with world.within():
        seen = {step.row.pk: step.digest for step in steps_of(world.memberships["executive"], scenario)}
    slip(world, plan, date(2027, 2, 19))
    with pytest.raises(MergeNeededError):
        apply(world, scenario, {0: TAKE}, seen=seen)
    assert due(world, plan) == date(2027, 2, 19)


def test_a_task_and_a_project_arrive_where_they_were_shown(world: World, plan: Plan) -> None:
    scenario = approved(world, ShiftTask(str(plan.realisation.pk), 10), ShiftProject(str(plan.crm.pk), 10))
    with world.within():
        row = Task.objects.select_related("project").get(pk=plan.realisation.pk)
        change_task(
            actor=world.memberships["manager"].actor, task=row, values={"starts_at": datetime(2027, 1, 20, 9)}
        )
    apply(world, scenario, {0: TAKE, 1: TAKE})
    with world.within():
        assert Task.objects.get(pk=plan.realisation.pk).starts_at.date() == date(2027, 2, 1)


def test_work_that_was_changed_is_named_with_its_person(world: World, plan: Plan) -> None:
    scenario = approved(world, ReduceTask(str(plan.analyse.pk), Decimal("0.5")))
    with world.within():
        row = Assignment.objects.select_related("task__project").get(task=plan.analyse.pk)
        actor = world.memberships["manager"].actor
        change_assignment(actor=actor, assignment=row, values={"work_minutes": 8 * DAY})
    with world.within():
        (step,) = steps_of(world.memberships["executive"], scenario)
        found = {(one.difference.field, one.difference.subject): one for one in step.moved}
        people = found["people", str(plan.ines.pk)]
        assert (people.difference.before, people.difference.now, people.wanted) == (10 * DAY, 8 * DAY, 4 * DAY)


def test_what_is_gone_can_only_be_left(world: World, plan: Plan) -> None:
    scenario = approved(world, MoveMilestone(str(plan.golive.pk), 42))
    with world.within():
        delete_milestone(actor=world.memberships["manager"].actor, milestone=Milestone.objects.get(pk=plan.golive.pk))
    with world.within():
        (step,) = steps_of(world.memberships["executive"], scenario)
        assert step.refusal.startswith("Ce que l’opération change n’est plus dans le plan")
    with pytest.raises(ValidationError, match="n’est plus dans le plan"):
        apply(world, scenario, {0: TAKE})
    with pytest.raises(ValidationError, match="Rien n’est à appliquer"):
        apply(world, scenario, {0: KEEP})


def test_only_an_approved_scenario_is_applied_and_only_as_it_was_read(world: World, plan: Plan) -> None:
    scenario = approved(world, MoveMilestone(str(plan.golive.pk), 42))
    with pytest.raises(StaleVersionError):
        apply(world, scenario, {0: TAKE}, version=scenario.version - 1)
    with world.within():
        withdraw(actor=plan.actor, scenario=Scenario.objects.get(pk=scenario.pk))
    with pytest.raises(ValidationError, match="faites-le approuver"):
        apply(world, scenario, {0: TAKE})


def test_the_life_of_a_scenario(world: World, plan: Plan) -> None:
    owner = world.memberships["manager"]
    executive = world.memberships["executive"].actor
    with world.within():
        row = create_scenario(actor=owner.actor, owner=owner, name="Essai")
        with pytest.raises(ValidationError, match="ne change rien"):
            submit(actor=owner.actor, scenario=row)
        with pytest.raises(ValidationError, match="porte déjà ce nom"):
            create_scenario(actor=owner.actor, owner=owner, name="Essai")
        add_operations(
            actor=owner.actor, member=owner, scenario=row, operations=[MoveMilestone(str(plan.golive.pk), 7)]
        )
        row = Scenario.objects.get(pk=row.pk)
        submit(actor=owner.actor, scenario=row)
        with pytest.raises(ValidationError, match="reprenez-le en brouillon"):
            add_operations(
                actor=owner.actor, member=owner, scenario=row, operations=[MoveMilestone(str(plan.golive.pk), 7)]
            )
        row = Scenario.objects.get(pk=row.pk)
        with pytest.raises(ValidationError, match="Dites pourquoi"):
            refuse(actor=executive, scenario=row, reason=" ")
        refuse(actor=executive, scenario=row, reason="Trop cher")
        assert (row.status, row.reason, row.decided_by) == ("refused", "Trop cher", "Édouard Directeur")
        add_operations(
            actor=owner.actor, member=owner, scenario=row, operations=[MoveMilestone(str(plan.golive.pk), 7)]
        )
        row = Scenario.objects.get(pk=row.pk)
        read = row.version
        submit(actor=owner.actor, scenario=row)
        row = Scenario.objects.get(pk=row.pk)
        with pytest.raises(StaleVersionError):
            approve(actor=executive, scenario=row, version=read)
        approve(actor=executive, scenario=row, version=row.version)
        assert row.status == ScenarioStatus.APPROVED
