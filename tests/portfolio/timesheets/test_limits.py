"""What the work rules say of a week of time: told to who fills it and who approves it, never refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from portfolio.people.actions import change_person
from portfolio.timesheets.actions import enter_time
from portfolio.timesheets.review_actions import submit_week
from tests.portfolio.timesheets.conftest import WEEK, Desk
from tests.portfolio.timesheets.test_week import cell, text
from tests.world import World

Sign = Callable[[Any], Client]
PAGE = f"/time/weeks/{WEEK.isoformat()}/"


def bind(world: World, desk: Desk, **values: Any) -> None:
    with world.within():
        change_person(actor=desk.actor, person=desk.mehdi, values=values)


def work(world: World, desk: Desk, minutes: int, *days: int) -> None:
    """So many minutes on these days, counted from the Monday of the week."""
    with world.within():
        for day in days:
            enter_time(
                actor=world.memberships["member"].actor,
                person=desk.mehdi,
                subject=desk.subject,
                day=WEEK + timedelta(days=day),
                minutes=minutes,
            )


def test_hours_beyond_the_contract_are_told_as_they_are_typed(world: World, desk: Desk, client_of: Sign) -> None:
    bind(world, desk, work_regime="hours")
    work(world, desk, 480, 1, 2, 3)
    client = client_of(world.member)
    within = cell(client, world, desk, "11")
    said = [one.replace("\u00a0", " ") for one in within.json()["limits"]]
    assert said == ["Durée quotidienne : le lundi compte 11 h, pour 10 h au plus."]
    work(world, desk, 480, 4)
    page = text(client.get(world.url(PAGE)))
    assert "Durée hebdomadaire : 43 h, soit 8 h de plus que les 35 h du contrat." in page
    assert "Durée quotidienne : le lundi compte 11 h, pour 10 h au plus." in page


def test_a_person_without_a_regime_is_told_nothing(world: World, desk: Desk, client_of: Sign) -> None:
    work(world, desk, 720, 0, 1, 2, 3, 4, 5, 6)
    page = text(client_of(world.member).get(world.url(PAGE)))
    assert "Durée" not in page and "Forfait" not in page and "Repos" not in page


def test_a_days_package_counts_days_and_halves_and_tells_its_end(world: World, desk: Desk, client_of: Sign) -> None:
    bind(world, desk, work_regime="days", yearly_days=2)
    work(world, desk, 420, 0)
    work(world, desk, 210, 1)
    client = client_of(world.member)
    page = text(client.get(world.url(PAGE)))
    assert "Forfait jours : 1,5 jours travaillés sur 2 en 2026." in page and "dépassé" not in page
    work(world, desk, 420, 2)
    page = text(client.get(world.url(PAGE)))
    assert "Forfait jours dépassé : 2,5 jours travaillés en 2026 pour 2 prévus, soit 0,5 de trop." in page


def test_the_manager_who_approves_reads_the_same(world: World, desk: Desk, client_of: Sign) -> None:
    bind(world, desk, work_regime="days")
    work(world, desk, 60, *range(7))
    with world.within():
        submit_week(actor=world.memberships["member"].actor, person=desk.mehdi, week=WEEK)
    page = text(client_of(world.pole_manager).get(world.url("/time/review/")))
    assert "Repos hebdomadaire : du temps est saisi les sept jours" in page
