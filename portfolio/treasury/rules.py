"""What must be true of each row of the treasury before it is written. Each check raises ValidationError by field."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO, first_of_month, to_cents
from portfolio.people.validation import cleaned, refuse_disorder, refuse_twin
from portfolio.treasury.domain.billing import periods
from portfolio.treasury.domain.books import PaymentKind
from portfolio.treasury.domain.vat import VatKind
from portfolio.treasury.models import (
    BankAccount,
    Contract,
    ContractInstalment,
    ExchangeRate,
    Invoice,
    InvoiceStatus,
    Payment,
    PayrollRule,
    TreasurySettings,
    TriggerKind,
    VatRate,
)
from portfolio.treasury.orders import check_order, check_rates_of_orders
from portfolio.treasury.terms import recurrence_of, term_of, vat_rules
from tech4value.figures import formats
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.models import EditableModel

YEARS: Final = (2000, 2100)


def language() -> str:
    """The reader's."""
    return get_language() or "fr"


@singledispatch
def check(row: EditableModel) -> None:
    """Raise ValidationError by field unless `row` may be written; fills in what follows from the rest."""
    raise NotImplementedError(type(row).__name__)


def _dates(row: EditableModel, *names: str) -> None:
    errors = {
        name: _("La date doit être entre %(first)s et %(last)s.") % {"first": YEARS[0], "last": YEARS[1]}
        for name in names
        if isinstance(day := getattr(row, name), date) and not YEARS[0] <= day.year <= YEARS[1]
    }
    if errors:
        raise ValidationError(errors)


def _cents(row: Any, *names: str) -> None:
    """Amounts as they are kept: rounded half up."""
    for name in names:
        value = getattr(row, name)
        if isinstance(value, Decimal) and value.is_finite():
            setattr(row, name, to_cents(value))


def _known_currency(row: Any) -> None:
    row.currency = str(row.currency).strip().upper()
    if row.currency == current_tenant().currency:
        return
    if not ExchangeRate.objects.filter(currency=row.currency).exists():
        raise ValidationError(
            {
                "currency": _(
                    "« %(currency)s » n’a pas de cours. Enregistrez d’abord son cours dans Finances, Comptes et taux."
                )
                % {"currency": row.currency}
            }
        )


@check.register
def _account(row: BankAccount) -> None:
    _cents(row, "opening_balance", "threshold")
    cleaned(row)
    _dates(row, "opening_on")
    if row.opening_on > today():
        raise ValidationError({"opening_on": _("Le solde est celui d’un soir passé, ou d’aujourd’hui au plus tard.")})
    _known_currency(row)
    refuse_twin(row, _("Un compte porte déjà ce nom."), "name")


@check.register
def _contract(row: Contract) -> None:
    _cents(row, "net_amount")
    row.name, row.counterparty = row.name.strip(), row.counterparty.strip()
    cleaned(row)
    _known_currency(row)
    if row.net_amount is not None and row.net_amount <= 0:
        raise ValidationError({"net_amount": _("Le montant d’un contrat est supérieur à zéro.")})
    check_order(row)
    if row._state.adding:
        return
    _lock(row)
    kept = list(row.instalments.filter(deleted_at=None))
    if row.net_amount is None and any(one.share is not None for one in kept):
        raise ValidationError(
            {"net_amount": _("Des échéances sont des parts de ce montant : indiquez-le, ou changez-les d’abord.")}
        )
    if row.project_id is None and any(one.trigger_kind == TriggerKind.PLAN for one in kept):
        raise ValidationError(
            {"project": _("Des échéances suivent le plan du projet : gardez le projet, ou changez-les d’abord.")}
        )


