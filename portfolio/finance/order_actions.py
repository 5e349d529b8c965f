"""Every write of purchase orders. The budget's lines follow in the same transaction (see `orders`)."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.finance.actions import LARGEST, YEARS, normalise
from portfolio.finance.domain.budget import to_cents
from portfolio.finance.exchange import Converter
from portfolio.finance.models import BudgetLine, OrderStatus, PurchaseOrder, PurchaseOrderLine
from portfolio.finance.orders import invoices_of
from portfolio.people.validation import changed, cleaned, refuse_twin, values_of
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class OrderPart:
    """A line to be ordered: `month` is any day of it."""

    category: str
    nature: str
    month: date
    amount: Decimal


@transaction.atomic
def create_order(*, actor: Actor, order: PurchaseOrder, parts: Sequence[OrderPart]) -> PurchaseOrder:
    """Add an order with its lines: at least one. Raises ValidationError by field."""
    if not parts:
        raise ValidationError({"amount": _("Une commande a au moins une ligne : indiquez son montant.")})
    _check(order)
    writing.create(actor, order)
    lines = [
        PurchaseOrderLine(order=order, category=one.category, nature=one.nature, month=one.month, amount=one.amount)
        for one in parts
    ]
    for line in lines:
        _check_line(line)
    writing.create_many(actor, lines)
    return order


@transaction.atomic
def change_order(
    *, actor: Actor, order: PurchaseOrder, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set some fields of an order (its project excepted); returns whether anything differed."""
    wanted = {name: value for name, value in values.items() if name != "project"}
    candidate = changed(order, wanted)
    _check(candidate)
    return writing.update(actor, order, values_of(candidate, wanted), version=version)


@transaction.atomic
def delete_order(*, actor: Actor, order: PurchaseOrder) -> None:
    """Put an order in the bin, with what it weighs. Raises ValidationError when invoices hang on it."""
    if invoices_of([order.pk]):
        raise ValidationError(
            _("La commande %(order)s a des factures : détachez d’abord son contrat, ou soldez-la.")
            % {"order": order.number}
        )
    writing.delete(actor, order)


@transaction.atomic
def restore_order(*, actor: Actor, order: PurchaseOrder) -> None:
    """Bring a deleted order back. Raises ValidationError when its number is taken since."""
    _check(order)
    writing.restore(actor, order)


@transaction.atomic
def add_order_line(*, actor: Actor, line: PurchaseOrderLine) -> PurchaseOrderLine:
    """Order something more. Raises ValidationError by field."""
    _refuse_ended(line.order)
    _check_line(line)
    return writing.create(actor, line)


@transaction.atomic
def change_order_line(
    *, actor: Actor, line: PurchaseOrderLine, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Set some fields of a line; returns whether anything differed."""
    wanted = {name: value for name, value in values.items() if name != "order"}
    candidate = copy.copy(line)
    for name, value in wanted.items():
        setattr(candidate, name, value)
    _refuse_ended(line.order)
    _check_line(candidate)
    return writing.update(actor, line, values_of(candidate, wanted), version=version)


@transaction.atomic
def delete_order_line(*, actor: Actor, line: PurchaseOrderLine) -> None:
    """Take a line off an order; the last one stays: without it nothing would say what the order is for."""
    _refuse_ended(line.order)
    others = PurchaseOrderLine.objects.filter(order=line.order_id).exclude(pk=line.pk)
    if not others.exists():
        raise ValidationError(_("C’est la seule ligne de la commande : modifiez-la, ou supprimez la commande."))
    writing.delete(actor, line)


@transaction.atomic
def restore_order_line(*, actor: Actor, line: PurchaseOrderLine) -> None:
    """Bring a deleted line back."""
    _refuse_ended(line.order)
    writing.restore(actor, line)


def _check(order: PurchaseOrder) -> None:
    """Raise ValidationError by field unless `order` may be written."""
    order.number, order.supplier = order.number.strip(), order.supplier.strip()
    order.currency = (order.currency or current_tenant().currency).strip().upper()
    cleaned(order)
    if not YEARS[0] <= order.ordered_on.year <= YEARS[1]:
        raise ValidationError(
            {
                "ordered_on": _("La date doit être entre %(first)s et %(last)s.")
                % {"first": YEARS[0], "last": YEARS[1]}
            }
        )
    Converter().demand_rate(order.currency, order.ordered_on)
    refuse_twin(order, _("Ce fournisseur a déjà une commande de ce numéro."), "supplier", "number")


def _check_line(line: PurchaseOrderLine) -> None:
    place = BudgetLine(
        project=line.order.project,
        category=line.category,
        nature=line.nature,
        month=line.month,
        currency=current_tenant().currency,
    )
    normalise(place)
    line.month = place.month
    amount = Decimal(line.amount)
    decimals = min(formats.currency_decimals(line.order.currency), 2)
    if not amount.is_finite() or not 0 < amount <= LARGEST or not to_cents(amount, decimals):
        raise ValidationError({"amount": _("Le montant d’une ligne de commande est supérieur à zéro.")})
    line.amount = to_cents(amount, decimals)


def _refuse_ended(order: PurchaseOrder) -> None:
    order.refresh_from_db(fields=["status"])
    if order.status != OrderStatus.OPEN:
        raise ValidationError(
            _("La commande %(order)s est à l’état « %(state)s » : rouvrez-la pour changer ses lignes.")
            % {"order": order.number, "state": order.get_status_display()}
        )
