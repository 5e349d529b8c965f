"""The cash in packs and on the dashboard: for those who follow it, to the cent of the page of the treasury."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portfolio.treasury.actions import create_row
from portfolio.treasury.models import BankAccount, Contract, ContractInstalment, Invoice
from portfolio.treasury.queries import cash_plan
from reporting.dashboards.cash import cash_facts
from reporting.packs.document import html_of
from reporting.packs.models import Pack
from reporting.packs.snapshot import Snapshot
from tech4value.audit.actor import SYSTEM
from tech4value.tenancy.clock import today
from tests.portfolio.finance.test_screens import text
from tests.reporting.dashboards.portfolio_rows import make_project
from tests.world import World

Sign = Callable[[Any], Client]
JSON = "application/json"
D = Decimal


def row(model: Any, **values: Any) -> Any:
    return create_row(actor=SYSTEM, row=model(**values))


@pytest.fixture
def cash(world: World) -> World:
    """100 000.40 in hand, 60 000.10 to pay in ten days, 20 000 to receive in sixty: under 50 000 in between."""
    with world.within():
        make_project("ERP", name="Nouvel ERP")
        now = today()
        row(
            BankAccount, name="Courant", opening_on=now - timedelta(days=3),
            opening_balance=D("100000.40"), threshold=D(50000),
        )  # fmt: skip
        bought = row(
            Contract, name="Licences", direction="supplier", counterparty="Éditeur SA", vat_kind="none", term_days=0
        )
        row(
            Invoice, contract=bought, number="F-2031", issued_on=now, due_on=now + timedelta(days=10),
            net_amount=D("60000.10"),
        )  # fmt: skip
        sold = row(
            Contract, name="Conseil", direction="customer", counterparty="Client SA", vat_kind="none", term_days=0
        )
        row(
            ContractInstalment, contract=sold, name="Tout", amount=D(20000), trigger_kind="date",
            starts_on=now + timedelta(days=60),
        )  # fmt: skip
    return world


def test_its_months_are_those_of_the_treasury_to_the_cent(cash: World) -> None:
    with cash.within():
        facts, plan = cash_facts(), cash_plan()
        assert facts is not None and plan is not None
        coming = [one for one in plan.months if one.span.last >= today()]
        assert [(one.opening, one.net, one.closing, one.lowest) for one in facts.months] == [
            (one.opening, one.net, one.closing, one.lowest) for one in coming
        ]
        assert (facts.lowest, facts.months[-1].closing) == (D("40000.30"), D("60000.30"))
        assert facts.months[0].opening + sum(one.net for one in facts.months) == facts.months[-1].closing
        assert "F-2031" in facts.breaches[0].sentence


def test_the_dashboard_shows_the_curve_to_those_who_follow_it(cash: World, client_of: Sign) -> None:
    shown = text(client_of(cash.executive).get(cash.url("/dashboard/")))
    for words in ["dash-cash_curve", "Voir la trésorerie", "facture F-2031", "sous le seuil"]:
        assert words in shown, words
    # Asked again, it comes from what was kept.
    assert "dash-cash_curve" in text(client_of(cash.executive).get(cash.url("/dashboard/")))
    assert "dash-cash_curve" not in text(client_of(cash.pole_manager).get(cash.url("/dashboard/")))


def test_without_an_account_there_is_no_section_and_nothing_to_join(world: World, client_of: Sign) -> None:
    with world.within():
        make_project("ERP", name="Nouvel ERP")
    client = client_of(world.executive)
    assert "dash-cash_curve" not in text(client.get(world.url("/dashboard/")))
    refused = client.post(world.url("/api/v1/packs/"), {"with_cash": True}, content_type=JSON)
    assert refused.status_code == 400 and "Aucun compte bancaire" in str(refused.json())


def test_a_pack_holds_the_cash_when_it_is_asked_to(cash: World, client_of: Sign) -> None:
    client = client_of(cash.executive)
    form = cash.url("/packs/new/")
    assert "Joindre la trésorerie" in text(client.get(form))
    assert client.post(form, {"with_cash": "on"}).status_code == 302
    with cash.within():
        pack = Pack.objects.get()
        snapshot = Snapshot.from_json(pack.snapshot)
        assert snapshot.cash is not None
        assert Snapshot.from_json(snapshot.to_json()) == snapshot
        html = html_of(snapshot).replace("\u202f", " ").replace("\u00a0", " ")
    for words in ["Trésorerie à douze mois", "40 000,30", "facture F-2031", "Mois par mois", "60 000,30"]:
        assert words in html, words
    page = text(client_of(cash.reader).get(cash.url(f"/packs/{pack.pk}/")))
    assert "jointe, au plus bas 40 000,30 €" in page


def test_a_pack_holds_no_cash_otherwise(cash: World, client_of: Sign) -> None:
    manager = client_of(cash.manager)
    form = cash.url("/packs/new/")
    assert "Joindre la trésorerie" not in text(manager.get(form))
    assert manager.post(form, {"with_cash": "on"}).status_code == 302, "a field that the form has not"
    refused = manager.post(cash.url("/api/v1/packs/"), {"with_cash": True}, content_type=JSON)
    assert refused.status_code == 400 and "ne permet pas de lire la trésorerie" in str(refused.json())
    assert client_of(cash.executive).post(form, {}).status_code == 302
    with cash.within():
        for pack in Pack.objects.all():
            snapshot = Snapshot.from_json(pack.snapshot)
            assert snapshot.cash is None
            assert "Trésorerie à douze mois" not in html_of(snapshot)