@check.register
def _instalment(row: ContractInstalment) -> None:
    _cents(row, "amount")
    row.name = row.name.strip()
    if (row.amount is None) == (row.share is None):
        raise ValidationError({"amount": _("Indiquez un montant, ou une part du contrat : l’un des deux.")})
    cleaned(row)
    contract = row.contract
    if row.amount is not None and row.amount <= 0:
        raise ValidationError({"amount": _("Le montant d’une échéance est supérieur à zéro.")})
    if row.share is not None:
        _check_shares(row)
    _TRIGGERS[row.trigger_kind](row, contract)
    _dates(row, "starts_on", "ends_on")


def _lock(contract: Contract) -> None:
    """Let one writer at a time share a contract out."""
    list(Contract.objects.select_for_update(of=("self",)).filter(pk=contract.pk).values_list("pk"))


def _check_shares(row: ContractInstalment) -> None:
    _lock(row.contract)
    if row.contract.net_amount is None:
        raise ValidationError({"share": _("Ce contrat n’a pas de montant : indiquez-le, ou saisissez un montant.")})
    if row.trigger_kind == TriggerKind.RECURRENCE:
        raise ValidationError({"share": _("Un abonnement facture un montant à chaque période, pas une part.")})
    others = ContractInstalment.objects.filter(contract=row.contract, share__isnull=False).exclude(pk=row.pk)
    rest = 1 - sum(others.values_list("share", flat=True), ZERO)
    if row.share is not None and row.share > rest:
        raise ValidationError(
            {
                "share": _("Les parts dépassent le contrat : il reste %(rest)s à répartir.")
                % {"rest": formats.percent(rest, language(), decimals=2)}
            }
        )


def _by_plan(row: ContractInstalment, contract: Contract) -> None:
    row.starts_on = row.ends_on = None
    row.every, row.in_arrears = "", False
    if contract.project_id is None:
        raise ValidationError({"trigger_kind": _("Ce contrat n’a pas de projet : choisissez une date.")})
    if (row.milestone_id is None) == (row.task_id is None):
        raise ValidationError({"milestone": _("Choisissez un jalon, ou une tâche : l’un des deux.")})
    for name in ("milestone", "task"):
        chosen = getattr(row, name)
        if chosen is not None and chosen.project_id != contract.project_id:
            raise ValidationError({name: _("Choisissez dans le projet du contrat.")})


def _by_date(row: ContractInstalment, contract: Contract) -> None:
    row.milestone = row.task = row.ends_on = None
    row.every, row.in_arrears = "", False
    if row.starts_on is None:
        raise ValidationError({"starts_on": _("Indiquez la date de la facture.")})


def _by_recurrence(row: ContractInstalment, contract: Contract) -> None:
    row.milestone = row.task = None
    if row.starts_on is None:
        raise ValidationError({"starts_on": _("Indiquez le début de l’abonnement.")})
    if not row.every:
        raise ValidationError({"every": _("Choisissez le rythme de l’abonnement.")})
    refuse_disorder(row.starts_on, row.ends_on, "ends_on", _("La fin doit être après le début."))


_TRIGGERS: Final[dict[str, Callable[[ContractInstalment, Contract], None]]] = {
    TriggerKind.PLAN: _by_plan,
    TriggerKind.DATE: _by_date,
    TriggerKind.RECURRENCE: _by_recurrence,
}


@check.register
def _invoice(row: Invoice) -> None:
    contract = row.contract
    row.number = row.number.strip()
    if isinstance(row.issued_on, date) and row.due_on is None:
        row.due_on = term_of(contract).due_on(row.issued_on)
    if row.vat_amount is None and isinstance(row.net_amount, Decimal) and isinstance(row.issued_on, date):
        row.vat_amount = row.net_amount * vat_rules().rate(VatKind(contract.vat_kind), row.issued_on)
    _cents(row, "net_amount", "vat_amount")
    cleaned(row)
    _dates(row, "issued_on", "due_on", "delivered_on", "period_on")
    if not row.net_amount:
        raise ValidationError({"net_amount": _("Indiquez le montant hors taxes ; un avoir est négatif.")})
    if row.vat_amount and (row.vat_amount < 0) != (row.net_amount < 0):
        raise ValidationError({"vat_amount": _("La TVA a le signe du montant hors taxes.")})
    refuse_disorder(row.issued_on, row.due_on, "due_on", _("L’échéance ne peut pas précéder la date de la facture."))
    refuse_twin(row, _("Ce contrat a déjà une facture de ce numéro."), "contract", "number")
    _check_place(row)
    if row.status == InvoiceStatus.CANCELLED and _paid(row):
        raise ValidationError({"status": _("Cette facture a des paiements : supprimez-les avant de l’annuler.")})


