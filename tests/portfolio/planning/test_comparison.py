"""The plan against its baselines, through the front door."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portfolio.people.actions import change_person
from portfolio.people.models import Person
from portfolio.planning.actions import assign, change_task, create_task, delete_task, take_baseline
from portfolio.planning.baseline_comparison import compare, milestone_trends, sorted_lines
from portfolio.planning.models import Task
from portfolio.projects.actions import change_milestone, create_milestone, reach_milestone
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.tenancy.clock import today
from tests.world import World

Sign = Callable[[Any], Client]
MONDAY = datetime(2026, 3, 2, 9)


def text(response: Any) -> str:
    """The page, with ordinary spaces."""
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def manual(actor: Actor, project: Project, name: str, day: int, days: int, **values: Any) -> Task:
    """A task placed by hand, from the morning of a day (0 is Monday 2 March) to the evening of another."""
    return create_task(
        actor=actor,
        project=project,
        name=name,
        mode="manual",
        starts_at=MONDAY + timedelta(days=day),
        ends_at=MONDAY + timedelta(days=day + days - 1, hours=8),
        duration_minutes=days * 420,
        **values,
    )


@pytest.fixture
def plan(actor: Actor, project: Project, mehdi: Person) -> list[Task]:
    """Three tasks of a day or two, frozen; then the second slips by a week and doubles, the third is gone, a fourth
    comes."""
    tasks = [manual(actor, project, name, 0, 1, work_minutes=420) for name in ("Cadrer", "Bâtir", "Jeter")]
    assign(actor=actor, task=tasks[1], person=mehdi, units=Decimal(1), work_minutes=420)
    take_baseline(actor=actor, project=project, name="Initiale", taken_on=date(2026, 3, 2))
    tasks[1].refresh_from_db()
    change_task(
        actor=actor,
        task=tasks[1],
        values={
            "starts_at": MONDAY + timedelta(days=7),
            "ends_at": MONDAY + timedelta(days=8, hours=8),
            "duration_minutes": 840,
            "work_minutes": 840,
        },
    )
    delete_task(actor=actor, task=tasks[2])
    return [*tasks, manual(actor, project, "Imprévu", 2, 1)]


def test_each_line_says_how_far_it_is(actor: Actor, project: Project, plan: list[Task], mehdi: Person) -> None:
    found = compare(project)
    by_name = {line.task.name: line for line in found.lines}
    kept, slipped = by_name["Cadrer"].variance, by_name["Bâtir"].variance
    assert kept is not None and kept.nothing
    assert slipped is not None
    assert (slipped.start, slipped.finish) == (5 * 420, 6 * 420), "in working days: the week-end does not count"
    assert (slipped.duration, slipped.work) == (420, 420)
    assert by_name["Jeter"].deleted and by_name["Jeter"].variance is None
    assert by_name["Imprévu"].added
    assert (found.later, found.slip) == (1, 6 * 420)
    assert next(line.task.name for line in sorted_lines(found.lines, "-finish")) == "Bâtir"
    assert compare(project, costs=True).lines[1].cost is None, "nobody knows the rate"
    change_person(actor=actor, person=mehdi, values={"daily_rate": Decimal("600")})
    assert {line.task.name: line.cost for line in compare(project, costs=True).lines}["Bâtir"] == Decimal("600.00")


def test_any_baseline_is_compared_with(world: World, actor: Actor, project: Project, plan: list[Task]) -> None:
    second = take_baseline(actor=actor, project=project, name="Revue", taken_on=date(2026, 3, 9))
    assert compare(project).baseline == second
    assert compare(project).later == 0
    first = project.baselines.get(name="Initiale")
    assert compare(project, first.pk).later == 1


def test_the_tab_shows_gaps_and_who_may_see_costs(
    world: World, project: Project, plan: list[Task], client_of: Sign
) -> None:
    url = world.url(f"/plans/project/{project.pk}/comparison/")
    shown = text(client_of(world.pmo).get(url))
    for words in ["Écarts", "+6 j", "+1 j", "ajoutée", "supprimée", "Écart de coût", "6 j ouvrés après la référence"]:
        assert words in shown, words
    manager = client_of(world.manager)
    assert "Écart de coût" not in text(manager.get(url)), "a project manager sees no rate"
    for query in ("?sort=-finish", "?sort=cost", "?sort=x&baseline=x&page=9"):
        assert manager.get(f"{url}{query}").status_code == 200
    assert client_of(world.end_user).get(url).status_code == 403
    assert client_of(world.stranger).get(url).status_code == 404


def test_an_empty_plan_and_one_without_baseline_say_what_to_do(
    world: World, actor: Actor, project: Project, client_of: Sign
) -> None:
    url = world.url(f"/plans/project/{project.pk}/comparison/")
    client = client_of(world.manager)
    assert "Créez d’abord les tâches" in text(client.get(url))
    manual(actor, project, "Cadrer", 0, 1)
    assert "Figer une référence" in text(client.get(url))
    assert "n’a encore figé aucune référence" in text(client_of(world.executive).get(url))


def test_a_milestone_that_slips_twice_is_drawn_so(
    world: World, actor: Actor, project: Project, client_of: Sign
) -> None:
    """What was known on each date, whatever the day on which it is written."""
    day = today()
    start = day - timedelta(days=60)
    promise = day + timedelta(days=10)
    row = create_milestone(actor=actor.on(start), project=project, name="Livraison", due_on=promise)
    for ago, days in ((40, 14), (12, 28)):
        values = {"due_on": promise + timedelta(days=days)}
        change_milestone(actor=actor.on(day - timedelta(days=ago)), milestone=row, values=values)
    met = create_milestone(actor=actor.on(start), project=project, name="Lancement", due_on=start)
    reach_milestone(actor=actor.on(start + timedelta(days=20)), milestone=met, on=start + timedelta(days=20))
    trends = milestone_trends(project, day)
    launch, delivery = trends.milestones
    assert (delivery.slips, delivery.slip_days, delivery.last) == (2, 28, promise + timedelta(days=28))
    assert (launch.slip_days, launch.shown[-1]) == (20, None)
    shown = text(client_of(world.manager).get(world.url(f"/plans/project/{project.pk}/comparison/")))
    assert "2 jalons ont glissé, « Livraison » de 28 j" in shown and "Date du point" in shown


def test_a_milestone_follows_the_tasks_that_stand_for_it(actor: Actor, project: Project) -> None:
    day = today()
    row = create_milestone(actor=actor, project=project, name="Livraison", due_on=day)
    at = datetime.combine(day + timedelta(days=28), datetime.min.time().replace(hour=9))
    task = create_task(
        actor=actor, project=project, name="Livrer", kind="milestone", mode="manual", starts_at=at, ends_at=at
    )
    free = create_task(
        actor=actor, project=project, name="Audit", kind="milestone", mode="manual", starts_at=at, ends_at=at
    )
    assert [one.name for one in milestone_trends(project, day).milestones] == ["Livraison", "Livrer", "Audit"]
    change_task(actor=actor, task=task, values={"milestone": row})
    trends = milestone_trends(project, day).milestones
    assert [(one.name, one.slip_days) for one in trends] == [("Livraison", 28), ("Audit", None)]
    take_baseline(actor=actor, project=project, name="Initiale")
    change_task(
        actor=actor, task=free, values={"starts_at": at + timedelta(days=3), "ends_at": at + timedelta(days=3)}
    )
    assert [one.slip_days for one in milestone_trends(project, day).milestones] == [28, 3]
