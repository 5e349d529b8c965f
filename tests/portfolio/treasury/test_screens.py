"""The pages of the treasury, through the front door."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.projects.milestone_actions import change_milestone, delete_milestone, reach_milestone
from portfolio.simulation.models import ProjectForecast
from portfolio.treasury.actions import change_row
from portfolio.treasury.domain.cash import FlowKind
from portfolio.treasury.models import Contract
from portfolio.treasury.queries import cash_plan
from tech4value.accounts.models import User
from tech4value.audit.actor import SYSTEM
from tests.portfolio.treasury.conftest import Treasury, contract, instalment
from tests.portfolio.treasury.pages import HTMX, text
from tests.world import World

Sign = Callable[[Any], Client]


def test_without_an_account_the_page_says_what_to_do_first(world: World, client_of: Sign) -> None:
    shown = text(client_of(world.executive).get(world.url("/cash/")))
    assert "Aucun compte bancaire" in shown
    assert "Ajouter un compte" in shown


def test_the_plan_shows_twelve_months_that_add_up(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.executive)
    shown = text(client.get(world.url("/cash/")))
    # 30 000.33 and its VAT at 45 days end of month of 8 January: 28 February. The sale: 10 March and 30 days.
    for words in [
        "Trésorerie",
        "100 000,50",
        "-36 000,40",
        "60 000,06",
        "Salaires et charges",
        "janv. 2026",
        "déc. 2026",
    ]:
        assert words in shown, words
    weeks = text(client.get(world.url("/cash/?by=week")))
    assert "Treize semaines" in weeks
    assert "12/01/2026" in weeks
    assert client.get(world.url("/cash/?by=x")).status_code == 200


def test_a_milestone_that_slips_moves_invoice_vat_and_payment_without_a_write_of_the_treasury(
    world: World, treasury: Treasury
) -> None:
    def days() -> list[tuple[date, Decimal]]:
        plan = cash_plan()
        assert plan is not None
        # What the sale makes: its receipt, and the returns of VAT.
        return [(flow.day, flow.amount) for flow in plan.cash.flows if flow.kind in {FlowKind.RECEIPT, FlowKind.VAT}]

    with world.within():
        assert days() == [(date(2026, 4, 9), Decimal("60000.06")), (date(2026, 5, 20), Decimal("-3999.94"))]
        change_milestone(actor=SYSTEM, milestone=treasury.golive, values={"due_on": date(2026, 4, 21)})
        assert days() == [(date(2026, 5, 21), Decimal("60000.06")), (date(2026, 6, 20), Decimal("-3999.94"))]


def test_a_breach_is_said_in_words_with_what_crosses_and_what_is_awaited(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    with world.within():
        change_milestone(actor=SYSTEM, milestone=treasury.golive, values={"due_on": date(2026, 9, 21)})
    shown = text(client_of(world.executive).get(world.url("/cash/")))
    assert "Le 28/04/2026, le solde descend à 15 999,80 €, sous le seuil de 20 000 €" in shown
    assert "salaires, avr. 2026 (Équipe)" in shown
    assert (
        "Attendu ensuite, le 21/10/2026 : Vente ERP, échéance « Solde » liée au jalon « Mise en production » "
        "(ERP), +60 000,06 €" in shown
    )
    assert "/cash/months/2026-04/projects/" in shown


def test_one_click_says_which_projects_break_a_month(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        change_milestone(actor=SYSTEM, milestone=treasury.golive, values={"due_on": date(2026, 9, 21)})
    client = client_of(world.executive)
    shown = text(client.get(world.url("/cash/months/2026-04/projects/")))
    # Without ERP: 36 000.40 of licences have not been paid.
    for words in [
        "Quels projets pèsent sur avr. 2026",
        "Projet ERP",
        "Le fait franchir",
        "52 000,20 €",
        "-36 000,40 €",
    ]:
        assert words in shown, words
    for wrong in ("2031-01", "x", "2026-13"):
        assert client.get(world.url(f"/cash/months/{wrong}/projects/")).status_code == 404


def test_each_amount_opens_what_makes_it(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.executive)
    panel = text(client.get(world.url("/cash/flows/?from=2026-02-01&to=2026-02-28&kind=supplier"), headers=HTMX))
    for words in ["Fournisseurs", "Facture F-2031 (Licences)", "28/02/2026", "-36 000,40 €"]:
        assert words in panel, words
    assert "<html" not in panel
    receipts = text(client.get(world.url("/cash/flows/?kind=receipt")))
    assert "liée au jalon « Mise en production » (ERP)" in receipts
    assert f"/projects/{treasury.erp.pk}/milestones/" in receipts
    for query in ("?from=x&to=y&kind=z", "?from=2030-01-01&to=2029-01-01"):
        assert client.get(world.url(f"/cash/flows/{query}")).status_code == 200


def test_figures_explain_themselves(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.executive)
    lowest = text(client.get(world.url("/cash/explain/lowest/"), headers=HTMX))
    assert "Le plus petit des soldes du soir" in lowest
    assert "facture F-2031 (Licences)" in lowest
    for key in ("balance", "late"):
        assert client.get(world.url(f"/cash/explain/{key}/")).status_code == 200
    # Without a simulation nothing is said of certainty.
    for key in ("certainty", "nothing"):
        assert client.get(world.url(f"/cash/explain/{key}/")).status_code == 404


def test_sums_are_the_same_to_the_cent_on_the_screen_in_the_api_and_in_the_file(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.executive)
    with world.within():
        plan = cash_plan()
    assert plan is not None
    closing = plan.months[-1].closing
    assert closing == plan.cash.opening + sum(flow.amount for flow in plan.cash.flows)
    written = f"{closing:,.2f}".replace(",", " ").replace(".", ",")
    assert written in text(client.get(world.url("/cash/")))
    months = client.get(world.url("/api/v1/cash-months/")).json()
    assert Decimal(months[-1]["closing"]) == closing
    for one in months:
        parts = sum(Decimal(one[kind.value]) for kind in FlowKind)
        assert Decimal(one["opening"]) + parts == Decimal(one["closing"])
    flows = client.get(world.url("/api/v1/cash-flows/")).json()
    assert Decimal(months[0]["opening"]) + sum(Decimal(one["amount"]) for one in flows) == closing
    file = client.get(world.url("/cash/export/"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    amounts = [Decimal(row[5].replace(",", ".")) for row in rows[1:]]
    assert plan.cash.opening + sum(amounts[:-1]) == closing
    assert amounts[-1] == sum(amounts[:-1])


def test_queries_are_as_many_for_three_contracts_as_for_thirty(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.executive)

    def count(path: str) -> int:
        """The fewest of two visits: what the first one of a while writes besides is not the page's."""
        found = []
        for _visit in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(world.url(path)).status_code == 200
            found.append(len(captured))
        return min(found)

    paths = ("/cash/", "/cash/flows/", "/cash/contracts/", "/cash/months/2026-03/projects/")
    before = {path: count(path) for path in paths}
    with world.within():
        for index in range(30):
            one = contract(f"Contrat {index}", "supplier", project=treasury.erp)
            instalment(one, "Jalon", amount=Decimal(10), trigger_kind="plan", milestone=treasury.golive)
    assert {path: count(path) for path in paths} == before