def _check_place(row: Invoice) -> None:
    """The instalment that an invoice stands for: of its contract, once, of a period that there is."""
    one = row.instalment
    if one is None:
        row.period_on = None
        return
    if one.contract_id != row.contract_id:
        raise ValidationError({"instalment": _("Choisissez une échéance de ce contrat.")})
    if one.trigger_kind != TriggerKind.RECURRENCE:
        row.period_on = None
    else:
        recurrence = recurrence_of(one)
        known = {first for first, _day in periods(recurrence, date(YEARS[1], 1, 1))}
        if row.period_on not in known:
            raise ValidationError(
                {
                    "period_on": _("Indiquez le premier jour d’une période de l’abonnement, qui commence le %(day)s.")
                    % {"day": formats.date_short(recurrence.starts_on, language())}
                }
            )
    if row.status != InvoiceStatus.CANCELLED:
        same = Invoice.objects.filter(instalment=one, period_on=row.period_on).exclude(pk=row.pk)
        found = same.exclude(status=InvoiceStatus.CANCELLED).first()
        if found is not None:
            raise ValidationError(
                {
                    "instalment": _("La facture %(number)s est déjà celle de cette échéance.")
                    % {"number": found.number}
                }
            )


def _paid(row: Invoice, without: Payment | None = None) -> Decimal:
    rows = Payment.objects.filter(invoice=row)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return sum(rows.values_list("amount", flat=True), ZERO)


@check.register
def _payment(row: Payment) -> None:
    _cents(row, "amount")
    cleaned(row)
    _dates(row, "paid_on", "month")
    if row.paid_on > today():
        raise ValidationError(
            {"paid_on": _("Un paiement est passé : ce qui est à venir se prévoit par les factures.")}
        )
    if not row.amount:
        raise ValidationError({"amount": _("Indiquez le montant du paiement.")})
    if row.kind == PaymentKind.INVOICE:
        row.payroll = row.month = None
        _check_of_invoice(row)
        return
    row.invoice = None
    if row.kind in {PaymentKind.NET_PAY, PaymentKind.CHARGES}:
        if row.payroll_id is None:
            raise ValidationError({"payroll": _("Choisissez la paie qui est réglée.")})
    else:
        row.payroll = None
    if row.kind == PaymentKind.OTHER:
        row.month = None
        if not row.label.strip():
            raise ValidationError({"label": _("Dites en quelques mots ce qu’est ce mouvement.")})
        return
    if row.amount < 0:
        raise ValidationError({"amount": _("Indiquez le montant payé, sans signe.")})
    if row.month is None:
        raise ValidationError({"month": _("Indiquez le mois que ce paiement règle.")})
    row.month = first_of_month(row.month)
    same = Payment.objects.filter(kind=row.kind, payroll=row.payroll_id, month=row.month).exclude(pk=row.pk)
    if same.exists():
        raise ValidationError({"month": _("Ce mois est déjà réglé. Modifiez plutôt ce paiement.")})


