"""Accounts, contracts, instalments, invoices, payments, payroll and rates: created, changed, deleted, brought back.

One view for each verb; a `RowKind` says what differs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, SingleRowFormView, Text
from portfolio.treasury.actions import change_row, change_settings, create_row, delete_row, restore_row
from portfolio.treasury.domain.books import PaymentKind
from portfolio.treasury.forms import (
    AccountForm,
    ContractForm,
    ExchangeRateForm,
    InstalmentForm,
    InvoiceForm,
    PaymentForm,
    PayrollForm,
    RowForm,
    SettingsForm,
    VatRateForm,
)
from portfolio.treasury.models import (
    BankAccount,
    Contract,
    ContractInstalment,
    ExchangeRate,
    Invoice,
    Payment,
    PayrollRule,
    VatRate,
)
from portfolio.treasury.queries import with_paid
from portfolio.treasury.terms import settings_row
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.tenancy.models import EditableModel
from tech4value.web.toasts import toast
from tech4value.web.views import asked_uuid


@dataclass(frozen=True, slots=True)
class RowKind:
    """One kind of row: its name in addresses, its form, its words, the page that shows it; `of_contract` when it is
    created under a contract."""

    name: str
    model: type[EditableModel]
    form: type[RowForm]
    add: str | Promise
    change: str | Promise
    page: Callable[[Any], str]
    of_contract: bool = False
    template: str = "portfolio/people/form.html"


def _settings(_row: Any) -> str:
    return reverse("treasury:settings")


def _contract_page(row: Any) -> str:
    return reverse("treasury:contract", args=[row.contract_id])


def _payment_page(row: Any) -> str:
    return reverse("treasury:invoice", args=[row.invoice_id]) if row.invoice_id else reverse("treasury:payments")


KINDS = (
    RowKind(
        "account",
        BankAccount,
        AccountForm,
        gettext_lazy("Ajouter un compte"),
        gettext_lazy("Modifier le compte"),
        _settings,
    ),
    RowKind(
        "contract",
        Contract,
        ContractForm,
        gettext_lazy("Ajouter un contrat"),
        gettext_lazy("Modifier le contrat"),
        lambda row: reverse("treasury:contract", args=[row.pk]),
        template="portfolio/treasury/contract_form.html",
    ),
    RowKind(
        "instalment",
        ContractInstalment,
        InstalmentForm,
        gettext_lazy("Ajouter une échéance"),
        gettext_lazy("Modifier l’échéance"),
        _contract_page,
        of_contract=True,
        template="portfolio/treasury/instalment_form.html",
    ),
    RowKind(
        "invoice",
        Invoice,
        InvoiceForm,
        gettext_lazy("Ajouter une facture"),
        gettext_lazy("Modifier la facture"),
        lambda row: reverse("treasury:invoice", args=[row.pk]),
        of_contract=True,
    ),
    RowKind(
        "payment",
        Payment,
        PaymentForm,
        gettext_lazy("Enregistrer un paiement"),
        gettext_lazy("Modifier le paiement"),
        _payment_page,
    ),
    RowKind(
        "payroll",
        PayrollRule,
        PayrollForm,
        gettext_lazy("Ajouter une paie"),
        gettext_lazy("Modifier la paie"),
        _settings,
    ),
    RowKind(
        "exchange_rate",
        ExchangeRate,
        ExchangeRateForm,
        gettext_lazy("Ajouter un cours"),
        gettext_lazy("Modifier le cours"),
        _settings,
    ),
    RowKind(
        "vat_rate",
        VatRate,
        VatRateForm,
        gettext_lazy("Ajouter un taux de TVA"),
        gettext_lazy("Modifier le taux de TVA"),
        _settings,
    ),
)
LISTS = {"contract": "treasury:contracts", "invoice": "treasury:invoices", "payment": "treasury:payments"}


class OfKind:
    """What a view of one kind of row needs; `kind` is given by the route."""

    permission = Permission.CASH_EDIT
    kind: RowKind = KINDS[0]
    kwargs: dict[str, Any]

    def found(self, rows: Any) -> Any:
        """The row of the address; what hangs on a contract goes with it."""
        if self.kind.of_contract:
            rows = rows.filter(contract__deleted_at=None).select_related("contract__project")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def list_url(self) -> str:
        """The page of all the rows of the kind."""
        return reverse(LISTS.get(self.kind.name, "treasury:settings"))


class RowFormBase(OfKind, RowFormView):
    """What adding and changing a row share."""

    button = gettext_lazy("Enregistrer")
    contract: Contract | None = None

    @property
    def template_name(self) -> str:  # type: ignore[override]  # the kind says
        return self.kind.template

    @property
    def heading(self) -> Text:  # type: ignore[override]  # the kind says
        return self.kind.change if self.row is not None else self.kind.add

    def about(self) -> Text:
        return self.contract.name if self.contract else ""

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "contract": self.contract}


class RowCreateView(RowFormBase):
    """Add a row."""

    def prepare(self) -> None:
        if self.kind.of_contract:
            rows = Contract.objects.select_related("project")
            self.contract = get_object_or_404(rows, pk=self.kwargs["contract_id"])

    def back_url(self) -> str:
        return reverse("treasury:contract", args=[self.contract.pk]) if self.contract else self.list_url()

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return self.kind.form(data, contract=self.contract, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        """What the address says: a contract's project, an invoice's instalment, a payment's invoice."""
        given = self.request.GET
        if self.kind.name == "contract":
            return {"project": given.get("project", "")}
        if self.kind.name == "invoice":
            return {
                "instalment": given.get("instalment", ""),
                "period_on": given.get("period", ""),
                "issued_on": today(),
            }
        if self.kind.name == "payment":
            key = asked_uuid(given.get("invoice", ""))
            rows = with_paid(Invoice.objects.filter(pk=key)) if key else Invoice.objects.none()
            account = BankAccount.objects.first()
            found: dict[str, Any] = {"paid_on": today(), "account": account.pk if account else None}
            for row in rows:
                found |= {"kind": PaymentKind.INVOICE.value, "invoice": row.pk, "amount": row.rest}
            return found
        return {}

    def save(self, form: Any) -> str:
        row: Any = self.kind.model(**form.values)
        if self.contract is not None:
            row.contract = self.contract
        create_row(actor=self.request.member.actor, row=row)
        toast(self.request, _("« %(name)s » est enregistré.") % {"name": row})
        return self.kind.page(row)


