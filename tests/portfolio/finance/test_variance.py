"""Where the variance of budgets comes from: facts of the lines, versions, transfers and rates; pages, files, API."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import BudgetEntry, change_budget_line, set_budget_lines
from portfolio.finance.domain.variance import Cause, Causes
from portfolio.finance.domain.versions import Place
from portfolio.finance.exchange import register_exchange
from portfolio.finance.models import BudgetLine, PurchaseOrder
from portfolio.finance.order_actions import OrderPart, create_order
from portfolio.finance.queries import Period, totals
from portfolio.finance.transfer_actions import transfer, undo_transfer
from portfolio.finance.variance_origins import made_of
from portfolio.finance.variance_queries import ProjectVariance, variances_of
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    propose_initial,
    propose_version,
    start_version,
)
from portfolio.finance.versions import lines_plan
from portfolio.people.rates import create_rate
from portfolio.projects.models import Project
from portfolio.timesheets.period_actions import change_time_settings
from tech4value.audit.actor import SYSTEM
from tests.portfolio.finance.conftest import Budgets, entry, project
from tests.portfolio.finance.test_envelopes import line as envelope_line
from tests.portfolio.finance.test_envelopes import shared
from tests.portfolio.timesheets.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.portfolio.timesheets.test_costs import approved as approved_time
from tests.world import World

Sign = Callable[[Any], Client]
D = Decimal
HTMX = {"HX-Request": "true", "HX-Target": "panel"}
MARCH = date(2026, 3, 1)


def text(response: Any) -> str:
    return str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")


def explained(row: Project) -> ProjectVariance:
    return variances_of([row])[row.pk]


def causes(row: Project) -> dict[str, Causes]:
    return {one.category: one.causes for one in explained(row).rows}


def approve_initial(row: Project) -> None:
    approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=row, reason="Accord"))


def move(row: Project, amount: str) -> Any:
    """From the licences of February to the services of January."""
    source = BudgetLine.objects.get(project=row, category="licences", month=date(2026, 2, 1))
    source.project = row
    return transfer(
        actor=SYSTEM,
        source=source,
        project=row,
        category="services",
        nature="opex",
        month=date(2026, 1, 1),
        amount=D(amount),
        reason="Renfort",
    )


def revise(row: Project, changes: dict[Place, str], reason: str) -> None:
    version = start_version(actor=SYSTEM, project=row, reason=reason)
    plan = {**lines_plan(row), **{place: D(amount) for place, amount in changes.items()}}
    change_version(actor=SYSTEM, version=version, values={"plan": plan})
    propose_version(actor=SYSTEM, version=version, reason=reason)
    approve_version(actor=SYSTEM, version=version)


def test_typed_amounts_are_not_explained_and_what_changes_month_is_a_date(world: World, budgets: Budgets) -> None:
    with world.within():
        found = explained(budgets.erp)
        assert found.reference is None
        assert causes(budgets.erp) == {"licences": Causes(rest=D("449.70")), "services": Causes(rest=D("10.33"))}
        january = found.within(Period(date(2026, 1, 1), date(2026, 1, 1)))
        assert [one.causes for one in january.rows] == [Causes(date=D("-50.10")), Causes(rest=D("10.33"))]
        assert (found.total.reference, found.total.forecast) == (D("3300.30"), D("3760.33"))
        assert found.total.causes.total == found.total.variance == D("460.03")


def test_transfers_and_revisions_are_scope_and_say_which(world: World, budgets: Budgets) -> None:
    with world.within():
        approve_initial(budgets.erp)
        move(budgets.erp, "200")
        gone = move(budgets.erp, "50")
        revise(budgets.erp, {("services", "opex", date(2026, 4, 1)): "500"}, "Nouvelle interface")
        undo_transfer(actor=SYSTEM, transfer=gone)
        move(budgets.erp, "30")
        found = explained(budgets.erp)
        assert found.reference is not None and found.reference.number == 0
        licences, services = found.rows
        # The forecasts of transfers do not move by themselves: what is not yet foreseen is said.
        assert licences.causes == Causes(scope=D(-230), rest=D("679.70"))
        assert services.causes == Causes(scope=D(730), rest=D("-219.67"))
        assert found.total.causes.scope == 500
        made = made_of(found, services, Cause.SCOPE, rates=True, times=True)
        assert sum(part.amount for part in made.parts) == made.amount == 730
        assert sorted(part.amount for part in made.parts) == [30, 200, 500]
        assert any("Nouvelle interface" in part.label for part in made.parts)
        out = made_of(found, licences, Cause.SCOPE, rates=True, times=True)
        assert sorted(part.amount for part in out.parts) == [-200, -30]
        # Against the revision, only what came after it.
        later = variances_of([budgets.erp], 1)[budgets.erp.pk]
        assert [row.causes.scope for row in later.rows] == [D(20), D(-20)]


def test_a_line_in_no_budget_and_one_withdrawn(world: World, budgets: Budgets) -> None:
    with world.within():
        approve_initial(budgets.site)
        set_budget_lines(
            actor=SYSTEM,
            project_lines={budgets.site: [BudgetEntry("other", "opex", MARCH, forecast=D(70))]},
        )
        line = BudgetLine.objects.get(project=budgets.site, category="staff")
        change_budget_line(
            actor=SYSTEM,
            line=line,
            values={"committed": D(0), "actual": D(0), "forecast": D(0)},
            version=line.version,
        )
        found = causes(budgets.site)
        assert found == {"staff": Causes(scope=D(-5000)), "other": Causes(scope=D(70))}


def test_what_an_envelope_gives_is_its_own_reference(world: World, budgets: Budgets) -> None:
    with world.within():
        approve_initial(budgets.erp)
    shared(world, budgets, lines=[envelope_line(3, "100.00", forecast=D(120))])
    with world.within():
        found = explained(budgets.erp)
        part = next(row for row in found.rows if (row.category, row.nature) == ("licences", "opex"))
        assert (part.reference, part.forecast) == (D("32.50"), D("39.00"))
        assert part.causes == Causes(rest=D("6.50"))
        assert found.total.forecast == totals([budgets.erp])[budgets.erp.pk].forecast


@pytest.fixture
def paid(world: World, desk: Desk) -> Desk:  # noqa: F811 - the fixture
    """March: 2 000 of staff planned, 2 800 expected; Mehdi worked five days, two at 500 and three at 600. April:
    1 000 planned, 1 200 expected, which is his new rate. Planned rates are those of the first month."""
    with world.within():
        set_budget_lines(
            actor=desk.actor,
            project_lines={
                desk.erp: [
                    BudgetEntry("staff", "opex", MARCH, D(2000), forecast=D(2800)),
                    BudgetEntry("staff", "opex", date(2026, 4, 1), D(1000), forecast=D(1200)),
                ]
            },
        )
        create_rate(actor=desk.actor, person=desk.mehdi, valid_from=date(2026, 3, 4), daily_rate=D(600))
        approved_time(world, desk, [420] * 5)
    with world.within():
        change_time_settings(actor=desk.actor, values={"staff_costs_from": MARCH})
    return desk


def test_days_and_rates_are_told_apart(world: World, paid: Desk) -> None:
    with world.within():
        found = explained(paid.erp)
        (row,) = found.rows
        # March: 3 days x 100 of rate, and 5 days x 500 where 2 000 were planned; April: the known rate.
        assert [one.causes for one in row.months] == [
            Causes(rate=D(300), volume=D(500)),
            Causes(rate=D(200)),
        ]
        made = made_of(found, row, Cause.RATE, rates=True, times=True)
        assert [part.amount for part in made.parts] == [300, 200]
        assert "Mehdi" in made.parts[0].label and "3,0" in made.parts[0].label and made.parts[0].url
        hidden = made_of(found, row, Cause.RATE, rates=False, times=False)
        assert [part.amount for part in hidden.parts] == [300, 200]
        assert not any("Mehdi" in part.label or part.url for part in hidden.parts)
        (volume,) = made_of(found, row, Cause.VOLUME, rates=False, times=False).parts
        assert (volume.amount, volume.label) == (500, "Plus de jours que prévu"), "days would say the rate"
        (volume,) = made_of(found, row, Cause.VOLUME, rates=True, times=True).parts
        assert "1,0 jours de plus" in volume.label.replace("\u00a0", " ")


def test_an_exchange_rate_is_a_price(world: World, budgets: Budgets, monkeypatch: pytest.MonkeyPatch) -> None:
    from portfolio.finance import exchange, orders

    with world.within():
        monkeypatch.setattr(exchange, "_readers", [])
        register_exchange(lambda: {"USD": [(date(2026, 1, 1), D("1.25")), (date(2026, 2, 1), D("1"))]})
        order = create_order(
            actor=SYSTEM,
            order=PurchaseOrder(
                project=budgets.erp,
                number="C-1",
                supplier="Éditeur",
                ordered_on=date(2026, 1, 5),
                currency="USD",
            ),
            parts=[OrderPart("licences", "capex", date(2026, 2, 1), D(500))],
        )
        invoice = orders.OrderInvoice(order.pk, "F-7", date(2026, 2, 9), D(500), "USD", "")
        monkeypatch.setattr(orders, "_readers", [lambda keys: [invoice] if order.pk in keys else []])
        found = explained(budgets.erp)
        row = found.rows[0]
        assert row.causes.rate == 100, "400 at the order's day, 500 at the invoice's"
        (part,) = made_of(found, row, Cause.RATE, rates=False, times=False).parts
        assert part.amount == 100 and "F-7" in part.label and "C-1" in part.label and str(order.pk) in part.url
        assert row.reference + row.causes.total == row.forecast


def test_the_project_page_opens_what_makes_each_amount(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        approve_initial(budgets.erp)
        move(budgets.erp, "200")
    client = client_of(world.executive)
    url = world.url(f"/budget/projects/{budgets.erp.pk}/variance/")
    page = text(client.get(url))
    for words in ("D’où vient l’écart", "Périmètre", "+200,00 €", "-200,00 €", "+460,03 €", "Initiale", "<svg"):
        assert words in page.replace("\u2212", "-"), words
    cell = f"{url}services/opex/scope/"
    assert cell in page
    panel = text(client.get(cell, headers=HTMX))
    assert "Renfort" in panel and "+200,00 €" in panel
    assert "+50,10 €" in text(client.get(f"{url}licences/capex/date/?year=2026"))
    for wrong in ("services/opex/magic/", "magic/opex/scope/", "services/capex/scope/"):
        assert client.get(url + wrong).status_code == 404
    assert client.get(f"{url}?year=2031&reference=9").status_code == 200
    assert client_of(world.member).get(url).status_code in {403, 404}
    theirs = world.url(f"/budget/projects/{budgets.theirs.pk}/variance/")
    for path in ("", "export/", "licences/opex/rest/"):
        assert client.get(theirs + path).status_code == 404


def test_a_project_without_a_budget_is_told_what_to_do(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        empty = project(budgets.erp.pole, "VIDE")
    page = client_of(world.executive).get(world.url(f"/budget/projects/{empty.pk}/variance/"))
    assert "Aucun écart à expliquer" in text(page)
    assert (
        client_of(world.executive).get(world.url(f"/budget/projects/{empty.pk}/variance/export/")).status_code == 200
    )
    listed = text(client_of(world.executive).get(world.url("/budget/variance/?sort=scope")))
    assert "Aucun budget" in listed


def rows_of(response: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_portfolio_adds_up_everywhere(world: World, budgets: Budgets, client_of: Sign) -> None:
    with world.within():
        approve_initial(budgets.erp)
        move(budgets.erp, "200")
        revise(budgets.erp, {("services", "opex", date(2026, 4, 1)): "500"}, "Interface")
    client = client_of(world.executive)
    page = text(client.get(world.url("/budget/variance/"))).replace("\u2212", "-")
    assert "Projet ERP" in page and "+500,00 €" in page and "AILLEURS" not in page
    head, *lines = rows_of(client.get(world.url("/budget/variance/export/?sort=name")))
    assert head[:2] == ("Code", "Projet") and head[-1] == "Écart"
    assert [line[0] for line in lines] == ["ERP", "SITE", None]
    for column in range(2, len(head)):
        assert round(sum(line[column] for line in lines[:-1]), 2) == lines[-1][column]
    for line in lines:
        assert round(sum(line[3:8]), 2) == line[-1] == round(line[-2] - line[2], 2)
    total = client.get(world.url("/api/v1/budget-variances-total/")).json()["total"]
    assert float(total["causes"]["scope"]) == lines[-1][3]
    assert float(total["variance"]) == lines[-1][-1]
    for sort in ("name", "-scope", "volume", "rate", "-date", "rest", "variance", "-forecast", "x"):
        assert client.get(world.url(f"/budget/variance/?sort={sort}&year=2026&nature=opex")).status_code == 200
    assert client_of(world.member).get(world.url("/budget/variance/")).status_code == 403


def test_the_api_says_each_month(world: World, budgets: Budgets, client_of: Sign) -> None:
    client = client_of(world.executive)
    url = world.url("/api/v1/budget-variances/")
    listed = {one["code"]: one for one in client.get(url).json()["results"]}
    assert set(listed) == {"ERP", "SITE"} and listed["ERP"]["reference_version"] is None
    assert listed["ERP"]["total"]["causes"]["rest"] == "460.03"
    one = client.get(f"{url}{budgets.erp.pk}/").json()
    assert [row["category"] for row in one["rows"]] == ["licences", "services"]
    assert one["rows"][0]["months"][0]["causes"]["date"] == "-50.10"
    assert client.get(f"{url}{budgets.theirs.pk}/").status_code == 404
    assert client.get(f"{url}?colour=red").status_code == 400
    assert client_of(world.member).get(url).status_code == 403


def test_statements_do_not_grow_with_projects(world: World, paid: Desk, client_of: Sign) -> None:
    client = client_of(world.executive)
    paths = [world.url("/budget/variance/"), world.url("/api/v1/budget-variances/")]

    def counts() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found.append(len(queries))
        return found

    for path in paths:
        client.get(path)
    few = counts()
    with world.within():
        more = [project(paid.it, f"P{number}") for number in range(27)]
        set_budget_lines(actor=SYSTEM, project_lines={one: [entry("staff", "opex", 3, "10")] for one in more})
        for one in more[:9]:
            approve_initial(one)
    assert counts() == few