def test_who_may_and_whose(world: World, treasury: Treasury, client_of: Sign) -> None:
    for who in ("admin", "executive", "pmo"):
        assert client_of(world.users[who]).get(world.url("/cash/")).status_code == 200, who
    for who in ("manager", "pole_manager", "member", "reader", "end_user"):
        assert client_of(world.users[who]).get(world.url("/cash/")).status_code == 403, who
        assert client_of(world.users[who]).get(world.url("/cash/contracts/")).status_code == 403, who
    client = client_of(world.executive)
    theirs = treasury.their_contract.pk
    for path in (f"contracts/{theirs}/", f"contracts/{theirs}/edit/", f"accounts/{treasury.their_account.pk}/edit/"):
        assert client.get(world.url(f"/cash/{path}")).status_code == 404, path
    for shown in ("/cash/", "/cash/contracts/", "/cash/settings/"):
        assert "Secret" not in text(client.get(world.url(shown)))
        assert "999 999" not in text(client.get(world.url(shown)))


def test_lists_find_sort_and_filter(world: World, treasury: Treasury, client_of: Sign) -> None:
    client = client_of(world.executive)
    assert "Vente ERP" in text(client.get(world.url("/cash/contracts/?direction=customer")))
    assert "Licences SA" not in text(client.get(world.url("/cash/contracts/?direction=customer")))
    invoices = text(client.get(world.url("/cash/invoices/?unpaid=1&sort=-rest")))
    assert "F-2031" in invoices
    assert "36 000,40 €" in invoices
    assert "F-2031" not in text(client.get(world.url("/cash/invoices/?late=1")))
    assert client.get(world.url("/cash/payments/")).status_code == 200
    assert "Équipe" in text(client.get(world.url("/cash/settings/")))


