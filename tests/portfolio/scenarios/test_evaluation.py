"""The PMO tries operations on the live plan: nothing is written, and the effect is what it would be."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.capacity.domain.load import Grain, weeks_from
from portfolio.capacity.grid import Grouping, grid
from portfolio.capacity.models import LoadWeek
from portfolio.capacity.queries import LoadFilters
from portfolio.finance.actions import change_budget_line
from portfolio.finance.benefits_actions import create_benefit, create_benefit_year
from portfolio.finance.benefits_queries import cases_of
from portfolio.finance.models import BudgetLine
from portfolio.finance.queries import totals
from portfolio.people.rates import create_rate
from portfolio.planning.actions import assign, change_task, create_task
from portfolio.planning.models import Task
from portfolio.projects.actions import create_project
from portfolio.projects.models import Milestone, Project
from portfolio.scenarios.domain.errors import ScenarioError
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
from portfolio.treasury.queries import cash_plan
from tech4value.tenancy.models import TenantModel
from tests.portfolio.scenarios.conftest import DAY, TODAY, Plan, live_of
from tests.world import World


def hashes() -> dict[str, str]:
    """What every table of the tenant holds, row by row."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            rows: Any = model._base_manager.order_by("pk").values_list()
            found[model._meta.label] = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
    return found


def tried(world: World, *operations: Operation, who: str = "pmo") -> Outcome:
    with world.within():
        live = read_live(world.memberships[who], projects_of(operations))
        return evaluate(live.world, operations)


def span(outcome: Outcome, task: Task) -> tuple[date, date]:
    start, finish = outcome.tasks[str(task.pk)]
    return start.date(), finish.date()


def all_kinds(plan: Plan) -> list[Operation]:
    day = date(2027, 3, 1)
    return [
        ShiftTask(str(plan.realisation.pk), 3),
        ShiftProject(str(plan.crm.pk), 10),
        MoveMilestone(str(plan.golive.pk), 42),
        Reassign(str(plan.reprise.pk), str(plan.hugo.pk), str(plan.lou.pk), Decimal("0.5")),
        SplitTask(str(plan.analyse.pk), date(2027, 1, 8), date(2027, 1, 18)),
        ReduceTask(str(plan.realisation.pk), Decimal("0.5")),
        AddProject(
            "n1", "NEW", "Neuf", day, date(2027, 6, 30), str(plan.it.pk),
            (BudgetShare("services", "opex", Decimal(8000)),), (ProfileDemand(str(plan.developer.pk), Decimal(2)),),
        ),
        Hire(str(plan.developer.pk), "Recrue", day, pole=str(plan.it.pk)),
        ChangeRate(Decimal(700), TODAY, person=str(plan.ines.pk)),
        MoveContract(str(plan.rent.pk), 30),
        Allocate(str(plan.erp.pk), day, date(2027, 3, 31), Decimal("0.5"), person=str(plan.lou.pk)),
        ChangeBudget(str(plan.erp.pk), "services", "opex", date(2027, 2, 1), Decimal(9000)),
        ResizeProject(str(plan.crm.pk), Decimal("1.5")),
        StopProject(str(plan.crm.pk), date(2027, 2, 5)),
    ]  # fmt: skip


def test_evaluating_every_kind_of_operation_writes_nothing(world: World, plan: Plan) -> None:
    with world.within():
        before = hashes()
        live = live_of(world)
        evaluate(live.world, all_kinds(plan))
        assert hashes() == before