def _check_of_invoice(row: Payment) -> None:
    if row.invoice_id is None:
        raise ValidationError({"invoice": _("Choisissez la facture qui est réglée.")})
    # Two payments at once must not settle more than there is.
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("contract").get(pk=row.invoice_id)
    if invoice.status == InvoiceStatus.CANCELLED:
        raise ValidationError({"invoice": _("Cette facture est annulée.")})
    rest = invoice.gross_amount - _paid(invoice, row)
    left = rest - row.amount
    if left and (left < 0) != (invoice.gross_amount < 0):
        raise ValidationError(
            {
                "amount": _("Il reste %(rest)s à régler sur cette facture.")
                % {"rest": formats.money(rest, invoice.contract.currency, language())}
            }
        )


@check.register
def _payroll(row: PayrollRule) -> None:
    _cents(row, "net_amount", "charges_amount")
    cleaned(row)
    _dates(row, "starts_on", "ends_on")
    for name in ("net_amount", "charges_amount"):
        if getattr(row, name) < 0:
            raise ValidationError({name: _("Le montant ne peut pas être négatif.")})
    row.starts_on = first_of_month(row.starts_on)
    row.ends_on = first_of_month(row.ends_on) if row.ends_on else None
    refuse_disorder(row.starts_on, row.ends_on, "ends_on", _("Le dernier mois ne peut pas précéder le premier."))


@check.register
def _rate(row: ExchangeRate) -> None:
    row.currency = str(row.currency).strip().upper()
    cleaned(row)
    _dates(row, "starts_on")
    if len(row.currency) != 3 or not row.currency.isalpha():
        raise ValidationError({"currency": _("Une devise s’écrit en trois lettres, par exemple USD.")})
    if row.currency == current_tenant().currency:
        raise ValidationError({"currency": _("C’est la devise de l’organisation : elle n’a pas de cours.")})
    refuse_twin(row, _("Cette devise a déjà un cours à cette date."), "currency", "starts_on")
    if not row._state.adding:
        others = ExchangeRate.objects.exclude(pk=row.pk)
        kept = ExchangeRate.objects.get(pk=row.pk).currency
        check_rates_of_orders(kept, others.filter(currency=kept), row)


@check.register
def _vat_rate(row: VatRate) -> None:
    cleaned(row)
    _dates(row, "starts_on")
    refuse_twin(row, _("Ce taux a déjà une valeur à cette date."), "kind", "starts_on")


@check.register
def _settings(row: TreasurySettings) -> None:
    _cents(row, "vat_credit")
    cleaned(row)


@singledispatch
def check_removal(row: EditableModel) -> None:
    """Raise ValidationError with why a row cannot be deleted: what has been paid is never lost from a balance."""


@check_removal.register
def _account_removal(row: BankAccount) -> None:
    if Payment.objects.filter(account=row).exists():
        raise ValidationError(_("Ce compte a des paiements : supprimez-les d’abord."))


@check_removal.register
def _contract_removal(row: Contract) -> None:
    if Payment.objects.filter(invoice__contract=row).exists():
        raise ValidationError(_("Des factures de ce contrat sont payées : supprimez d’abord leurs paiements."))


@check_removal.register
def _invoice_removal(row: Invoice) -> None:
    if Payment.objects.filter(invoice=row).exists():
        raise ValidationError(_("Cette facture a des paiements : supprimez-les d’abord."))


@check_removal.register
def _payroll_removal(row: PayrollRule) -> None:
    if Payment.objects.filter(payroll=row).exists():
        raise ValidationError(_("Cette paie a des paiements : supprimez-les d’abord."))


@check_removal.register
def _rate_removal(row: ExchangeRate) -> None:
    others = ExchangeRate.objects.filter(currency=row.currency).exclude(pk=row.pk)
    used = (
        Contract.objects.filter(currency=row.currency).exists()
        or BankAccount.objects.filter(currency=row.currency).exists()
    )
    check_rates_of_orders(row.currency, others)
    if used and not others.exists():
        raise ValidationError(
            _("Des contrats ou des comptes sont en %(currency)s : gardez au moins un cours.")
            % {"currency": row.currency}
        )
