"""Purchase orders weigh on the budget's lines: committed until the invoices of their contract, spent with them; the
same cents on every screen."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.finance.actions import change_budget_line, delete_budget_line, set_budget
from portfolio.finance.models import BudgetLine, PurchaseOrder, PurchaseOrderLine
from portfolio.finance.order_actions import (
    OrderPart,
    add_order_line,
    change_order,
    change_order_line,
    create_order,
    delete_order,
    delete_order_line,
    restore_order,
)
from portfolio.finance.origins import line_origins
from portfolio.finance.queries import totals
from portfolio.treasury.actions import change_row, create_row, delete_row
from portfolio.treasury.models import Contract, ExchangeRate, Invoice
from tech4value.audit.actor import SYSTEM
from tests.portfolio.treasury.conftest import Treasury, contract
from tests.portfolio.treasury.pages import text
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def order(
    treasury: Treasury, number: str = "BC-1", parts: list[OrderPart] | None = None, **values: Any
) -> PurchaseOrder:
    """1 000 of services in March, 500 in April, unless told."""
    row = PurchaseOrder(
        **{
            "project": treasury.erp,
            "number": number,
            "supplier": "Éditeur SA",
            "ordered_on": date(2026, 1, 10),
            **values,
        }
    )
    held = [
        OrderPart("services", "opex", MARCH, Decimal(1000)),
        OrderPart("services", "opex", APRIL, Decimal(500)),
    ]
    return create_order(actor=SYSTEM, order=row, parts=held if parts is None else parts)


def bill(of: Contract, number: str, amount: str, day: date) -> Invoice:
    return create_row(
        actor=SYSTEM,
        row=Invoice(contract=of, number=number, issued_on=day, net_amount=Decimal(amount), vat_amount=None),
    )


def services(treasury: Treasury) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Committed, actual and forecast of the services, by month."""
    lines = BudgetLine.objects.filter(project=treasury.erp, category="services")
    return {line.month.month: (line.committed, line.actual, line.forecast) for line in lines}


def test_an_order_commits_and_its_invoices_spend(world: World, treasury: Treasury) -> None:
    with world.within():
        made = order(treasury)
    with world.within():
        assert services(treasury) == {3: (1000, 0, 1000), 4: (500, 0, 500)}
        supplier = contract("Conseil", "supplier", order=made)
        assert supplier.project == treasury.erp, "the order's"
        first = bill(supplier, "F1", "1200.50", date(2026, 2, 20))
    with world.within():
        found = services(treasury)
        assert found[2] == (0, Decimal("1200.50"), Decimal("1200.50"))
        assert (found[3][0], found[4][0]) == (0, Decimal("299.50"))
        amounts = totals([treasury.erp])[treasury.erp.pk]
        assert amounts.committed + amounts.actual == 1500
        change_row(actor=SYSTEM, row=first, values={"status": "cancelled"})
    with world.within():
        assert services(treasury)[4][0] == 500 and services(treasury)[2][1] == 0
        change_row(actor=SYSTEM, row=first, values={"status": "open"})
        change_order(actor=SYSTEM, order=made, values={"status": "closed"})
    with world.within():
        assert totals([treasury.erp])[treasury.erp.pk].committed == 0
        assert services(treasury)[2][1] == Decimal("1200.50")
        change_row(actor=SYSTEM, row=supplier, values={"order": None})
    with world.within():
        assert totals([treasury.erp])[treasury.erp.pk].actual == 0, "an invoice of no order is not of the budget"


def test_what_people_typed_stays_beside(world: World, treasury: Treasury) -> None:
    with world.within():
        line = set_budget(
            actor=SYSTEM,
            project=treasury.erp,
            category="services",
            nature="opex",
            month=MARCH,
            planned=Decimal(5000),
            committed=Decimal(200),
            actual=Decimal(70),
            forecast=Decimal(4000),
        )
        made = order(treasury)
    with world.within():
        line.refresh_from_db()
        assert (line.committed, line.ordered, line.actual, line.forecast) == (1200, 1000, 70, 4000)
        with pytest.raises(ValidationError) as refusal:
            change_budget_line(actor=SYSTEM, line=line, values={"committed": Decimal(999)})
        assert "l’engagé ne peut pas être moindre" in refusal.value.message_dict["committed"][0]
        with pytest.raises(ValidationError, match="Des commandes engagent"):
            delete_budget_line(actor=SYSTEM, line=line)
        with pytest.raises(ValidationError, match="Des commandes engagent"):
            change_budget_line(actor=SYSTEM, line=line, values={"category": "other"})
        change_budget_line(actor=SYSTEM, line=line, values={"committed": Decimal(1300)})
        bill(contract("Conseil", "supplier", order=made), "F1", "400", date(2026, 3, 20))
    with world.within():
        line.refresh_from_db()
        assert (line.committed, line.actual, line.ordered, line.invoiced) == (900, 470, 600, 400)
        for measure in line_origins(line):
            assert sum(part.amount for part in measure.parts) == measure.amount, measure.label
        committed, spent = line_origins(line)[1:3]
        assert [part.amount for part in committed.parts] == [600, 300]
        assert [part.amount for part in spent.parts] == [400, 70]