def test_without_operations_the_outcome_is_what_the_live_screens_show(world: World, plan: Plan) -> None:
    with world.within():
        member = world.memberships["pmo"]
        for live in (live_of(world), read_live(member, []), read_live(member, [plan.crm.pk])):
            outcome = evaluate(live.world)
            rows = LoadWeek.objects.values_list("person_id", "week", "minutes")
            stored: dict[Any, int] = {}
            for person, week, minutes in rows:
                stored[str(person), week] = stored.get((str(person), week), 0) + minutes
            found = {
                (key, week): cell.load
                for key, row in outcome.load.people().items()
                for week, cell in zip(outcome.load.weeks, row, strict=True)
                if cell.load
            }
            assert found == stored
            for by, rows_of in ((Grouping.POLE, outcome.load.pole), (Grouping.PERSON, outcome.load.person)):
                drawn = grid(member, by, Grain.WEEK, TODAY, 52, LoadFilters())
                assert drawn.periods == weeks_from(TODAY, 52)
                for row in drawn.rows:
                    cells = rows_of("" if row.key == "none" else row.key)
                    assert [(one.load, one.capacity) for one in cells] == [
                        (one.load, one.capacity) for one in row.cells
                    ]
            for row in Task.objects.filter(project__in=list(live.world.detailed)):
                assert outcome.tasks[str(row.pk)] == (row.starts_at, row.ends_at)
            amounts = totals(Project.objects.all())
            assert {key: one.amounts for key, one in outcome.projects.items() if one.amounts.forecast} == {
                str(key): one for key, one in amounts.items()
            }
            cash = cash_plan()
            assert cash is not None and outcome.cash == cash.cash
            assert outcome.balances == cash.balances and outcome.breaches == cash.breaches
            assert outcome.risks.exposure == 16 and outcome.risks.critical == 1


def test_the_return_of_a_project_is_that_of_its_page(world: World, plan: Plan) -> None:
    with world.within():
        row = create_benefit(actor=plan.actor, project=plan.erp, name="Temps gagné", kind="saving")
        create_benefit_year(actor=plan.actor, benefit=row, year=2027, expected=Decimal(30000))
        case = cases_of(Project.objects.all())[plan.erp.pk]
        outcome = evaluate(read_live(world.memberships["pmo"], []).world)
        assert case.current is not None and isinstance(case.current.roi, Decimal)
        assert outcome.projects[str(plan.erp.pk)].roi == case.current.roi.quantize(Decimal("0.0001"))
        assert outcome.projects[str(plan.crm.pk)].roi is None
    # What the stopped project had brought is nothing yet.
    stopped = tried(world, StopProject(str(plan.erp.pk), date(2027, 1, 8)))
    assert stopped.projects[str(plan.erp.pk)].roi == Decimal(-1)


def test_shifting_a_task_moves_all_that_follows_across_projects(world: World, plan: Plan) -> None:
    before, after = tried(world), tried(world, ShiftTask(str(plan.realisation.pk), 5))
    assert span(after, plan.analyse) == (date(2027, 1, 4), date(2027, 1, 15))
    assert span(after, plan.realisation) == (date(2027, 1, 25), date(2027, 2, 5))
    assert span(after, plan.reprise) == (date(2027, 2, 8), date(2027, 2, 12))
    assert after.milestones[str(plan.golive.pk)] == date(2027, 2, 5)
    weeks = after.load.weeks
    ines = after.load.person(str(plan.ines.pk))
    assert [ines[index].load for index in range(5)] == [5 * DAY, 5 * DAY, 0, 5 * DAY, 5 * DAY]
    assert weeks[0] == TODAY
    # The invoice waits for the milestone, and its payment for the invoice: 30 days after.
    paid = [flow for flow in after.cash.flows if flow.contract == str(plan.sale.pk)] if after.cash else []
    assert [flow.day for flow in paid] == [date(2027, 3, 7)]
    assert before.projects[str(plan.erp.pk)].cost == after.projects[str(plan.erp.pk)].cost


def test_what_is_shown_of_a_shift_is_what_the_live_action_does(world: World, plan: Plan) -> None:
    after = tried(world, ShiftTask(str(plan.realisation.pk), 5))
    with world.within():
        row = Task.objects.get(pk=plan.realisation.pk)
        change_task(actor=plan.actor, task=row, values={"starts_at": after.tasks[str(row.pk)][0]})
    with world.within():
        for one in (plan.realisation, plan.recette, plan.reprise):
            row = Task.objects.get(pk=one.pk)
            assert after.tasks.get(str(row.pk)) == (row.starts_at, row.ends_at)


def test_shifting_a_project_moves_its_milestones_and_bookings(world: World, plan: Plan) -> None:
    after = tried(world, ShiftProject(str(plan.erp.pk), 10))
    assert span(after, plan.analyse) == (date(2027, 1, 18), date(2027, 1, 29))
    assert span(after, plan.realisation) == (date(2027, 2, 1), date(2027, 2, 12))
    assert after.world.milestones[str(plan.golive.pk)].due_on == date(2027, 2, 12)
    assert after.world.projects[str(plan.erp.pk)].starts_on == date(2027, 1, 18)
    moved = tried(world, ShiftProject(str(plan.crm.pk), 5)).world.bookings[str(plan.booking.pk)].booking
    assert (moved.first, moved.last) == (date(2027, 2, 15), date(2027, 2, 26))


