"""The critical path of the portfolio: one schedule of all plans, its page, the roadmap, the API, a large one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from portfolio.people.domain.timeline import to_instant
from portfolio.planning import portfolio_path
from portfolio.planning.portfolio_network import read_portfolio
from portfolio.planning.portfolio_path import Target, asked_target, path_for
from portfolio.projects.actions import change_project, create_milestone, create_programme
from portfolio.projects.models import Phase, Project
from tech4value.jobs.models import Job
from tech4value.jobs.registry import RunningJob, kind_named
from tests.portfolio.planning.across import DAY, Portfolio, contributes, plain
from tests.portfolio.planning.domain.random_plans import Plan
from tests.portfolio.planning.domain.slow_oracle import Oracle
from tests.world import World

ClientOf = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _empty() -> None:
    cache.clear()


@pytest.fixture
def portfolio(world: World) -> Portfolio:
    """A1 (3 days) then B1 (2 days) then C1 (1 day); A2 (2 days) and D1 (4 days) wait for nobody."""
    made = Portfolio(world)
    for name, days in (("A1", 3), ("A2", 2), ("B1", 2), ("C1", 1), ("D1", 4)):
        made.task(name, days)
    made.link("A1", "B1")
    made.link("B1", "C1")
    return made


def names(portfolio: Portfolio, keys: Any) -> list[str]:
    known = {str(task.pk): name for name, task in portfolio.tasks.items()}
    return [known[str(key)] for key in keys]


def test_the_run_equals_one_big_schedule_of_the_slow_oracle(portfolio: Portfolio) -> None:
    portfolio.link("A2", "D1", kind="SS", lag=DAY)
    with portfolio.within():
        plan = read_portfolio([project.pk for project in portfolio.projects.values()])
        planner = plan.planner()
    start = min(frame.start for frame in plan.frames.values())
    oracle = Oracle(Plan(tuple(plan.tasks.values()), tuple(plan.links), plan.calendar, start))
    for key in oracle.leaves:
        node = planner.network.nodes[key]
        ours = (node.early_start, node.early_finish, node.late_start, node.late_finish)
        assert tuple(map(to_instant, ours)) == oracle.dates(key), names(portfolio, [key])
        assert node.total == oracle.total_float(key)


def test_the_path_goes_through_projects_and_each_says_how_much_it_may_slip(
    portfolio: Portfolio, world: World
) -> None:
    with portfolio.within():
        path = path_for(world.memberships["pmo"]).path
    assert path is not None
    assert names(portfolio, [one.task for one in path.steps]) == ["C1", "B1", "A1"]
    assert (path.projects, path.tasks, path.links, path.across) == (4, 5, 2, 2)
    assert set(names(portfolio, path.critical)) == {"A1", "B1", "C1"}
    codes = {project.pk: code for code, project in portfolio.projects.items()}
    slack = {codes[key]: None if one.slack is None else one.slack / DAY for key, one in path.by_project.items()}
    assert slack == {"A": 0, "B": 0, "C": 0, "D": 2}


def test_a_path_may_lead_to_a_milestone_or_a_programme(portfolio: Portfolio, world: World) -> None:
    portfolio.task("D2", kind="milestone")
    portfolio.link("D1", "D2")
    member = world.memberships["pmo"]
    with portfolio.within():
        path = path_for(member, Target(milestone=portfolio.get("D2"))).path
        assert path is not None
        assert names(portfolio, [one.task for one in path.steps]) == ["D2", "D1"]
        assert set(names(portfolio, path.critical)) == {"D1", "D2"}
        assert {key for key, one in path.by_project.items() if one.slack is not None} == {portfolio.projects["D"].pk}
        programme = create_programme(actor=portfolio.actor, code="P", name="Programme P")
        for code in ("B", "D"):
            change_project(
                actor=portfolio.actor,
                project=Project.objects.get(pk=portfolio.projects[code].pk),
                values={"programme": programme},
            )
        path = path_for(member, asked_target(member, programme.pk, "")).path
        assert path is not None
        assert names(portfolio, [one.task for one in path.steps]) == ["B1", "A1"]
        assert set(names(portfolio, path.critical)) == {"A1", "B1"}


def test_a_deadline_or_a_date_to_keep_is_not_the_path(portfolio: Portfolio, world: World) -> None:
    portfolio.change("D1", deadline_at=datetime(2026, 3, 3, 17))
    portfolio.task("D2", 1, constraint_kind="mso", constraint_at=datetime(2026, 3, 4, 9))
    with portfolio.within():
        path = path_for(world.memberships["pmo"]).path
    assert path is not None and set(names(portfolio, path.critical)) == {"A1", "B1", "C1"}


def test_a_closed_project_stays_where_it_is(portfolio: Portfolio, world: World) -> None:
    with portfolio.within():
        change_project(actor=portfolio.actor, project=portfolio.projects["B"], values={"phase": Phase.CLOSED})
    portfolio.change("A1", duration_minutes=20 * DAY)
    with portfolio.within():
        path = path_for(world.memberships["pmo"]).path
    assert path is not None
    assert names(portfolio, [one.task for one in path.steps]) == ["A1"]


def test_what_one_may_not_see_is_a_date_without_a_name(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    """Mehdi sees C, whose task waits for B's."""
    contributes(portfolio, world, "C")
    page = client_of(world.member).get(world.url("/plans/critical-path/")).content.decode()
    assert "Tâche d’un autre projet" in page and "C1" in page
    assert "Projet B" not in page and "Projet A" not in page