class RowChangeView(RowFormBase):
    """Change a row."""

    def prepare(self) -> None:
        self.row = self.found(self.kind.model.objects)
        if self.kind.of_contract:
            self.contract = self.row.contract

    def back_url(self) -> str:
        return self.kind.page(self.row)

    def delete_url(self) -> str:
        return reverse(f"treasury:{self.kind.name}_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return self.kind.form(data, contract=self.contract, initial=_initial(self.row, self.kind.form))

    def save(self, form: Any) -> str:
        change_row(actor=self.request.member.actor, row=self.row, values=form.values, version=form.read_version)
        toast(self.request, _("« %(name)s » est enregistré.") % {"name": self.row})
        return self.kind.page(self.row)


def _initial(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    """The values of a row; rows that it points at by their keys."""
    return {name: getattr(value, "pk", value) for name, value in initial_of(row, form).items()}


class RowDeleteView(OfKind, RowActionView):
    """Put a row in the bin; the toast takes it back."""

    def fetch(self) -> Any:
        return self.found(self.kind.model.objects)

    def act(self, row: Any) -> None:
        delete_row(actor=self.request.member.actor, row=row)

    def next_url(self, row: Any) -> str:
        return reverse("treasury:contract", args=[row.contract_id]) if self.kind.of_contract else self.list_url()

    def said(self, row: Any) -> str:
        return _("« %(name)s » est supprimé.") % {"name": row}

    def undo_url(self, row: Any) -> str:
        return reverse(f"treasury:{self.kind.name}_restore", args=[row.pk])


class RowRestoreView(OfKind, RestoreView):
    """Bring a deleted row back."""

    def fetch(self) -> Any:
        return self.found(self.kind.model.everything.exclude(deleted_at=None))

    def act(self, row: Any) -> None:
        restore_row(actor=self.request.member.actor, row=row)


class SettingsChangeView(SingleRowFormView):
    """How VAT is declared."""

    permission = Permission.CASH_EDIT
    heading = gettext_lazy("Modifier la déclaration de TVA")
    button = gettext_lazy("Enregistrer")

    @cached_property
    def held(self) -> Any:
        return settings_row()

    def prepare(self) -> None:
        self.row = None if self.held._state.adding else self.held

    def back_url(self) -> str:
        return reverse("treasury:settings")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        row = self.row or self.held
        return SettingsForm(data, initial=_initial(row, SettingsForm))

    def save(self, form: Any) -> str:
        change_settings(actor=self.request.member.actor, values=form.values, version=form.read_version)
        toast(self.request, _("Déclaration de TVA enregistrée."))
        return self.back_url()
