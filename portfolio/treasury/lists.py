"""The lists of this room: contracts, invoices, payments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy, pgettext
from django.utils.translation import gettext as _

from portfolio.people.lists import choose
from portfolio.projects.models import Project
from portfolio.treasury.models import DIRECTIONS, PAYMENT_KINDS, Contract, Invoice, InvoiceStatus, Payment
from portfolio.treasury.queries import with_paid
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.tables.columns import EMPTY, CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, FlagFilter, NumberRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display


def _in_its_currency(amount: Any, currency: str) -> str:
    return formats.money(amount, currency, get_language() or "fr")


def _money(key: str, label: Any, currency: str, **options: Any) -> Column:
    """An amount in the currency of its contract, which `currency` (an attribute's path) leads to."""

    def of(row: Any) -> str:
        found = row
        for name in currency.split("."):
            found = getattr(found, name)
        return str(found)

    def html(row: Any) -> Any:
        value = getattr(row, key)
        return EMPTY if value is None else _in_its_currency(value, of(row))

    return Column(
        key=key, label=label, value=key, kind=CellKind.NUMBER, sort=key, html=html,
        filter=NumberRange(path=key), **options,
    )  # fmt: skip


def _project_cell(row: Any) -> Any:
    project = row.project if isinstance(row, Contract) else row.contract.project
    if project is None:
        return EMPTY
    address = reverse("projects:detail", args=[project.pk])
    return format_html('<a href="{}" title="{}">{}</a>', address, project.name, project.code)


class ContractTable(Table):
    """Contracts with customers and suppliers."""

    key = "contracts"
    label = gettext_lazy("Contrats")
    counted = ngettext_lazy("%(shown)s contrat", "%(shown)s contrats", "n")
    permission = Permission.CASH_VIEW
    search = ("sort_name", Fold("counterparty"), Fold("reference"))
    search_label = gettext_lazy("Rechercher un contrat")
    default_sort = "name"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="name",
                label=_("Contrat"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("treasury:contract", args=[row.pk]),
            ),
            Column(
                key="counterparty", label=_("Client ou fournisseur"), value="counterparty", sort=Fold("counterparty")
            ),
            Column(
                key="direction",
                label=_("Sens"),
                value=lambda row: row.get_direction_display(),
                sort="direction",
                filter=ChoiceFilter(main=True, several=False, choices=lambda: DIRECTIONS, path="direction"),
            ),
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.project.code if row.project else "",
                sort="project__sort_name",
                html=_project_cell,
                filter=RowFilter(main=True, path="project", field=choose(Project)),
            ),
            _money("net_amount", _("Montant HT"), "currency"),
            Column(
                key="reference",
                label=pgettext("contrat", "Référence"),
                value="reference",
                sort=Fold("reference"),
                shown=False,
                rank=3,
            ),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Contract.objects.all()
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(Contract.objects.filter(pk__in=keys).select_related("project"))

    def address(self) -> str:
        return reverse("treasury:contracts")


class InvoiceTable(Table):
    """Invoices sent and received, with what is left to pay of them."""

    key = "invoices"
    label = gettext_lazy("Factures")
    counted = ngettext_lazy("%(shown)s facture", "%(shown)s factures", "n")
    permission = Permission.CASH_VIEW
    search = ("sort_number", Fold("contract__counterparty"), "contract__sort_name")
    search_label = gettext_lazy("Rechercher une facture")
    default_sort = "due"

    @property
    def filters(self) -> Sequence[ExtraFilter]:  # type: ignore[override]  # the day is read when asked
        late = FlagFilter(main=True, condition=lambda: Q(status=InvoiceStatus.OPEN, due_on__lt=today()) & ~Q(rest=0))
        unpaid = FlagFilter(main=True, condition=lambda: Q(status=InvoiceStatus.OPEN) & ~Q(rest=0))
        return [ExtraFilter("late", _("En retard"), late), ExtraFilter("unpaid", _("À régler"), unpaid)]

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="number",
                label=_("Facture"),
                value="number",
                kind=CellKind.NAME,
                sort="sort_number",
                rank=1,
                fixed=True,
                panel=True,
                url=lambda row: reverse("treasury:invoice", args=[row.pk]),
            ),
            Column(
                key="counterparty",
                label=_("Client ou fournisseur"),
                value="contract__counterparty",
                sort=Fold("contract__counterparty"),
            ),
            Column(
                key="direction",
                label=_("Sens"),
                value=lambda row: row.contract.get_direction_display(),
                sort="contract__direction",
                filter=ChoiceFilter(main=True, several=False, choices=lambda: DIRECTIONS, path="contract__direction"),
            ),
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.contract.project.code if row.contract.project else "",
                sort="contract__project__sort_name",
                html=_project_cell,
                filter=RowFilter(main=True, path="contract__project", field=choose(Project)),
            ),
            Column(
                key="issued",
                label=pgettext("facture", "Émise le"),
                value="issued_on",
                kind=CellKind.DATE,
                sort="issued_on",
                filter=DateRange(path="issued_on"),
            ),
            Column(
                key="due",
                label=pgettext("facture", "Échéance"),
                value="due_on",
                kind=CellKind.DATE,
                sort="due_on",
                html=_due,
                filter=DateRange(path="due_on"),
            ),
            _money("gross", _("Montant TTC"), "contract.currency"),
            _money("rest", _("Reste à régler"), "contract.currency"),
            Column(
                key="status",
                label=_("État"),
                value=_state,
                sort="status",
                html=_state_badge,
                filter=ChoiceFilter(choices=lambda: InvoiceStatus.choices, path="status"),
            ),
        ]

    def rows(self) -> QuerySet[Any]:
        return with_paid(Invoice.objects.filter(contract__deleted_at=None))

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(self.rows().filter(pk__in=keys).select_related("contract__project"))

    def address(self) -> str:
        return reverse("treasury:invoices")


