"""Every write of the treasury. One kind of row is written as another: what differs is in `rules`."""

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction

from portfolio.people.validation import values_of
from portfolio.treasury.models import TreasurySettings
from portfolio.treasury.rules import check, check_removal
from portfolio.treasury.terms import settings_row
from tech4value.audit import writing
from tech4value.audit.actor import Actor
from tech4value.tenancy.models import EditableModel

Row = TypeVar("Row", bound=EditableModel)


@transaction.atomic
def create_row(*, actor: Actor, row: Row) -> Row:
    """Add an account, a contract, an instalment, an invoice, a payment, a payroll or a rate.

    Raises ValidationError by field.
    """
    check(row)
    return writing.create(actor, row)


@transaction.atomic
def change_row(*, actor: Actor, row: EditableModel, values: Mapping[str, Any], version: int | None = None) -> bool:
    """Set some fields of a row; returns whether anything differed. What follows from them is set with them.

    Raises ValidationError by field, StaleVersionError when `version` is no longer the row's.
    """
    candidate = changed_by(row, values)
    check(candidate)
    followed = {
        field.name
        for field in row._meta.local_fields
        if field.editable and not field.generated and getattr(candidate, field.attname) != getattr(row, field.attname)
    }
    return writing.update(actor, row, values_of(candidate, followed | set(values)), version=version)


def changed_by(row: Row, values: Mapping[str, Any]) -> Row:
    """A copy of `row` with `values`, not checked yet: what `check` fills in may be missing."""
    candidate = copy.copy(row)
    for name, value in values.items():
        setattr(candidate, name, value)
    return candidate


@transaction.atomic
def delete_row(*, actor: Actor, row: EditableModel) -> None:
    """Put a row in the bin. Raises ValidationError when something paid depends on it."""
    check_removal(row)
    writing.delete(actor, row)


@transaction.atomic
def restore_row(*, actor: Actor, row: EditableModel) -> None:
    """Bring a deleted row back. Raises ValidationError when it no longer fits."""
    check(row)
    writing.restore(actor, row)


@transaction.atomic
def change_settings(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> TreasurySettings:
    """Say how VAT is declared; the first who says something creates the row. Raises ValidationError by field."""
    row = settings_row()
    if not values:
        return row
    if row._state.adding:
        for name, value in values.items():
            setattr(row, name, value)
        return create_row(actor=actor, row=row)
    change_row(actor=actor, row=row, values=values, version=version)
    return row