def test_the_page_tells_the_chain_and_who_may_slip(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    client, url = client_of(world.pmo), world.url("/plans/critical-path/")
    page = plain(client.get(url).content.decode())
    for words in ("A1", "B1", "C1", "Elle commence après la fin de « A · A1 ».", "aucune marge", "Projet D"):
        assert words in page
    assert "sur 4 projets : 5 tâches, 2 liens, dont 2 d’un projet à l’autre" in page
    to = client.get(url, {"milestone": str(portfolio.tasks["A1"].pk)})
    assert "Fin de « A1 »" in plain(to.content.decode()) and "« B · B1 »" not in plain(to.content.decode())
    assert client_of(world.reader).get(url).status_code == 403


def test_the_page_without_tasks_says_what_to_do(world: World, client_of: ClientOf) -> None:
    page = client_of(world.pmo).get(world.url("/plans/critical-path/"))
    assert page.status_code == 200 and "Aucun projet pour l’instant" in page.content.decode()


def test_it_is_kept_until_a_plan_changes(portfolio: Portfolio, world: World) -> None:
    member = world.memberships["pmo"]

    def ask() -> int:
        with TestCase.captureOnCommitCallbacks(execute=True), portfolio.within():
            with patch.object(portfolio_path, "read_portfolio", wraps=read_portfolio) as read:
                path_for(member)
            return read.call_count

    assert (ask(), ask()) == (1, 0)
    with TestCase.captureOnCommitCallbacks(execute=True):
        portfolio.change("D1", duration_minutes=9 * DAY)
    assert ask() == 1


def test_the_same_statements_for_3_and_30_projects(portfolio: Portfolio, world: World) -> None:
    def count() -> int:
        with portfolio.within(), CaptureQueriesContext(connection) as caught:
            read_portfolio(list(Project.objects.values_list("pk", flat=True)))
        return len(caught)

    before = count()
    for letter in "EFGHIJ":
        portfolio.task(f"{letter}1", 1)
    assert count() == before


def test_a_large_portfolio_is_a_jobs(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    client, url = client_of(world.pmo), world.url("/plans/critical-path/")
    with patch.object(portfolio_path, "MOST_AT_ONCE", 3):
        assert "Pas encore calculé" in client.get(url).content.decode()
        assert client.post(f"{url}run/").status_code == 302
        assert client.post(f"{url}run/").status_code == 302  # the one that is at it
        with TestCase.captureOnCommitCallbacks(execute=False), portfolio.within():
            row = Job.objects.get(kind=portfolio_path.JOB)
        with TestCase.captureOnCommitCallbacks() as callbacks, portfolio.within():
            running = RunningJob(id=row.pk, params=row.params, member=world.memberships["pmo"])
            kind_named(portfolio_path.JOB).body(running)
        for callback in callbacks:
            callback()
        assert running.result == {"projects": 4, "tasks": 5, "links": 2}
        with portfolio.within():
            Job.objects.filter(pk=row.pk).update(state="done")
        assert "La chaîne qui décide de la fin" in client.get(url).content.decode()
        with TestCase.captureOnCommitCallbacks(execute=True):
            portfolio.change("D1", duration_minutes=9 * DAY)
        assert "Des plans ont changé depuis ce calcul" in client.get(url).content.decode()


def test_the_roadmap_ties_projects_and_shows_what_is_critical(
    portfolio: Portfolio, world: World, client_of: ClientOf
) -> None:
    with portfolio.within():
        milestone = create_milestone(
            actor=portfolio.actor,
            project=portfolio.projects["C"],
            name="Livré",
            due_on=portfolio.projects["C"].ends_on,
        )
    portfolio.change("C1", milestone=milestone)
    said = client_of(world.pmo).get(world.url("/plans/rows/")).json()
    by_name = {row[2]: row for row in said["rows"]}
    critical = {name: row[9] for name, row in by_name.items()}
    assert critical == {"Projet A": 1, "Projet B": 1, "Projet C": 1, "Livré": 1, "Projet D": 0}
    keys = {name: row[0] for name, row in by_name.items()}
    assert [(tie[0], tie[1], tie[4], tie[5], tie[6]) for tie in said["ties"]] == [
        ([keys["Projet A"]], [keys["Projet B"]], "A · A1", "B · B1", 1),
        ([keys["Projet B"]], [keys["Livré"], keys["Projet C"]], "B · B1", "C · C1", 1),
    ]
    page = client_of(world.pmo).get(world.url("/plans/")).content.decode()
    assert "gantt-critical" in page and "gantt-link" in page


def test_the_api_gives_the_path(portfolio: Portfolio, world: World, client_of: ClientOf) -> None:
    client, url = client_of(world.pmo), world.url("/api/v1/portfolio-critical-path/")
    said = client.get(url).json()
    assert [step["name"] for step in said["chain"]] == ["A1", "B1", "C1"]
    assert (said["large"], said["stale"], said["links_across"], said["critical_count"]) == (False, False, 2, 3)
    assert {one["code"]: one["slack_days"] for one in said["slack"]} == {"A": 0, "B": 0, "C": 0, "D": 2}
    to = client.get(url, {"milestone": str(portfolio.tasks["D1"].pk)}).json()
    assert [step["name"] for step in to["chain"]] == ["D1"]
    assert client.get(url, {"milestone": "1"}).status_code == 400
    assert client.get(url, {"programme": str(portfolio.tasks["D1"].pk)}).status_code == 404
    assert client.post(url).status_code == 202
    with patch.object(portfolio_path, "MOST_AT_ONCE", 0):
        cache.clear()
        started = client.post(url)
        assert started.status_code == 202 and started.json()["job"]["state"] == "queued"
        assert started.json()["chain"] == []
    assert client_of(world.reader).get(url).status_code == 403
