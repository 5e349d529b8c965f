"""ProjectFacts equals what its rows add up to, whatever was written, in which order, and taken back."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.finance.models import BudgetLine
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Milestone, Project, StatusReport, Trend, Weather
from portfolio.risks.models import ACTIVE, Risk, RiskStatus
from reporting.dashboards.models import ProjectFacts
from reporting.dashboards.rollup import EMPTY, rebuild, refresh
from tech4value.audit.actor import SYSTEM
from tech4value.audit.undo import undo_batch
from tech4value.audit.writing import create, delete, restore, update
from tests.reporting.dashboards.portfolio_rows import TODAY, line, make_project, promise, report, risk, task
from tests.world import World


def recomputed(project: Project) -> dict[str, Any]:
    """The facts of a project, row by row, in Python."""
    lines = list(BudgetLine.objects.filter(project=project))
    reports = sorted(StatusReport.objects.filter(project=project), key=lambda one: one.reported_on)
    tasks = list(Task.objects.filter(project=project))
    leaves = [one for one in tasks if one.kind == TaskKind.TASK]
    minutes = sum(one.duration_minutes for one in leaves)
    done = sum((one.duration_minutes * one.percent_complete for one in leaves), Decimal(0))
    milestones = list(Milestone.objects.filter(project=project))
    risks = [one for one in Risk.objects.filter(project=project) if one.status in ACTIVE]
    return {
        "weather": reports[-1].weather if reports else "",
        "trend": reports[-1].trend if reports else "",
        "reported_on": reports[-1].reported_on if reports else None,
        **{
            name: sum((getattr(one, name) for one in lines), Decimal(0))
            for name in ("planned", "committed", "actual", "forecast")
        },
        "tasks": len(leaves),
        "percent_complete": (done / minutes).quantize(Decimal("0.0001")) if minutes else Decimal(0),
        "plan_ends_at": max((one.ends_at.date() for one in tasks), default=None),
        "milestones": len(milestones),
        "milestones_met": sum(one.actual_on is not None for one in milestones),
        "open_risks": len(risks),
        "top_risk_score": max((one.score for one in risks), default=0),
    }


def stored(project: Project) -> dict[str, Any]:
    facts = ProjectFacts.objects.get(project=project)
    return {name: getattr(facts, name) for name in EMPTY}


def test_facts_follow_every_kind_of_row(world: World) -> None:
    with world.within():
        project = make_project("RGPD")
        report(project, TODAY - timedelta(days=30), Weather.CLOUDY)
        report(project, TODAY, Weather.STORMY, trend=Trend.DOWN)
        line(project, 0, planned=100, actual=40, forecast=120, committed=60)
        line(project, 1, planned=50, forecast=70)
        task(project, "A", 3, "1")
        task(project, "B", 1, "0")
        promise(project, "Lancement", TODAY, actual=TODAY)
        promise(project, "Recette", TODAY)
        risk(project, "R-1", 5, 4)
        risk(project, "R-2", 5, 5, status=RiskStatus.CLOSED)
    with world.within():
        assert stored(project) == recomputed(project)
        facts = ProjectFacts.objects.get(project=project)
        assert (facts.weather, facts.trend, facts.reported_on) == ("stormy", "down", TODAY)
        assert (facts.planned, facts.forecast, facts.actual) == (Decimal(150), Decimal(190), Decimal(40))
        assert (facts.percent_complete, facts.milestones, facts.milestones_met) == (Decimal("0.75"), 2, 1)
        assert (facts.open_risks, facts.top_risk_score) == (1, 20)


@pytest.mark.parametrize("seed", range(8))
def test_random_edits_deletions_and_restorations_leave_the_facts_right(world: World, seed: int) -> None:
    dice = random.Random(seed)
    with world.within():
        projects = [make_project(f"P{index}") for index in range(3)]
    rows: list[Any] = []
    bin_: list[Any] = []
    for _transaction in range(6):
        with world.within():
            for _step in range(6):
                _edit(dice, projects, rows, bin_)
        with world.within():
            for project in projects:
                assert stored(project) == recomputed(project)
    with world.within():
        assert rebuild() == 3
        for project in projects:
            assert stored(project) == recomputed(project)


def _edit(dice: random.Random, projects: list[Project], rows: list[Any], bin_: list[Any]) -> None:
    project = dice.choice(projects)
    act = dice.choice(["add", "add", "add", "change", "change", "delete", "restore", "move"])
    if act == "add" or not rows:
        rows.append(_new_row(dice, project))
    elif act == "change":
        row = dice.choice(rows)
        update(SYSTEM, row, _change(dice, row))
    elif act == "delete":
        row = rows.pop(dice.randrange(len(rows)))
        delete(SYSTEM, row)
        bin_.append(row)
    elif act == "move":
        movable = [row for row in rows if isinstance(row, Risk)]
        if movable:
            update(SYSTEM, dice.choice(movable), {"project": project})
    elif bin_:
        row = bin_.pop(dice.randrange(len(bin_)))
        restore(SYSTEM, row)
        rows.append(row)


def _new_row(dice: random.Random, project: Project) -> Any:
    unique = uuid4().hex[:8]
    makers: list[Callable[[], Any]] = [
        lambda: create(
            SYSTEM,
            StatusReport(
                project=project,
                reported_on=TODAY - timedelta(days=dice.randrange(10**5)),
                weather=dice.choice(Weather.values),
                trend=dice.choice(Trend.values),
            ),
        ),
        lambda: line(project, dice.randrange(-999, 999), planned=dice.randrange(999), forecast=dice.randrange(999)),
        lambda: promise(project, unique, TODAY, actual=dice.choice([None, TODAY])),
        lambda: risk(project, unique, dice.randrange(1, 6), dice.randrange(1, 6)),
        lambda: task(project, unique, dice.randrange(1, 30), dice.choice(["0", "0.3333", "1"])),
    ]
    return dice.choice(makers)()


def _change(dice: random.Random, row: Any) -> dict[str, Any]:
    if isinstance(row, StatusReport):
        return {"weather": dice.choice(Weather.values)}
    if isinstance(row, BudgetLine):
        return {"planned": Decimal(dice.randrange(999)), "actual": Decimal(dice.randrange(999))}
    if isinstance(row, Milestone):
        return {"actual_on": dice.choice([None, TODAY])}
    if isinstance(row, Risk):
        return {"impact": dice.randrange(1, 6), "status": dice.choice(RiskStatus.values)}
    return {"percent_complete": Decimal(dice.choice(["0", "0.5", "1"])), "kind": dice.choice(TaskKind.values)}


def test_undoing_a_batch_puts_the_facts_back(world: World) -> None:
    with world.within():
        project = make_project("ERP")
        kept = line(project, 0, planned=10, forecast=10)
    with world.within():
        before = stored(project)
    batch = uuid4()
    with world.within():
        importing = SYSTEM.within(batch)
        line(project, 1, actor=importing, planned=500, forecast=900)
        report(project, TODAY, Weather.STORMY, actor=importing)
        risk(project, "R-1", 5, 5, actor=importing)
        update(importing, kept, {"planned": Decimal(99)})
    with world.within():
        assert stored(project) == recomputed(project) != before
        undo_batch(SYSTEM, batch)
    with world.within():
        assert stored(project) == recomputed(project) == before


def test_a_write_that_fails_leaves_the_facts_alone(world: World) -> None:
    with world.within():
        project = make_project("CRM")
        line(project, 0, planned=10)
    with pytest.raises(ZeroDivisionError), world.within():
        line(project, 1, planned=500)
        raise ZeroDivisionError
    with world.within():
        assert stored(project)["planned"] == Decimal(10)
        line(project, 2, planned=1)
    with world.within():
        assert stored(project) == recomputed(project)


def test_one_transaction_refreshes_all_its_projects_in_the_same_number_of_statements(world: World) -> None:
    with world.within():
        projects = [make_project(f"P{index}") for index in range(20)]
    with world.within():
        with CaptureQueriesContext(
            connection,
        ) as few:
            refresh([projects[0].pk])
        with CaptureQueriesContext(connection) as many:
            refresh([project.pk for project in projects])
        assert len(few) == len(many) <= 8


def test_the_command_rebuilds_every_tenant(world: World) -> None:
    with world.within():
        project = make_project("RGPD")
        line(project, 0, planned=10)
    with world.within():
        ProjectFacts.objects.update(planned=Decimal(777))
    out = StringIO()
    call_command("refresh_facts", stdout=out)
    assert out.getvalue().split() == ["atelier:", "1", "chantier:", "0"]
    with world.within():
        assert stored(project)["planned"] == Decimal(10)
        assert ProjectFacts.objects.count() == 1
    with world.within(world.chantier):
        assert ProjectFacts.objects.count() == 0


def test_two_writers_at_once_are_both_counted(live_world: World) -> None:
    """The second writer sums after the first has committed, even when it began while the first was still open."""
    with live_world.within():
        project = make_project("RGPD")

    def second() -> None:
        try:
            with live_world.within():
                line(project, 1, planned=7)
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with live_world.within():
        line(project, 0, planned=5)
        refresh([project.pk])  # holds the row until the commit below
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the second writer waits for the first"
    other.join(10)
    with live_world.within():
        assert stored(project)["planned"] == Decimal(12) == recomputed(project)["planned"]
