"""What the treasury tells the budgets below of purchase orders: their invoices, and the rates of other currencies."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.models import PurchaseOrder
from portfolio.finance.orders import OrderInvoice, orders_moved
from portfolio.treasury.domain.books import Direction
from portfolio.treasury.models import Contract, ExchangeRate, Invoice, InvoiceStatus
from portfolio.treasury.terms import rates_of
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant

CONTRACT: Final = object_type(Contract)
INVOICE: Final = object_type(Invoice)
RATE: Final = object_type(ExchangeRate)


def exchange_steps() -> Mapping[str, Sequence[tuple[date, Decimal]]]:
    """Every rate, as budgets read them. One statement."""
    return {
        currency: [(step.starts_on, step.value) for step in steps] for currency, steps in rates_of().steps.items()
    }


def order_invoices(orders: Collection[UUID]) -> list[OrderInvoice]:
    """What suppliers have invoiced of these orders, cancelled invoices left out. One statement."""
    rows = (
        Invoice.objects.filter(
            contract__order__in=list(orders), contract__deleted_at=None, contract__direction=Direction.SUPPLIER.value
        )
        .exclude(status=InvoiceStatus.CANCELLED)
        .select_related("contract")
    )
    return [
        OrderInvoice(
            order_id=row.contract.order_id,
            number=row.number,
            day=row.issued_on,
            amount=row.net_amount,
            currency=row.contract.currency,
            url=reverse("treasury:invoice", args=[row.pk]),
        )
        for row in rows
    ]


def follow_orders(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: the budgets follow what is invoiced of their orders, and the rates."""
    contracts = {event.object_id for event in events if event.object_type == CONTRACT}
    invoices = {event.object_id for event in events if event.object_type == INVOICE}
    rates = any(event.object_type == RATE for event in events)
    if not (contracts or invoices or rates):
        return
    # The order that a contract has just left still has its lines to write.
    left = {
        UUID(str(key))
        for event in events
        if event.object_type == CONTRACT
        for key in event.changes.get("order", ())
        if key
    }
    of_contracts = Contract.everything.filter(Q(pk__in=contracts) | Q(invoices__pk__in=invoices), order__isnull=False)
    touched = Q(pk__in=left) | Q(pk__in=of_contracts.values("order"))
    if rates:
        base = current_tenant().currency
        touched |= ~Q(currency=base) | Q(
            pk__in=Contract.objects.exclude(currency=base).exclude(order=None).values("order")
        )
    projects = set(PurchaseOrder.everything.filter(touched).values_list("project_id", flat=True))
    if projects:
        orders_moved(projects)


def check_order(row: Contract) -> None:
    """Raise ValidationError unless the order that a contract invoices is a supplier's and of its project, which it
    gives when there is none."""
    if row.order_id is None or row.order is None:
        return
    if row.direction != Direction.SUPPLIER:
        raise ValidationError({"order": _("Une commande se facture par un contrat de fournisseur.")})
    if row.project_id is None:
        row.project = row.order.project
    if row.project_id != row.order.project_id:
        raise ValidationError(
            {
                "order": _("La commande %(order)s est d’un autre projet (%(project)s) : choisissez le même.")
                % {"order": row.order.number, "project": row.order.project.code}
            }
        )


def check_rates_of_orders(currency: str, others: QuerySet[Any], row: ExchangeRate | None = None) -> None:
    """Raise ValidationError when an order of `currency` would be left without a rate on its day by the rates `others`
    alone, or with `row` when it is given."""
    days = list(others.order_by("starts_on").values_list("starts_on", flat=True)[:1])
    if row is not None and row.currency == currency:
        days.append(row.starts_on)
    orders = PurchaseOrder.objects.filter(currency=currency)
    if days:
        orders = orders.filter(ordered_on__lt=min(days))
    if (order := orders.first()) is not None:
        language = get_language() or "fr"
        raise ValidationError(
            _("La commande %(order)s du %(day)s est en %(currency)s : gardez un cours à cette date ou avant.")
            % {
                "order": order.number,
                "day": formats.date_short(order.ordered_on, language),
                "currency": order.currency,
            }
        )