def test_shifting_a_project_moves_what_it_is_still_to_spend(world: World, plan: Plan) -> None:
    january, february = date(2027, 1, 1), date(2027, 2, 1)
    with world.within():
        line = BudgetLine.objects.get(project=plan.erp, month=january)
        values = {"actual": Decimal(2000), "committed": Decimal("5000.10")}
        change_budget_line(actor=plan.actor, line=line, values=values)
        live = live_of(world).world
    base = evaluate(live)

    def forecasts(days: int) -> dict[date, Decimal]:
        outcome = evaluate(live, [ShiftProject(str(plan.erp.pk), days)])
        assert outcome.cost == base.cost
        lines = outcome.world.lines
        assert sum(one.planned for one in lines.values()) == sum(one.planned for one in live.lines.values())
        mine = {place.month: one for place, one in lines.items() if place.project == str(plan.erp.pk)}
        assert mine[january].planned == Decimal("12000.10")
        return {month: one.forecast for month, one in mine.items() if one.forecast}

    # Six weeks are a month; what is spent or committed stays where it is.
    kept, moved = Decimal("5000.10"), Decimal(7000)
    assert forecasts(30) == {january: kept, february: moved, date(2027, 3, 1): Decimal("8000.20")}
    assert forecasts(10) == {january: Decimal("12000.10"), february: Decimal("8000.20")}
    # Nothing is spent before today's month.
    assert forecasts(-22) == {january: Decimal("20000.30")}
    years = evaluate(live, [ShiftProject(str(plan.erp.pk), 30)]).costs_by_year(2)[str(plan.erp.pk)]
    assert years == {2026: kept, 2027: moved + Decimal("8000.20")}


def test_a_milestone_six_weeks_later_brings_the_balance_under_its_threshold(world: World, plan: Plan) -> None:
    before, after = tried(world), tried(world, MoveMilestone(str(plan.golive.pk), 42))
    assert before.breaches == ()
    (breach,) = after.breaches
    assert breach.month == date(2027, 3, 1)
    assert breach.crossing is not None and breach.crossing.instalment == str(plan.loyer.pk)
    assert breach.awaited is not None and breach.awaited.instalment == str(plan.solde.pk)
    assert breach.awaited.day == date(2027, 4, 11)


def test_stopping_a_project_takes_what_is_left_of_it(world: World, plan: Plan) -> None:
    after = tried(world, StopProject(str(plan.erp.pk), date(2027, 1, 8)))
    assert str(plan.realisation.pk) not in after.tasks
    assert span(after, plan.analyse) == (date(2027, 1, 4), date(2027, 1, 8))
    ines = after.load.person(str(plan.ines.pk))
    assert [one.load for one in ines[:3]] == [5 * DAY, 0, 0]
    assert after.projects[str(plan.erp.pk)].cost == Decimal("12000.10")
    assert after.cash is not None
    assert not [flow for flow in after.cash.flows if flow.project == str(plan.erp.pk)]
    assert after.risks.exposure == 0


def test_resizing_scales_what_is_left(world: World, plan: Plan) -> None:
    after = tried(world, ResizeProject(str(plan.erp.pk), Decimal("0.5")))
    assert after.projects[str(plan.erp.pk)].cost == Decimal("6000.05") + Decimal("4000.10")
    assert after.load.person(str(plan.ines.pk))[0].load == 5 * DAY // 2


def test_reassigning_moves_load_and_follows_the_rates(world: World, plan: Plan) -> None:
    before = tried(world)
    operation = Reassign(str(plan.analyse.pk), str(plan.ines.pk), str(plan.lou.pk))
    after = tried(world, operation)
    assert [one.load for one in after.load.person(str(plan.ines.pk))[:2]] == [0, 0]
    assert [one.load for one in after.load.person(str(plan.lou.pk))[:2]] == [5 * DAY, 5 * DAY]
    gap = after.projects[str(plan.erp.pk)].cost - before.projects[str(plan.erp.pk)].cost
    assert gap == Decimal(-1000)  # ten days at 500 in the place of 600
    with world.within():
        seen = read_live(world.memberships["manager"], [plan.erp.pk])
        hidden = evaluate(seen.world, [operation])
        assert hidden.projects[str(plan.erp.pk)].cost == before.projects[str(plan.erp.pk)].cost
        assert hidden.cash is None


