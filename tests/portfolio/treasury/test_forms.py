"""The forms of the treasury: what they make, what they refuse and why, two people at once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portfolio.treasury.actions import change_row, create_row
from portfolio.treasury.models import BankAccount, Contract, ContractInstalment, Invoice, Payment
from tech4value.audit.actor import SYSTEM
from tech4value.console.actions import change_organisation
from tests.at_once import at_once
from tests.portfolio.treasury.conftest import Treasury, contract
from tests.portfolio.treasury.pages import HTMX, text
from tests.world import World

Sign = Callable[[Any], Client]


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
