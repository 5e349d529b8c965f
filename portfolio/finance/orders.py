"""Purchase orders are written on the budget's lines, where every sum, list, export and pack reads the same cents:
what is ordered and not yet invoiced is committed, what is invoiced is spent.

The lines follow before the commit of what changed an order. Invoices belong to a room above, which reads them for us
(`register_invoices`) and says when those of a project moved (`orders_moved`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.orders import InvoicedPart, OrderedPart, Weight, together, weigh
from portfolio.finance.domain.versions import Place
from portfolio.finance.exchange import Converter
from portfolio.finance.models import BudgetLine, OrderStatus, PurchaseOrder, PurchaseOrderLine
from portfolio.projects.models import Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, object_type, update_many
from tech4value.tenancy.context import before_commit

ORDER: Final = object_type(PurchaseOrder)
ORDER_LINE: Final = object_type(PurchaseOrderLine)


@dataclass(frozen=True, slots=True)
class OrderInvoice:
    """An invoice of an order: before tax, in its own currency."""

    order_id: UUID
    number: str
    day: date
    amount: Decimal
    currency: str
    url: str


ReadInvoices = Callable[[Collection[UUID]], Sequence[OrderInvoice]]
_readers: list[ReadInvoices] = []


def register_invoices(read: ReadInvoices) -> None:
    """Say how the invoices of orders are read; the same function registered twice is there once."""
    if read not in _readers:
        _readers.append(read)


def invoices_of(orders: Collection[UUID]) -> list[OrderInvoice]:
    """The invoices of orders, by day."""
    found = [invoice for read in _readers for invoice in read(orders)] if orders else []
    return sorted(found, key=lambda one: (one.day, one.number))


@dataclass
class _Moved:
    """The projects whose orders a transaction moved: their lines are written once, at its end."""

    projects: set[UUID] = field(default_factory=set)

    def __call__(self) -> None:
        settle_orders(self.projects)


def orders_moved(projects: Iterable[UUID]) -> None:
    """The orders or the invoices of these projects have changed: their lines follow before the commit."""
    moved: Any = before_commit("finance.orders", _Moved())
    moved.projects.update(projects)


def follow_orders(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    found = {event.project_id for event in events if event.object_type in {ORDER, ORDER_LINE} and event.project_id}
    for event in events:
        if event.object_type == ORDER and "project" in event.changes:
            found |= {UUID(str(key)) for key in event.changes["project"] if key}
    if found:
        orders_moved(found)


@dataclass(frozen=True, slots=True)
class WeighedOrder:
    """An order with what it weighs on the budget, in the organisation's currency."""

    order: PurchaseOrder
    lines: tuple[PurchaseOrderLine, ...]
    invoices: tuple[OrderInvoice, ...]
    amount: Decimal
    invoiced: Decimal
    weights: dict[Place, Weight]

    @property
    def committed(self) -> Decimal:
        """What is ordered and not yet invoiced."""
        return sum((weight.ordered for weight in self.weights.values()), ZERO)


def weighed_orders(orders: Sequence[PurchaseOrder]) -> list[WeighedOrder]:
    """Orders with their lines, their invoices and their weight. At most four statements. Raises ValidationError: a
    rate is missing."""
    lines: dict[UUID, list[PurchaseOrderLine]] = defaultdict(list)
    for line in PurchaseOrderLine.objects.filter(order__in=orders):
        lines[line.order_id].append(line)
    invoices: dict[UUID, list[OrderInvoice]] = defaultdict(list)
    for invoice in invoices_of([order.pk for order in orders]):
        invoices[invoice.order_id].append(invoice)
    converter = Converter()
    found = []
    for order in orders:
        parts = [
            OrderedPart(line.place, converter.converted(line.amount, order.currency, order.ordered_on))
            for line in lines[order.pk]
        ]
        received = [
            InvoicedPart(one.day, converter.converted(one.amount, one.currency, one.day))
            for one in invoices[order.pk]
        ]
        found.append(
            WeighedOrder(
                order=order,
                lines=tuple(lines[order.pk]),
                invoices=tuple(invoices[order.pk]),
                amount=sum((part.amount for part in parts), ZERO),
                invoiced=sum((part.amount for part in received), ZERO),
                weights=weigh(parts, received, is_open=order.status == OrderStatus.OPEN, decimals=converter.decimals),
            )
        )
    return found


def settle_orders(projects: Collection[UUID]) -> None:
    """Write what the orders of these projects weigh on their lines; a place without a line gets one, whose forecast
    is what it weighs. What people typed on a line stays beside."""
    # One writer of a project's budget at a time, always in one order.
    chosen = Project.objects.filter(pk__in=projects).select_for_update(no_key=True).order_by("pk")
    keys = list(chosen.values_list("pk", flat=True))
    orders: dict[UUID, list[dict[Place, Weight]]] = defaultdict(list)
    for one in weighed_orders(list(PurchaseOrder.objects.filter(project__in=keys))):
        orders[one.order.project_id].append(one.weights)
    wanted = {(key, *place): weight for key in keys for place, weight in together(orders[key]).items()}
    lines = BudgetLine.objects.filter(project__in=keys, envelope=None).select_for_update(no_key=True).order_by("pk")
    held = {(line.project_id, line.category, line.nature, line.month): line for line in lines}
    changes = [(line, _followed(line, wanted.get(place, Weight()))) for place, line in held.items()]
    update_many(SYSTEM, [one for one in changes if one[1]], verb="budgetline.order_followed")
    base = Converter().base
    fresh = [
        BudgetLine(
            project_id=project_id,
            category=category,
            nature=nature,
            month=month,
            currency=base,
            committed=weight.ordered,
            actual=weight.invoiced,
            forecast=weight.ordered + weight.invoiced,
            ordered=weight.ordered,
            invoiced=weight.invoiced,
        )
        for (project_id, category, nature, month), weight in wanted.items()
        if (project_id, category, nature, month) not in held and (weight.ordered or weight.invoiced)
    ]
    create_many(SYSTEM, fresh)


def _followed(line: BudgetLine, weight: Weight) -> dict[str, Decimal]:
    """What a line becomes under `weight`; nothing when it already says so."""
    if (line.ordered, line.invoiced) == (weight.ordered, weight.invoiced):
        return {}
    values = {
        "committed": line.committed + weight.ordered - line.ordered,
        "actual": line.actual + weight.invoiced - line.invoiced,
        "ordered": weight.ordered,
        "invoiced": weight.invoiced,
    }
    # A line that orders made expects what they weigh, until somebody plans it or expects otherwise.
    if not line.planned and line.forecast == line.ordered + line.invoiced:
        values["forecast"] = weight.ordered + weight.invoiced
    return values
