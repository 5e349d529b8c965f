"""The treasury through the API."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portfolio.treasury.models import Contract, ContractInstalment, Invoice
from tests.portfolio.treasury.conftest import Treasury
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"


def test_a_contract_its_instalment_its_invoice_and_payments(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.executive)

    def post(path: str, **body: Any) -> Any:
        return client.post(world.url(f"/api/v1/{path}/"), body, content_type=JSON)

    erp = str(treasury.erp.pk)
    one = post(
        "contracts", name="Étude", counterparty="Cabinet", direction="supplier", project=erp, net_amount="1000.10",
        term_kind="eom_days", term_days=45,
    )  # fmt: skip
    assert one.status_code == 201, one.json()
    contract = one.json()["id"]
    both = post("contract-instalments", contract=contract, name="Tout", amount="1", share="0.5", trigger_kind="date")
    assert both.status_code == 400
    assert "l’un des deux" in both.json()["errors"][0]["detail"]
    made = post(
        "contract-instalments", contract=contract, name="Tout", share="1", trigger_kind="plan",
        milestone=str(treasury.golive.pk),
    )  # fmt: skip
    assert made.status_code == 201, made.json()
    bill = post(
        "invoices", contract=contract, instalment=made.json()["id"], number="C-9", issued_on="2026-01-14",
        net_amount="1000.10",
    )  # fmt: skip
    assert bill.status_code == 201, bill.json()
    assert (bill.json()["vat_amount"], bill.json()["due_on"]) == ("200.02", "2026-03-17")
    twice = post(
        "invoices", contract=contract, instalment=made.json()["id"], number="C-10", issued_on="2026-01-14",
        net_amount="1",
    )  # fmt: skip
    assert "La facture C-9 est déjà celle de cette échéance." in str(twice.json())
    paid = post(
        "payments", account=str(treasury.account.pk), kind="invoice", invoice=bill.json()["id"], paid_on="2026-01-15",
        amount="200.12",
    )  # fmt: skip
    assert paid.status_code == 201, paid.json()
    url = world.url(f"/api/v1/invoices/{bill.json()['id']}/")
    assert client.get(url).json()["rest"] == "1000.00"
    stale = client.patch(url, {"number": "C-9b", "version": 7}, content_type=JSON)
    assert stale.status_code == 409
    assert client.patch(url, {"number": "C-9b", "version": 1}, content_type=JSON).json()["version"] == 2
    assert client.delete(url).status_code == 400
    assert client.delete(world.url(f"/api/v1/payments/{paid.json()['id']}/")).status_code == 204
    assert client.delete(url).status_code == 204


def test_the_plan_is_read_by_month_week_flow_and_project(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.executive)
    months = client.get(world.url("/api/v1/cash-months/")).json()
    assert len(months) == 12
    assert months[0]["opening"] == "100000.50"
    assert len(client.get(world.url("/api/v1/cash-weeks/")).json()) == 13
    receipts = client.get(world.url("/api/v1/cash-flows/?kind=receipt")).json()
    assert [(one["day"], one["amount"]) for one in receipts] == [("2026-04-09", "60000.06")]
    assert receipts[0]["trigger"] == f"milestone:{treasury.golive.pk}"
    assert client.get(world.url("/api/v1/cash-flows/?kind=x")).status_code == 400
    (erp,) = client.get(world.url("/api/v1/cash-contributions/?month=2026-02-09")).json()
    assert erp["project"] == str(treasury.erp.pk)
    assert Decimal(erp["lowest_without"]) - Decimal(erp["lowest"]) == Decimal("36000.40")
    assert client.get(world.url("/api/v1/cash-contributions/?month=2031-02-09")).status_code == 404
    assert client.get(world.url("/api/v1/cash-contributions/")).status_code == 400


def test_before_any_account_the_plan_is_empty(world: World, client_of: Sign) -> None:
    client = client_of(world.executive)
    for path in ("cash-months", "cash-weeks", "cash-flows"):
        assert client.get(world.url(f"/api/v1/{path}/")).json() == []


@pytest.mark.parametrize("path", ["bank-accounts", "contracts", "invoices", "payments", "cash-months", "cash-flows"])
def test_who_may_and_whose(world: World, treasury: Treasury, client_of: Sign, path: str) -> None:
    assert client_of(world.manager).get(world.url(f"/api/v1/{path}/")).status_code == 403
    shown = client_of(world.pmo).get(world.url(f"/api/v1/{path}/"))
    assert shown.status_code == 200
    assert "Secret" not in str(shown.json())
    client = client_of(world.admin)
    assert client.get(world.url(f"/api/v1/contracts/{treasury.their_contract.pk}/")).status_code == 404
    body = {"contract": str(treasury.their_contract.pk), "name": "x", "amount": "1", "trigger_kind": "date"}
    foreign = client.post(world.url("/api/v1/contract-instalments/"), body, content_type=JSON)
    assert foreign.status_code == 400
    assert client.get(world.url("/api/v1/contracts/?wrong=1")).status_code == 400
    with world.within():
        assert ContractInstalment.objects.count() == 2
        assert Contract.objects.count() == 2
        assert Invoice.objects.count() == 1