def test_lines_of_an_order_change_and_the_order_goes_and_comes_back(world: World, treasury: Treasury) -> None:
    with world.within():
        made = order(treasury)
        line = PurchaseOrderLine.objects.get(order=made, month=APRIL)
        change_order_line(actor=SYSTEM, line=line, values={"amount": Decimal("600.005")})
        add_order_line(
            actor=SYSTEM,
            line=PurchaseOrderLine(
                order=made, category="licences", nature="capex", month=date(2026, 5, 17), amount=Decimal(50)
            ),
        )
    with world.within():
        assert services(treasury)[4][0] == Decimal("600.01")
        assert totals([treasury.erp])[treasury.erp.pk].committed == Decimal("1650.01")
        delete_order_line(actor=SYSTEM, line=PurchaseOrderLine.objects.get(order=made, month=MARCH))
    with world.within():
        assert services(treasury)[3] == (0, 0, 0)
        delete_order(actor=SYSTEM, order=made)
    with world.within():
        assert totals([treasury.erp])[treasury.erp.pk].committed == 0
        restore_order(actor=SYSTEM, order=made)
    with world.within():
        assert totals([treasury.erp])[treasury.erp.pk].committed == Decimal("650.01")


def test_what_cannot_be(world: World, treasury: Treasury) -> None:
    with world.within():
        made = order(treasury, parts=[OrderPart("services", "opex", MARCH, Decimal(10))])
        only = PurchaseOrderLine.objects.get(order=made)
        for refused, words in (
            (lambda: order(treasury, "BC-0", parts=[]), "au moins une ligne"),
            (lambda: order(treasury), "déjà une commande de ce numéro"),
            (lambda: order(treasury, "BC-9", currency="USD"), "La devise USD n’a pas de cours au 10/01/2026"),
            (lambda: order(treasury, "BC-9", ordered_on=date(1950, 1, 1)), "entre 2000 et 2100"),
            (lambda: order(treasury, "BC-9", parts=[OrderPart("x", "opex", MARCH, Decimal(1))]), "pas une catégorie"),
            (
                lambda: order(treasury, "BC-9", parts=[OrderPart("other", "opex", MARCH, Decimal(0))]),
                "supérieur à zéro",
            ),
            (lambda: delete_order_line(actor=SYSTEM, line=only), "seule ligne"),
            (lambda: contract("Vente", "customer", order=made), "contrat de fournisseur"),
        ):
            with pytest.raises(ValidationError) as refusal:
                refused()
            assert words in " ".join(refusal.value.messages).replace("\u00a0", " "), refusal.value.messages
        bill(contract("Conseil", "supplier", order=made), "F1", "5", MARCH)
        with pytest.raises(ValidationError, match="a des factures"):
            delete_order(actor=SYSTEM, order=made)
        change_order(actor=SYSTEM, order=made, values={"status": "cancelled"})
        with pytest.raises(ValidationError, match="rouvrez-la"):
            change_order_line(actor=SYSTEM, line=only, values={"amount": Decimal(3)})


def test_another_currency_is_converted_at_the_rate_of_its_day(world: World, treasury: Treasury) -> None:
    with world.within():
        old = create_row(
            actor=SYSTEM, row=ExchangeRate(currency="USD", starts_on=date(2026, 1, 1), rate=Decimal("1.25"))
        )
        create_row(actor=SYSTEM, row=ExchangeRate(currency="USD", starts_on=date(2026, 3, 1), rate=Decimal("1.10")))
        made = order(treasury, currency="usd", parts=[OrderPart("services", "opex", MARCH, Decimal("100.00"))])
    with world.within():
        assert services(treasury)[3][0] == 80
        bill(contract("Conseil", "supplier", order=made, currency="USD"), "F1", "11", date(2026, 3, 5))
    with world.within():
        assert services(treasury)[3][:2] == (70, 10)
        with pytest.raises(ValidationError, match="gardez un cours"):
            delete_row(actor=SYSTEM, row=old)
        change_row(actor=SYSTEM, row=old, values={"rate": Decimal("1.00")})
    with world.within():
        assert services(treasury)[3][:2] == (90, 10), "the lines follow the rates"