def test_the_band_comes_from_the_simulation_of_the_milestone(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    """Planned on 10 March; one run in ten by then, nine by 9 April."""
    days = ["2026-03-10T17:00", "2026-03-10T17:00", "2026-03-20T17:00", "2026-03-30T17:00", "2026-04-09T17:00"]
    planned, *levels = days
    with world.within():
        row = ProjectForecast(project=treasury.erp, made_of=1, made_at=timezone.now(), runs=1000)
        row.data = {"milestones": {str(treasury.task.pk): [planned, 0.1, *levels]}}
        row.save(force_insert=True)
        plan = cash_plan()
        assert plan is not None
        band = plan.band()
        assert band is not None
        at = dict(zip(band.days, zip(band.low, band.high, strict=True), strict=True))
        # Received 30 days after the milestone: on 9 April at the earliest, on 9 May at the latest.
        assert at[date(2026, 4, 8)][0] == at[date(2026, 4, 8)][1] == plan.balances[date(2026, 4, 8)]
        assert at[date(2026, 4, 20)][1] - at[date(2026, 4, 20)][0] == Decimal("60000.06")
        assert at[date(2026, 5, 10)][0] == at[date(2026, 5, 10)][1]
        # Once the receipt misses 28 April, the balance is under its threshold.
        assert 0.1 < band.breaking < 0.5
    client = client_of(world.executive)
    shown = text(client.get(world.url("/cash/")))
    for words in ["P10", "P90", "Risque de passer sous le seuil"]:
        assert words in shown, words
    assert "sont tirées 500 fois" in text(client.get(world.url("/cash/explain/certainty/"), headers=HTMX))
    # Once it is met, nothing is uncertain.
    with world.within():
        reach_milestone(actor=SYSTEM, milestone=treasury.golive, on=date(2026, 1, 14))
        plan = cash_plan()
        assert plan is not None
        assert plan.band() is None


def test_an_instalment_whose_milestone_is_gone_is_said(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        delete_milestone(actor=SYSTEM, milestone=treasury.golive)
    client = client_of(world.executive)
    assert "Une échéance n’a plus de date" in text(client.get(world.url("/cash/")))
    assert "Jalon ou tâche disparu du plan" in text(client.get(world.url(f"/cash/contracts/{treasury.sale.pk}/")))


def test_everything_is_said_in_english_too(world: World, treasury: Treasury, client_of: Sign) -> None:
    User.objects.filter(pk=world.executive.pk).update(language="en")
    shown = text(client_of(world.executive).get(world.url("/cash/")))
    for words in ["Cash", "Opening balance", "Pay and charges", "Twelve months, in EUR"]:
        assert words in shown, words
    assert "Trésorerie" not in shown


def test_a_project_shows_its_contracts_and_what_they_are_to_move(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    page = text(client_of(world.executive).get(world.url(f"/cash/projects/{treasury.erp.pk}/")))
    for words in ["Vente ERP", "Licences", "Flux à venir", "À encaisser à 12 mois", "60 000,06 €", "-36 000,40 €"]:
        assert words in page, words
    explained = client_of(world.executive).get(world.url(f"/cash/projects/{treasury.erp.pk}/explain/net/"))
    assert "À encaisser moins à payer." in text(explained)
    assert "23 999,66 €" in text(explained)
    assert client_of(world.manager).get(world.url(f"/cash/projects/{treasury.erp.pk}/")).status_code == 403
    assert "Trésorerie" not in text(client_of(world.manager).get(world.url(f"/projects/{treasury.erp.pk}/")))


def test_the_search_finds_contracts_and_invoices_for_those_who_follow_the_cash(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    found = text(client_of(world.executive).get(world.url("/search/?q=F-2031")))
    assert f"/cash/invoices/{treasury.invoice.pk}/" in found
    assert f"/cash/contracts/{treasury.sale.pk}/" in text(
        client_of(world.executive).get(world.url("/search/?q=vente"))
    )
    assert f"/cash/invoices/{treasury.invoice.pk}/" not in text(
        client_of(world.manager).get(world.url("/search/?q=F-2031"))
    )


def test_what_has_no_rate_is_left_out_and_said(world: World, treasury: Treasury, client_of: Sign) -> None:
    """The organisation's currency has changed: its contracts in euros have no rate."""
    with world.within():
        Contract.objects.filter(pk=treasury.licences.pk).update(currency="GBP")
    shown = text(client_of(world.executive).get(world.url("/cash/")))
    assert "Sans cours de change, ce qui est en GBP n’est pas compté." in shown
    assert "-36 000,40" not in shown


def test_years_of_past_do_not_widen_the_table(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        change_row(actor=SYSTEM, row=treasury.account, values={"opening_on": date(2019, 12, 31)})
        plan = cash_plan()
    assert plan is not None
    assert [plan.months[0].span.first, plan.months[-1].span.last] == [date(2025, 1, 1), date(2026, 12, 31)]
    assert client_of(world.executive).get(world.url("/cash/")).status_code == 200
