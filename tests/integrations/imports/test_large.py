"""Large workbooks: statements that hardly grow with the rows, previews and undos by a job."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.imports.actions import begin, bring_workbook, read_kept, run_import
from integrations.imports.models import ImportState
from integrations.imports.undoing import LARGE_BATCH
from portfolio.finance.models import BudgetLine
from portfolio.people.actions import create_pole
from portfolio.projects.actions import change_project
from portfolio.projects.models import Project
from portfolio.risks.models import Risk
from tests.integrations.imports.files import large_portfolio, sample, strangers
from tests.integrations.imports.test_screens import bring, only, text
from tests.world import World

Sign = Callable[[Any], Client]


def statements(world: World, content: bytes) -> tuple[int, float]:
    """How many statements reading and writing a workbook take, and how long."""
    member = world.memberships["pmo"]
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        row = bring_workbook(actor=member.actor, member=member, name="grand.xlsx", content=content)
        if row.state == ImportState.READING:
            read_kept(member=member, row=row)
        assert row.preview["ok"], row.preview["problems"][:3]
        row = begin(actor=member.actor, row=row)
        run_import(actor=member.actor, member=member, row=row)
    return len(captured), time.perf_counter() - start


def test_ten_thousand_rows_take_few_statements(world: World) -> None:
    with world.within():
        create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
        few, _seconds = statements(world, large_portfolio(1000))
        many, seconds = statements(world, large_portfolio(10_000))
        assert BudgetLine.objects.count() == 7_200 and Risk.objects.count() == 1_700
        print(f"\n1 000 rows: {few} statements; 10 000 rows: {many} statements, {seconds:.1f} s")
        # Inserts go by the thousand and each project takes one lock by sheet: about 40 statements per 1 000 rows.
        assert (many - few) / 9 <= 40


def test_a_large_workbook_is_previewed_and_undone_by_jobs(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
    client = client_of(world.pmo)
    url = bring(client, world, large_portfolio(2_100)).headers["Location"]
    row = only(world)
    assert row.state == ImportState.PREVIEWED and row.preview["ok"]
    with world.within():
        assert row.job.kind == "imports.preview" and row.job.state == "done"
    client.post(f"{url}run/")
    row = only(world)
    assert row.state == ImportState.DONE and row.result["created"] > LARGE_BATCH
    with world.within():
        change_project(
            actor=world.memberships["admin"].actor,
            project=Project.objects.get(code="P0003"),
            values={"name": "Autre"},
        )
    assert client.post(f"{url}undo/").status_code == 302
    page = text(client.get(url))
    assert only(world).state == ImportState.DONE
    assert "Rien n’a été annulé" in page and "Alice Administratrice" in page


def test_a_large_file_that_says_nothing_fails_with_its_reason(live_world: World, client_of: Sign) -> None:
    client = client_of(live_world.pmo)
    url = bring(client, live_world, strangers(2_100)).headers["Location"]
    row = only(live_world)
    assert row.state == ImportState.FAILED
    page = text(client.get(url))
    assert "Aucune feuille n’est reconnue" in page and "/run/" not in page
    assert client.post(f"{url}run/").status_code == 422


def test_a_large_plan_is_read_by_a_job(live_world: World, client_of: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.imports.actions.LARGE_PLAN", 1_000)
    world = live_world
    with world.within():
        pole = create_pole(actor=world.memberships["pmo"].actor, code="IT", name="Informatique")
    client = client_of(world.pmo)
    bring(client, world, sample("plan-projet.xml"), "plan", code="vpn", pole=str(pole.pk))
    row = only(world)
    assert row.state == ImportState.PREVIEWED and row.preview["ok"] and row.preview["new_project"]["code"] == "VPN"
    with world.within():
        assert row.job.kind == "imports.preview"