def _state(row: Any) -> str:
    """Paid, when nothing is left of it; else as people have said."""
    paid = row.status == InvoiceStatus.OPEN and not row.rest
    return _("Payée") if paid else str(row.get_status_display())


def _state_badge(row: Any) -> Any:
    paid = row.status == InvoiceStatus.OPEN and not row.rest
    return display.badge(_state(row), "good") if paid else _state(row)


def _due(row: Any) -> Any:
    day = formats.date_short(row.due_on, get_language() or "fr")
    late = row.status == InvoiceStatus.OPEN and row.rest and row.due_on < today()
    return format_html("{} {}", day, display.badge(_("En retard"), "bad")) if late else day


class PaymentTable(Table):
    """What has moved on the accounts."""

    key = "payments"
    label = gettext_lazy("Paiements")
    counted = ngettext_lazy("%(shown)s paiement", "%(shown)s paiements", "n")
    permission = Permission.CASH_VIEW
    search = (Fold("label"), "invoice__sort_number", "invoice__contract__sort_name")
    search_label = gettext_lazy("Rechercher un paiement")
    default_sort = "-paid"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="paid",
                label=_("Payé le"),
                value="paid_on",
                kind=CellKind.DATE,
                sort="paid_on",
                rank=1,
                filter=DateRange(path="paid_on"),
            ),
            Column(
                key="name",
                label=_("Paiement"),
                value=_payment_name,
                kind=CellKind.NAME,
                sort="kind",
                rank=1,
                fixed=True,
                panel=True,
                url=lambda row: reverse("treasury:payment_edit", args=[row.pk]),
            ),
            Column(
                key="kind",
                label=_("Nature"),
                value=lambda row: row.get_kind_display(),
                sort="kind",
                filter=ChoiceFilter(main=True, choices=lambda: PAYMENT_KINDS, path="kind"),
            ),
            Column(key="account", label=_("Compte"), value="account__name", sort="account__name"),
            Column(
                key="amount",
                label=_("Montant"),
                value="amount",
                kind=CellKind.NUMBER,
                sort="amount",
                html=lambda row: _in_its_currency(row.amount, _currency_of(row)),
                filter=NumberRange(path="amount"),
            ),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Payment.objects.all()
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = Payment.objects.filter(pk__in=keys)
        return list(rows.select_related("account", "invoice__contract", "payroll"))

    def address(self) -> str:
        return reverse("treasury:payments")


def _payment_name(row: Payment) -> str:
    if row.invoice is not None:
        return _("Facture %(number)s, %(contract)s") % {
            "number": row.invoice.number,
            "contract": row.invoice.contract.name,
        }
    month = formats.month(row.month, get_language() or "fr") if row.month else ""
    if row.payroll is not None:
        return _("%(name)s, %(month)s") % {"name": row.payroll.name, "month": month}
    return row.label or (f"{row.get_kind_display()} {month}".strip())


def _currency_of(row: Payment) -> str:
    return row.invoice.contract.currency if row.invoice is not None else current_tenant().currency
