"""What a project sells becomes the revenue of its returns; how VAT is declared, by the API."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portfolio.finance.benefits_actions import create_benefit
from portfolio.finance.benefits_models import BenefitSource
from portfolio.finance.benefits_queries import cases_of
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import ExchangeRate, Invoice
from tech4value.audit.actor import SYSTEM
from tests.portfolio.treasury.conftest import TODAY, Treasury, contract, instalment
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"
D = Decimal


@pytest.fixture(autouse=True)
def _revenues_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.treasury.revenues.clock_today", lambda *_tenant: TODAY)
    monkeypatch.setattr("portfolio.treasury.settings_api.today", lambda *_tenant: TODAY)
    monkeypatch.setattr("portfolio.finance.benefits_queries.today", lambda *_tenant: TODAY)


def test_invoices_sent_and_to_come_are_the_revenue_of_their_year(world: World, treasury: Treasury) -> None:
    """A subscription of 100 dollars a quarter for 2026 at 1.25 (80.00), of which January is invoiced 90.10 (72.08);
    500 euros by a date in 2027; what the supplier sells counts nowhere."""
    with world.within():
        project = treasury.erp
        treasury.sale.instalments.all().delete()
        create_row(actor=SYSTEM, row=ExchangeRate(currency="USD", starts_on=date(2025, 1, 1), rate=D("1.25")))
        sold = contract("Abonnement", "customer", project=project, currency="USD")
        quarter = instalment(
            sold, "Trimestre", amount=D(100), trigger_kind="recurrence", every="quarter",
            starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        )  # fmt: skip
        once = contract("Licence", "customer", project=project, net_amount=D(500))
        instalment(once, "Tout", share=D(1), trigger_kind="date", starts_on=date(2027, 2, 1))
        create_row(
            actor=SYSTEM,
            row=Invoice(
                contract=sold, instalment=quarter, period_on=date(2026, 1, 1), number="F-1",
                issued_on=date(2026, 1, 2), net_amount=D("90.10"),
            ),
        )  # fmt: skip
        create_benefit(actor=SYSTEM, project=project, name="Ventes", kind="revenue", source=BenefitSource.CONTRACTS)
        case = cases_of([project])[project.pk]
        years = {year: (one.expected, one.realised) for year, one in case.benefits[0].years.items()}
        assert years == {2026: (D("320.00"), D("72.08")), 2027: (D("500.00"), None)}
        assert case.current is not None
        assert (case.current.revenue, case.current.margin) == (D("820.00"), D("820.00"))
        assert [one.label for one in case.benefits[0].revenues][:2] == ["Abonnement, F-1", "Abonnement, Trimestre"]


def test_the_tab_of_a_project_that_sells_shows_its_margin(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        create_benefit(
            actor=SYSTEM, project=treasury.erp, name="Ventes", kind="revenue", source=BenefitSource.CONTRACTS
        )
    page = client_of(world.manager).get(world.url(f"/budget/projects/{treasury.erp.pk}/benefits/"))
    shown = page.content.decode()
    assert page.status_code == 200 and "suit les contrats" in shown and "Marge" in shown


def test_vat_settings(world: World, treasury: Treasury, client_of: Sign) -> None:
    url = world.url("/api/v1/vat-settings/")
    client = client_of(world.executive)
    told = client.get(url).json()
    assert (told["vat_return_day"], told["vat_credit"], told["version"]) == (20, "0.00", 0)
    assert (told["rates"]["standard"], told["rates"]["reduced"]) == ("0.2000", "0.0550")
    assert client_of(world.manager).get(url).status_code == 403
    for body in ({"vat_return_day": 31}, {"vat_credit": "-1"}, {"vat_return_day": "x"}, {"day": 1}):
        assert client.patch(url, body, content_type=JSON).status_code == 400, body
    changed = client.patch(url, {"vat_return_day": 24, "vat_credit": "310.40"}, content_type=JSON)
    assert (changed.status_code, changed.json()["version"]) == (200, 1), changed.json()
    assert client.patch(url, {"vat_return_day": 3, "version": 0}, content_type=JSON).status_code == 409
    rate = {"kind": "reduced", "starts_on": "2026-01-01", "rate": "0.06"}
    assert client.post(world.url("/api/v1/vat-rates/"), rate, content_type=JSON).status_code == 201
    assert client.get(url).json()["rates"]["reduced"] == "0.0600"
    months = client.get(world.url("/api/v1/cash-months/"))
    assert months.status_code == 200