def test_the_pages(world: World, treasury: Treasury, client_of: Sign) -> None:
    manager = client_of(world.manager)
    page = world.url(f"/budget/projects/{treasury.erp.pk}/orders/")
    assert "Aucune commande" in text(manager.get(page))
    sent = {
        "supplier": "Éditeur SA",
        "number": "BC-7",
        "ordered_on": "2026-01-10",
        "currency": "EUR",
        "category": "services",
        "nature": "opex",
        "month": "2026-03",
        "amount": "1 234,50",
    }
    assert manager.post(f"{page}new/", {**sent, "amount": ""}).status_code == 422
    assert manager.post(f"{page}new/", sent).status_code == 302
    assert "BC-7" in text(manager.get(page)) and "1 234,50 €" in text(manager.get(page))
    with world.within():
        made = PurchaseOrder.objects.get()
        line = PurchaseOrderLine.objects.get()
        cell = BudgetLine.objects.get(project=treasury.erp, category="services")
    one = world.url(f"/budget/orders/{made.pk}/")
    assert "rattachez un contrat" in text(manager.get(one))
    assert manager.get(f"{one}edit/").status_code == 200
    assert manager.post(f"{one}lines/new/", {**sent, "amount": "5"}).status_code == 302
    assert (
        manager.post(world.url(f"/budget/order-lines/{line.pk}/"), {**sent, "amount": "7", "version": 1}).status_code
        == 302
    )
    stale = manager.post(world.url(f"/budget/order-lines/{line.pk}/"), {**sent, "amount": "8", "version": 1})
    assert stale.status_code == 409
    origin = text(client_of(world.executive).get(world.url(f"/budget/lines/{cell.pk}/origin/")))
    assert "Commande BC-7, Éditeur SA" in origin and "12 €" in origin.replace(",00", "")
    assert "BC-7" in text(manager.get(world.url("/budget/orders/")))
    assert client_of(world.executive).post(f"{one}delete/").status_code == 403
    assert manager.post(world.url(f"/budget/order-lines/{line.pk}/delete/")).status_code == 302
    assert manager.post(world.url(f"/budget/order-lines/{line.pk}/restore/")).status_code == 204
    assert manager.post(f"{one}delete/").status_code == 302
    assert manager.post(f"{one}restore/").status_code == 204
    form = text(client_of(world.admin).get(world.url(f"/cash/contracts/{treasury.licences.pk}/edit/")))
    assert "Commande" in form


def test_the_api(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.manager)
    url, lines = world.url("/api/v1/purchase-orders/"), world.url("/api/v1/purchase-order-lines/")
    part = {"category": "services", "nature": "opex", "month": "2026-03-05", "amount": "10.00"}
    body = {"project": str(treasury.erp.pk), "number": "BC", "supplier": "X", "ordered_on": "2026-01-10"}
    assert client.post(url, body, content_type=JSON).status_code == 400
    made = client.post(url, {**body, "lines": [part]}, content_type=JSON)
    assert made.status_code == 201 and made.json()["lines"][0]["amount"] == "10.00"
    one = f"{url}{made.json()['id']}/"
    assert client.patch(one, {"status": "closed", "version": 1}, content_type=JSON).json()["status"] == "closed"
    assert client.patch(one, {"status": "open", "version": 1}, content_type=JSON).status_code == 409
    refused = client.post(lines, {**part, "order": made.json()["id"]}, content_type=JSON)
    assert refused.status_code == 400 and "rouvrez-la" in refused.json()["detail"]
    client.patch(one, {"status": "open"}, content_type=JSON)
    added = client.post(lines, {**part, "order": made.json()["id"]}, content_type=JSON)
    assert added.status_code == 201
    assert len(client.get(f"{lines}?order={made.json()['id']}").json()["results"]) == 2
    assert client.delete(f"{lines}{added.json()['id']}/").status_code == 204
    assert client_of(world.executive).delete(one).status_code == 403
    assert client.delete(one).status_code == 204


def test_the_number_of_queries_does_not_depend_on_the_number_of_orders(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.executive)
    paths = [world.url(f"/budget/projects/{treasury.erp.pk}/orders/"), world.url("/budget/orders/")]

    def once() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            found.append(len(captured))
        return found

    def counts() -> list[int]:
        """What is noted of a session once in a while is not counted."""
        return [min(pair) for pair in zip(once(), once(), strict=True)]

    with world.within():
        for number in range(3):
            order(treasury, f"BC-{number}")
    few = counts()
    with world.within():
        for number in range(3, 30):
            order(treasury, f"BC-{number}")
    assert counts() == few
