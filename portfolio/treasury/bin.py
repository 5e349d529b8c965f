"""What of the treasury comes back from the bin, for those who keep the cash."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portfolio.treasury.actions import restore_row
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
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.web.bin import BinKind, register_kind


def _deleted(model: Any, **live: Any) -> Callable[[Membership], QuerySet[Any]]:
    """The deleted rows of `model` whose parents are still there."""

    def rows(member: Membership) -> QuerySet[Any]:
        found: QuerySet[Any] = model.everything.exclude(deleted_at=None).filter(**live)
        return found if member.can(Permission.CASH_EDIT) else found.none()

    return rows


def _restore(actor: Actor, row: Any) -> None:
    restore_row(actor=actor, row=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    of_contract = {"contract__deleted_at": None}
    hangs = ("contractinstalment", "invoice", "payment")
    kinds = (
        BinKind(BankAccount, _("Comptes bancaires"), _deleted(BankAccount), _restore, 180, ("payment",)),
        BinKind(Contract, _("Contrats"), _deleted(Contract), _restore, 181, hangs),
        BinKind(
            ContractInstalment, _("Échéances de contrat"), _deleted(ContractInstalment, **of_contract), _restore, 182
        ),
        BinKind(Invoice, _("Factures"), _deleted(Invoice, **of_contract), _restore, 183, ("payment",)),
        BinKind(Payment, _("Paiements"), _deleted(Payment, account__deleted_at=None), _restore, 184),
        BinKind(PayrollRule, _("Paies"), _deleted(PayrollRule), _restore, 185, ("payment",)),
        BinKind(ExchangeRate, _("Cours de change"), _deleted(ExchangeRate), _restore, 186),
        BinKind(VatRate, _("Taux de TVA"), _deleted(VatRate), _restore, 187),
    )
    for kind in kinds:
        register_kind(kind)
