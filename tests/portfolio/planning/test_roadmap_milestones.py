"""The roadmap's diamonds: where the tasks that stand for a milestone put it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.drift.models import DriftAlert
from portfolio.drift.watch import watch
from portfolio.planning.gantt_rows import minutes
from portfolio.planning.roadmap_links import RoadmapLinks
from portfolio.planning.roadmap_rows import NOON, roadmap_rows
from portfolio.projects.actions import create_milestone, reach_milestone
from portfolio.projects.models import Milestone, Project
from tech4value.figures.formats import date_short
from tech4value.tenancy.clock import today
from tests.portfolio.planning.across import Portfolio
from tests.world import World

ClientOf = Callable[[Any], Client]


@pytest.fixture
def portfolio(world: World) -> Portfolio:
    return Portfolio(world)


@pytest.fixture
def now(world: World) -> date:
    with world.within():
        return today()


def promised(portfolio: Portfolio, code: str, due_on: date) -> Milestone:
    with portfolio.within():
        return create_milestone(
            actor=portfolio.actor, project=portfolio.projects[code], name=f"Livré {code}", due_on=due_on
        )


def test_a_milestone_is_drawn_where_its_unfinished_tasks_end(
    portfolio: Portfolio, world: World, client_of: ClientOf, now: date
) -> None:
    """The plan slips after the due date: the roadmap says what the alert says."""
    due = now + timedelta(days=10)
    portfolio.project("A")
    milestone = promised(portfolio, "A", due)
    begins = datetime.combine(due, time(9))
    portfolio.task("A1", 20, milestone=milestone, starts_at=begins)
    portfolio.task("A2", 3, milestone=milestone, starts_at=begins)
    client = client_of(world.pmo)

    def drawn() -> tuple[int, int]:
        """The diamond and the promise that it is compared with."""
        rows = client.get(world.url("/plans/rows/")).json()["rows"]
        (row,) = [row for row in rows if row[2] == "Livré A"]
        assert row[5] == row[6]
        return row[5], row[15]

    def at(day: date) -> int | None:
        return minutes(datetime.combine(day, NOON))

    with portfolio.within():
        end = portfolio.get("A1").ends_at.date()
        watch(None)
        assert DriftAlert.objects.get(kind="milestone_late").forecast_on == end
    assert end > due + timedelta(days=20)
    assert drawn() == (at(end), at(due))
    page = client.get(world.url("/plans/")).content.decode()
    assert f"Livré A, prévu le {date_short(end, 'fr')}" in page

    # What is done holds nothing back any more.
    portfolio.change("A1", percent_complete=Decimal(1))
    with portfolio.within():
        second = portfolio.get("A2").ends_at.date()
    assert due < second < end and drawn() == (at(second), at(due))
    portfolio.change("A2", percent_complete=Decimal(1))
    assert drawn() == (at(due), at(due))
    # A milestone that is met is where it was met, whatever its tasks say.
    portfolio.change("A1", percent_complete=Decimal(0))
    with portfolio.within():
        reach_milestone(actor=portfolio.actor, milestone=Milestone.objects.get(), on=now)
    assert drawn() == (at(now), at(due))


def test_as_many_statements_for_thirty_projects_as_for_three(portfolio: Portfolio, now: date) -> None:
    def count(codes: str) -> int:
        for code in codes:
            portfolio.project(code)
            portfolio.task(f"{code}1", milestone=promised(portfolio, code, now), schedule=False)
        with portfolio.within():
            projects = list(Project.objects.select_related("pole", "manager", "programme"))
            with CaptureQueriesContext(connection) as seen:
                roadmap_rows(projects, RoadmapLinks())
        return len(seen)

    assert count("ABC") == count("DEFGHIJKLMNOPQRSTUVWXYZ0123") == 3