def test_splitting_a_task_keeps_its_work_and_what_follows_waits(world: World, plan: Plan) -> None:
    after = tried(world, SplitTask(str(plan.analyse.pk), date(2027, 1, 8), date(2027, 1, 18)))
    assert span(after, plan.analyse) == (date(2027, 1, 4), date(2027, 1, 7))
    start, finish = after.tasks[f"{plan.analyse.pk}/2"]
    assert (start.date(), finish.date()) == (date(2027, 1, 18), date(2027, 1, 25))
    assert span(after, plan.realisation)[0] == date(2027, 1, 26)
    assert sum(one.load for one in after.load.person(str(plan.ines.pk))) == 20 * DAY


def test_reducing_a_task_reduces_its_load_and_its_cost(world: World, plan: Plan) -> None:
    before, after = tried(world), tried(world, ReduceTask(str(plan.analyse.pk), Decimal("0.7")))
    assert sum(one.load for one in after.load.person(str(plan.ines.pk))) == 17 * DAY
    assert after.projects[str(plan.erp.pk)].cost - before.projects[str(plan.erp.pk)].cost == Decimal(-1800)


def test_a_project_that_is_added_asks_of_its_pole_and_is_paid(world: World, plan: Plan) -> None:
    added = AddProject(
        "n1", "NEW", "Neuf", date(2027, 3, 1), date(2027, 4, 30), str(plan.it.pk),
        (BudgetShare("services", "opex", Decimal(8000)), BudgetShare("staff", "opex", Decimal(100))),
        (ProfileDemand(str(plan.developer.pk), Decimal(2)),),
    )  # fmt: skip
    after = tried(world, added)
    assert after.projects["n1"].cost == Decimal(8100)
    week = after.load.weeks.index(date(2027, 3, 8))
    assert after.load.pole(str(plan.it.pk))[week].load == 10 * DAY
    assert after.load.profile(str(plan.developer.pk))[week].load == 10 * DAY
    paid = [(flow.day, flow.amount) for flow in after.cash.flows if flow.project == "n1"] if after.cash else []
    assert paid == [(date(2027, 4, 30), Decimal(-4800)), (date(2027, 5, 30), Decimal(-4800))]
    moved = tried(world, added, ShiftProject("n1", 20))
    assert moved.projects["n1"].start == date(2027, 3, 29) or moved.projects["n1"].start == date(2027, 3, 30)


def test_hiring_adds_capacity_cost_and_pay(world: World, plan: Plan) -> None:
    with world.within():
        create_rate(actor=plan.actor, profile=plan.developer, valid_from=TODAY, daily_rate=Decimal(500))
    hired = Hire(str(plan.developer.pk), "Recrue", date(2027, 2, 1), date(2027, 2, 28), pole=str(plan.it.pk))
    before, after = tried(world), tried(world, hired)
    week = after.load.weeks.index(date(2027, 2, 1))
    gain = after.load.pole(str(plan.it.pk))[week].capacity - before.load.pole(str(plan.it.pk))[week].capacity
    assert gain == 5 * DAY
    assert after.cost - before.cost == Decimal(10000)  # twenty days
    assert after.balances[date(2027, 3, 1)] == before.balances[date(2027, 3, 1)] - Decimal(10000)


def test_a_rate_changes_the_cost_of_the_work_that_is_left(world: World, plan: Plan) -> None:
    before = tried(world)
    after = tried(world, ChangeRate(Decimal(700), date(2027, 1, 18), person=str(plan.ines.pk)))
    assert after.projects[str(plan.erp.pk)].cost - before.projects[str(plan.erp.pk)].cost == Decimal(1000)


def test_a_contract_moves_with_its_own_dates(world: World, plan: Plan) -> None:
    after = tried(world, MoveContract(str(plan.rent.pk), 30))
    paid = [flow.day for flow in after.cash.flows if flow.contract == str(plan.rent.pk)] if after.cash else []
    assert paid == [date(2027, 4, 11)]
    assert refused(world, MoveContract(str(plan.sale.pk), 30)) == "nothing_moves"


