"""Earned value through the front door: a project whose numbers are counted by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import set_budget_lines
from portfolio.finance.earned_value_queries import curve_of, schedule_of, total_value, works_of
from portfolio.planning.actions import change_task, create_task, delete_task, take_baseline
from portfolio.planning.models import PlanSettings, Task
from portfolio.projects.models import Programme, Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import create
from tests.portfolio.finance.conftest import Budgets, entry, project
from tests.portfolio.finance.test_screens import text
from tests.replay import recorded
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
# Mondays to Fridays of four weeks of June 2026: no public holiday in France.
WEEKS = [(date(2026, 6, 1), date(2026, 6, 5)), (date(2026, 6, 8), date(2026, 6, 12))]
STATUS = date(2026, 6, 10)
TWO_FIFTHS = Decimal("0.4")


@dataclass
class Measured:
    """`erp` has a plan of two weeks, frozen, and 1 000 planned, 700 spent in June."""

    erp: Project
    site: Project
    theirs: Project
    tasks: list[Task]


def week(row: Project, number: int, name: str) -> Task:
    """A task of one week, from Monday at nine to Friday at five."""
    first, last = WEEKS[number]
    return create_task(
        actor=SYSTEM,
        project=row,
        name=name,
        mode="manual",
        starts_at=datetime.combine(first, time(9)),
        ends_at=datetime.combine(last, time(17)),
        duration_minutes=5 * 420,
    )


def measure(row: Project, budget: str, spent: str) -> list[Task]:
    """Two tasks of a week, frozen; the first is done, the second a tenth; the status date is the second Wednesday."""
    tasks = [week(row, number, name) for number, name in enumerate(("Cadrer", "Construire"))]
    take_baseline(actor=SYSTEM, project=row, name="Initiale", taken_on=date(2026, 5, 29))
    change_task(actor=SYSTEM, task=tasks[0], values={"percent_complete": Decimal(1)})
    change_task(actor=SYSTEM, task=tasks[1], values={"percent_complete": Decimal("0.1")})
    create(SYSTEM, PlanSettings(project=row, data_date=STATUS))
    set_budget_lines(actor=SYSTEM, project_lines={row: [entry("training", "opex", 6, budget, spent)]})
    return tasks


@pytest.fixture
@recorded
def measured(world: World, budgets: Budgets) -> Measured:
    with world.within():
        erp = project(budgets.erp.pole, "MESURE", budgets.erp.manager)
        site = project(budgets.erp.pole, "AUTRE")
        tasks = measure(erp, "1000", "700")
    return Measured(erp, site, budgets.theirs, tasks)


def test_the_four_measures_are_those_counted_by_hand(world: World, measured: Measured) -> None:
    """When Wednesday begins: the first week (500) and two fifths of the second (200) were planned."""
    with world.within():
        work = works_of([measured.erp], date(2026, 7, 30))[0]
        assert work.status_on == STATUS
        value = work.value
        assert value is not None
        assert (value.budget_at_completion, value.planned_value) == (1000, 700)
        assert (value.earned_value, value.actual_cost) == (550, 700)
        assert (value.schedule_variance, value.cost_variance) == (-150, -150)
        assert value.estimate_at_completion() == Decimal("1272.73")
        # From Monday at nine to Wednesday, 700 in 8.625 days: 550 was to be there after 6.78 of them.
        found = schedule_of([work])
        assert found is not None and found.reached_on == date(2026, 6, 8)
        points = curve_of([work])
        assert [(one.month, one.planned_value, one.earned_value, one.actual_cost) for one in points] == [
            (date(2026, 6, 1), 1000, 550, 700)
        ]
        # The first week took its part of June's cost by what it earned: 500 of 550.
        assert [task.value.actual_cost for task in work.tasks] == [Decimal("636.36"), Decimal("63.64")]
        assert sum(task.value.earned_value for task in work.tasks) == value.earned_value


def test_projects_on_plan_at_different_dates_are_on_plan_together(world: World, measured: Measured) -> None:
    """One is read on Wednesday of the second week, the other a week before: each has earned what it planned."""
    with world.within():
        change_task(
            actor=SYSTEM, task=Task.objects.get(pk=measured.tasks[1].pk), values={"percent_complete": TWO_FIFTHS}
        )
        begun, rest = measure(measured.site, "3000", "100")
        PlanSettings.objects.filter(project=measured.site).update(data_date=STATUS - timedelta(days=7))
        for task, share in ((begun, TWO_FIFTHS), (rest, Decimal(0))):
            change_task(actor=SYSTEM, task=Task.objects.get(pk=task.pk), values={"percent_complete": share})
        works = works_of([measured.erp, measured.site], date(2026, 7, 30))
        total, found = total_value(works), schedule_of(works)
        assert total is not None and found is not None
        assert total.earned_value == total.planned_value == 700 + 600
        assert (found.schedule.schedule_variance, found.starts_on) == (0, date(2026, 6, 1))
        assert found.reached_on == STATUS
        # A tenth less of one of their tasks: late together.
        change_task(actor=SYSTEM, task=Task.objects.get(pk=begun.pk), values={"percent_complete": Decimal("0.3")})
        later = schedule_of(works_of([measured.erp, measured.site], date(2026, 7, 30)))
        assert later is not None and later.schedule.schedule_variance < 0


def test_the_tab_says_it_and_each_figure_explains_itself(world: World, measured: Measured, client_of: Sign) -> None:
    client = client_of(world.executive)
    base = f"/budget/projects/{measured.erp.pk}/earned-value/"
    shown = text(client.get(world.url(base)))
    for words in [
        "Valeur acquise",
        "−1,8 j",
        "0,79",
        "1 273 €",
        "réparti selon la durée",
        "« Initiale »",
        "55 % du budget acquis pour 70 % planifiés, 150 € de trop dépensés",
        "Cadrer",
        "Construire",
        "Trois estimations",
        "Au 10/06/2026",
    ]:
        assert words in shown, words
    explained = text(client.get(world.url(f"{base}explain/cpi/"), headers=HTMX))
    for words in ["EV ÷ AC", "550 €", "700 €", "Cadrer", "réparti selon la durée", "Saisi à l’écran"]:
        assert words in explained, words
    late = text(client.get(world.url(f"{base}explain/svt/"), headers=HTMX))
    assert "ES − AT" in late and "Durée écoulée" in late
    assert client.get(world.url(f"{base}explain/nothing/")).status_code == 404


def test_what_is_missing_is_said_not_counted(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.manager)
    url = world.url(f"/budget/projects/{budgets.erp.pk}/earned-value/")
    assert "n’a pas de plan" in text(client.get(url))
    with world.within():
        task = week(budgets.erp, 0, "Cadrer")
    assert "n’a pas de référence" in text(client.get(url))
    with world.within():
        take_baseline(actor=SYSTEM, project=budgets.erp, name="Un")
    assert "n’a pas de référence" not in text(client.get(url))
    with world.within():
        for line in budgets.erp.budget_lines.all():
            line.delete()
    assert "n’a pas de budget prévu" in text(client.get(url))
    explained = client.get(world.url(f"/budget/projects/{budgets.erp.pk}/earned-value/explain/ev/"), headers=HTMX)
    assert explained.status_code == 200
    with world.within():
        set_budget_lines(actor=SYSTEM, project_lines={budgets.erp: [entry("staff", "opex", 6, "100")]})
        delete_task(actor=SYSTEM, task=task)
        work = works_of([budgets.erp], date(2026, 7, 1))[0]
        assert work.value is not None and work.value.planned_value == 100, "what was promised stays promised"
    assert "supprimée" in text(client.get(url))


def test_a_task_added_since_and_another_baseline(world: World, measured: Measured, client_of: Sign) -> None:
    with world.within():
        week(measured.erp, 1, "Imprévu")
        work = works_of([measured.erp], STATUS)[0]
        assert work.not_in_baseline == 1 and work.value is not None and work.value.earned_value == 550
        take_baseline(actor=SYSTEM, project=measured.erp, name="Revue", taken_on=date(2026, 6, 9))
        revised = works_of([measured.erp], STATUS)[0]
        assert str(revised.baseline) == "Revue" and revised.not_in_baseline == 0
        # Three weeks share the budget now: 333.33 or 333.34 each.
        assert revised.value is not None and revised.value.earned_value == Decimal("366.67")
        first = measured.erp.baselines.get(name="Initiale")
        assert works_of([measured.erp], STATUS, baseline_id=first.pk)[0].value == work.value
    page = client_of(world.manager).get(
        world.url(f"/budget/projects/{measured.erp.pk}/earned-value/?baseline={first.pk}")
    )
    assert "Revue" in text(page) and "1 tâche du plan n’est pas dans cette référence" in text(page)


def test_the_portfolio_adds_projects_and_programmes(world: World, measured: Measured, client_of: Sign) -> None:
    with world.within():
        programme = create(SYSTEM, Programme(code="TRANSFO", name="Transformation"))
        Project.objects.filter(pk=measured.erp.pk).update(programme=programme)
        measure(measured.site, "500", "200")
        works = works_of([measured.erp, measured.site], STATUS)
        total = total_value(works)
        assert total is not None
        assert (total.budget_at_completion, total.planned_value) == (1500, 1050)
        assert (total.earned_value, total.actual_cost) == (825, 900)
    client = client_of(world.executive)
    shown = text(client.get(world.url("/budget/earned-value/")))
    for words in [
        "2 projets mesurés sur 4",
        "Transformation",
        "Sans programme",
        "825 €",
        "Projet SITE",
        "Par programme",
    ]:
        assert words in shown, words
    assert "AILLEURS" not in shown
    one = text(client.get(world.url(f"/budget/earned-value/?programme={programme.pk}")))
    assert "1 projet mesuré sur 1" in one and "Projet AUTRE" not in one
    explained = text(client.get(world.url("/budget/earned-value/explain/ev/"), headers=HTMX))
    assert "Projet MESURE" in explained and "550 €" in explained and "275 €" in explained
    assert client.get(world.url("/budget/earned-value/explain/x/")).status_code == 404
    for query in ("?sort=-spi", "?sort=nothing", "?pole=x&page=9"):
        assert client.get(world.url(f"/budget/earned-value/{query}")).status_code == 200


def test_who_may(world: World, measured: Measured, client_of: Sign) -> None:
    for path in ("/budget/earned-value/", f"/budget/projects/{measured.erp.pk}/earned-value/"):
        assert client_of(world.member).get(world.url(path)).status_code == 403
    foreign = world.url(f"/budget/projects/{measured.theirs.pk}/earned-value/")
    assert client_of(world.admin).get(foreign).status_code == 404


def test_as_many_statements_for_many_projects(world: World, measured: Measured) -> None:
    with world.within():
        few = [measured.erp]
        with CaptureQueriesContext(connection) as first:
            works_of(few, STATUS)
        with CaptureQueriesContext(connection) as second:
            works_of(list(Project.objects.all()) * 15, STATUS)
        assert len(first) <= 7 and len(second) == len(first) + 1, "one more: the projects themselves"
