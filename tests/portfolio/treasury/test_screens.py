"""The pages of the treasury, through the front door."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portfolio.projects.milestone_actions import change_milestone, delete_milestone, reach_milestone
from portfolio.simulation.models import ProjectForecast
from portfolio.treasury.actions import change_row, create_row
from portfolio.treasury.domain.cash import FlowKind
from portfolio.treasury.models import BankAccount, Contract, ContractInstalment, Invoice, Payment
from portfolio.treasury.queries import cash_plan
from tech4value.accounts.models import User
from tech4value.audit.actor import SYSTEM
from tech4value.console.actions import change_organisation
from tests.at_once import at_once
from tests.portfolio.treasury.conftest import Treasury, contract, instalment
from tests.world import World

Sign = Callable[[Any], Client]
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def text(response: Any) -> str:
    """The page, with ordinary spaces and signs."""
    shown = str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")
    return shown.replace("\u2212", "-").replace("&#x27;", "'")


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


def test_a_contract_is_made_with_its_instalment_and_invoice_by_the_forms(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.pmo)
    sent = {
        "name": "Hébergement",
        "counterparty": "Nuage SA",
        "direction": "supplier",
        "currency": "EUR",
        "term_kind": "net",
        "term_days": "0",
        "vat_kind": "standard",
        "vat_basis": "cash",
        "project": str(treasury.erp.pk),
    }
    made = client.post(world.url("/cash/contracts/new/"), sent)
    assert made.status_code == 302
    with world.within():
        row = Contract.objects.get(name="Hébergement")
    assert made.headers["Location"].endswith(f"/cash/contracts/{row.pk}/")
    new = world.url(f"/cash/contracts/{row.pk}/instalments/new/")
    assert client.get(new, headers=HTMX).status_code == 200
    monthly = {"name": "Mensualité", "amount": "1 000,10", "trigger_kind": "recurrence", "every": "month"}
    refused = client.post(new, monthly, headers=HTMX)
    assert refused.status_code == 422
    assert "Indiquez le début de l’abonnement." in text(refused)
    assert client.post(new, {**monthly, "starts_on": "2026-02-01"}).status_code == 302
    with world.within():
        one = ContractInstalment.objects.get(contract=row)
    page = text(client.get(world.url(f"/cash/contracts/{row.pk}/")))
    for words in ["Mensualité", "Chaque mois depuis le 01/02/2026", "À réception", "1 200,12 €"]:
        assert words in page, words
    bill = world.url(f"/cash/contracts/{row.pk}/invoices/new/")
    given = {"number": "N-1", "issued_on": "2026-01-12", "net_amount": "1000", "status": "open", "instalment": one.pk}
    wrong = client.post(bill, {**given, "period_on": "2026-02-02"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "premier jour d’une période de l’abonnement, qui commence le 01/02/2026" in text(wrong)
    assert client.post(bill, {**given, "period_on": "2026-02-01"}).status_code == 302
    with world.within():
        invoice = Invoice.objects.get(number="N-1")
    assert (invoice.vat_amount, invoice.due_on) == (Decimal("200.00"), date(2026, 1, 12))
    # Late of three days: it is expected today, and said so.
    assert "En retard" in text(client.get(world.url(f"/cash/invoices/{invoice.pk}/")))
    assert "dû le 12/01/2026" in text(client.get(world.url("/cash/flows/?kind=supplier")))
    pay = world.url("/cash/payments/new/")
    filled = text(client.get(f"{pay}?invoice={invoice.pk}", headers=HTMX))
    assert 'value="1 200"' in filled
    paid = {"kind": "invoice", "account": treasury.account.pk, "invoice": invoice.pk, "paid_on": "2026-01-14"}
    over = client.post(pay, {**paid, "amount": "1200,01"}, headers=HTMX)
    assert over.status_code == 422
    assert "Il reste 1 200,00 € à régler sur cette facture." in text(over)
    assert client.post(pay, {**paid, "amount": "700"}).status_code == 302
    assert "500,00 €" in text(client.get(world.url(f"/cash/invoices/{invoice.pk}/")))


ACCOUNT = {"name": "B", "opening_on": "2026-01-01", "opening_balance": "1", "threshold": "0"}
PAY = {
    "name": "P",
    "net_amount": "1",
    "charges_amount": "0",
    "pay_day": "28",
    "charges_day": "15",
    "starts_on": "2026-03",
}
PAID = {"paid_on": "2026-01-10", "amount": "10"}


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("accounts/new/", {**ACCOUNT, "opening_on": "2026-01-16"}, "soir passé"),
        ("accounts/new/", {**ACCOUNT, "name": "Compte courant"}, "porte déjà ce nom"),
        ("accounts/new/", {**ACCOUNT, "opening_balance": ""}, "Indiquez le montant."),
        ("accounts/new/", {**ACCOUNT, "currency": "USD"}, "« USD » n’a pas de cours"),
        (
            "exchange-rates/new/",
            {"currency": "eur", "starts_on": "2026-01-01", "rate": "1"},
            "devise de l’organisation",
        ),
        (
            "exchange-rates/new/",
            {"currency": "USD", "starts_on": "2026-01-01", "rate": "-1"},
            "supérieure ou égale à 0",
        ),
        ("payrolls/new/", {**PAY, "net_amount": "-1"}, "ne peut pas être négatif"),
        ("payrolls/new/", {**PAY, "ends_on": "2026-01"}, "ne peut pas précéder le premier"),
        ("payments/new/", {**PAID, "kind": "vat"}, "Indiquez le mois que ce paiement règle."),
        ("payments/new/", {**PAID, "kind": "net_pay", "month": "2026-01"}, "Choisissez la paie"),
        ("payments/new/", {**PAID, "kind": "other"}, "Dites en quelques mots"),
        ("payments/new/", {**PAID, "kind": "other", "paid_on": "2026-01-16", "label": "x"}, "Un paiement est passé"),
        ("payments/new/", {**PAID, "kind": "invoice"}, "Choisissez la facture"),
    ],
)
def test_each_rule_says_what_to_do(
    world: World, treasury: Treasury, client_of: Sign, path: str, sent: dict[str, str], words: str
) -> None:
    values = {"currency": "EUR", "account": str(treasury.account.pk), **sent}
    refused = client_of(world.executive).post(world.url(f"/cash/{path}"), values, headers=HTMX)
    assert refused.status_code == 422
    assert words in text(refused)


def test_shares_never_pass_the_whole_and_amounts_and_shares_exclude_each_other(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    client = client_of(world.executive)
    new = world.url(f"/cash/contracts/{treasury.sale.pk}/instalments/new/")
    base = {"name": "Acompte", "trigger_kind": "date", "starts_on": "2026-02-01"}
    assert "il reste 0,00 % à répartir" in text(client.post(new, {**base, "share": "10"}, headers=HTMX))
    assert "l’un des deux" in text(client.post(new, {**base, "share": "10", "amount": "5"}, headers=HTMX))
    assert "l’un des deux" in text(client.post(new, base, headers=HTMX))
    plan = {"name": "Acompte", "amount": "5", "trigger_kind": "plan"}
    assert "Choisissez un jalon, ou une tâche" in text(client.post(new, plan, headers=HTMX))
    edit = world.url(f"/cash/contracts/{treasury.sale.pk}/edit/")
    kept = {"name": "Vente ERP", "counterparty": "Vente ERP SA", "direction": "customer", "currency": "EUR"}
    kept |= {"term_kind": "net", "term_days": "30", "vat_kind": "standard", "vat_basis": "cash", "version": "1"}
    gone = client.post(edit, {**kept, "net_amount": ""}, headers=HTMX)
    assert gone.status_code == 422
    assert "Des échéances sont des parts de ce montant" in text(gone)


def test_what_is_paid_is_never_lost(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        row = Payment(
            account=treasury.account, invoice=treasury.invoice, paid_on=date(2026, 1, 9), amount=Decimal("1.01")
        )
        create_row(actor=SYSTEM, row=row)
    client = client_of(world.executive)
    for path in (
        f"accounts/{treasury.account.pk}",
        f"contracts/{treasury.licences.pk}",
        f"invoices/{treasury.invoice.pk}",
    ):
        client.post(world.url(f"/cash/{path}/delete/"))
    with world.within():
        assert BankAccount.objects.filter(pk=treasury.account.pk).exists()
        assert Contract.objects.filter(pk=treasury.licences.pk).exists()
        assert Invoice.objects.filter(pk=treasury.invoice.pk).exists()
    client.post(world.url(f"/cash/payments/{row.pk}/delete/"))
    client.post(world.url(f"/cash/invoices/{treasury.invoice.pk}/delete/"))
    with world.within():
        assert not Invoice.objects.filter(pk=treasury.invoice.pk).exists()
    assert "F-2031" in text(client.get(world.url("/settings/bin/")))
    assert client.post(world.url(f"/cash/invoices/{treasury.invoice.pk}/restore/")).status_code == 204
    assert client.post(world.url(f"/cash/payments/{row.pk}/restore/")).status_code == 204


def test_a_stale_save_is_merged_or_says_who(world: World, treasury: Treasury, client_of: Sign) -> None:
    with world.within():
        change_row(actor=SYSTEM, row=treasury.account, values={"threshold": Decimal(30000)})
    client = client_of(world.executive)
    edit = world.url(f"/cash/accounts/{treasury.account.pk}/edit/")
    sent = {"name": "Compte courant", "opening_on": "2025-12-31", "opening_balance": "100000,50", "currency": "EUR"}
    clash = client.post(edit, {**sent, "threshold": "25000", "version": "1"}, headers=HTMX)
    assert clash.status_code == 409
    mild = client.post(edit, {**sent, "name": "Compte BNP", "threshold": "20000", "version": "1"})
    assert mild.status_code == 302
    with world.within():
        row = BankAccount.objects.get(pk=treasury.account.pk)
    assert (row.name, row.threshold) == ("Compte BNP", 30000)


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


def test_two_payments_at_once_never_settle_more_than_there_is(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        account = create_row(
            actor=SYSTEM, row=BankAccount(name="A", opening_on=date(2025, 12, 31), opening_balance=Decimal(0))
        )
        of = contract("Étude", "supplier")
        invoice = create_row(
            actor=SYSTEM,
            row=Invoice(contract=of, number="N", issued_on=date(2026, 1, 1), net_amount=Decimal(100)),
        )
    sent = {"kind": "invoice", "account": account.pk, "invoice": invoice.pk, "paid_on": "2026-01-10", "amount": "100"}

    def pay() -> int:
        return int(client_of(world.executive).post(world.url("/cash/payments/new/"), sent).status_code)

    assert sorted(at_once(pay, pay)) == [302, 422]
    with world.within():
        assert Payment.objects.count() == 1


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


def test_two_shares_at_once_never_make_more_than_the_contract(live_world: World, client_of: Sign) -> None:
    world = live_world
    with world.within():
        of = contract("Étude", "supplier", net_amount=Decimal(100))
    sent = {"name": "Part", "share": "60", "trigger_kind": "date", "starts_on": "2026-02-01"}

    def add() -> int:
        new = world.url(f"/cash/contracts/{of.pk}/instalments/new/")
        return int(client_of(world.executive).post(new, sent).status_code)

    assert sorted(at_once(add, add)) == [302, 422]


def test_the_currency_of_the_organisation_is_fixed_once_its_cash_is_kept(
    world: World, treasury: Treasury, client_of: Sign
) -> None:
    with world.within(), pytest.raises(ValidationError, match="La trésorerie est déjà tenue en EUR"):
        change_organisation(actor=SYSTEM, tenant=world.atelier, values={"currency": "USD"})