def test_an_allocation_counts_beside_the_work(world: World, plan: Plan) -> None:
    after = tried(
        world, Allocate(str(plan.erp.pk), TODAY, date(2027, 1, 15), Decimal("0.5"), person=str(plan.lou.pk))
    )
    assert [one.load for one in after.load.person(str(plan.lou.pk))[:3]] == [5 * DAY // 2, 5 * DAY // 2, 0]


def test_a_forecast_changes_the_cost(world: World, plan: Plan) -> None:
    after = tried(world, ChangeBudget(str(plan.erp.pk), "services", "opex", date(2027, 2, 1), Decimal(9000)))
    assert after.projects[str(plan.erp.pk)].cost == Decimal("21000.10")


def refused(world: World, *operations: Operation, who: str = "pmo") -> str:
    with pytest.raises(ScenarioError) as error:
        tried(world, *operations, who=who)
    return error.value.code


def test_what_cannot_be_done_is_refused_by_name(world: World, plan: Plan) -> None:
    nobody = "01900000-0000-7000-8000-000000000000"
    lou, hugo, ines = str(plan.lou.pk), str(plan.hugo.pk), str(plan.ines.pk)
    analyse = str(plan.analyse.pk)
    assert refused(world, ShiftTask(nobody, 3)) == "unknown_subject"
    assert refused(world, Reassign(analyse, lou, hugo)) == "nobody_assigned"
    assert refused(world, SplitTask(analyse, date(2027, 3, 1), date(2027, 3, 8))) == "outside_task"
    recette = str(plan.recette.pk)
    assert refused(world, SplitTask(recette, date(2027, 1, 29), date(2027, 2, 8))) == "point_task"
    assert refused(world, StopProject(str(plan.erp.pk), date(2027, 1, 3))) == "past"
    stop = StopProject(str(plan.erp.pk), date(2027, 2, 1))
    assert refused(world, stop, ShiftProject(str(plan.erp.pk), 3)) == "stopped_before"
    assert (
        refused(world, Allocate(str(plan.erp.pk), date(2027, 1, 9), date(2027, 1, 10), Decimal(1), lou)) == "refused"
    )
    assert refused(world, MoveContract(str(plan.rent.pk), 30), who="manager") == "no_cash"
    assert refused(world, ChangeRate(Decimal(1), TODAY, person=ines), who="manager") == "no_rates"
    assert refused(world, AddProject("k", "ERP", "Doublon", TODAY, TODAY)) == "code_taken"
    with world.within():
        row = Task.objects.get(pk=plan.analyse.pk)
        change_task(actor=plan.actor, task=row, values={"percent_complete": Decimal("0.5")})
    assert refused(world, ShiftTask(analyse, 3)) == "task_begun"
    with world.within():
        Milestone.objects.filter(pk=plan.golive.pk).update(actual_on=TODAY)
        Project.objects.filter(pk=plan.crm.pk).update(read_only=True)
    assert refused(world, MoveMilestone(str(plan.golive.pk), 7)) == "milestone_met"
    assert refused(world, ShiftProject(str(plan.crm.pk), 7)) == "closed_project"


def test_only_half_of_a_task_that_is_half_done_is_left(world: World, plan: Plan) -> None:
    with world.within():
        row = Task.objects.get(pk=plan.analyse.pk)
        change_task(actor=plan.actor, task=row, values={"percent_complete": Decimal("0.5")})
    after = tried(world, Reassign(str(plan.analyse.pk), str(plan.ines.pk), str(plan.lou.pk)))
    works = {one.person: one.work_minutes for one in after.world.works_of[str(plan.analyse.pk)]}
    assert works == {str(plan.ines.pk): 5 * DAY, str(plan.lou.pk): 5 * DAY}


def test_reading_the_live_plan_takes_as_many_statements_for_few_and_many(world: World, plan: Plan) -> None:
    with world.within():
        with CaptureQueriesContext(connection) as few:
            live_of(world)
        for number in range(12):
            project = create_project(
                actor=plan.actor, code=f"P{number}", name=f"Projet {number}", pole=plan.it,
                starts_on=TODAY, ends_on=date(2027, 6, 30),
            )  # fmt: skip
            task = create_task(actor=plan.actor, project=project, name="Tâche", duration_minutes=DAY)
            assign(actor=plan.actor, task=task, person=plan.ines)
        with CaptureQueriesContext(connection) as many:
            live_of(world)
    assert len(many) == len(few)
