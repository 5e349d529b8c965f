"""What the search finds of this room: contracts and invoices."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.treasury.models import Contract, Invoice
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Related, Searchable, register
from tech4value.search.words import Words


def contract_words(row: Contract) -> Words:
    return Words(title=row.name, code=row.reference, detail=row.counterparty)


def invoice_words(row: Invoice) -> Words:
    return Words(title=row.number, detail=f"{row.contract.name} {row.contract.counterparty}")


def _contract(key: UUID, _project: UUID | None) -> str:
    return reverse("treasury:contract", args=[key])


def _invoice(key: UUID, _project: UUID | None) -> str:
    return reverse("treasury:invoice", args=[key])


def register_searchables() -> None:
    """Called when the room is ready."""
    register(
        Searchable(
            kind="contract",
            label=_("Contrat"),
            plural=_("Contrats"),
            icon="document-text",
            model=Contract,
            permission=Permission.CASH_VIEW,
            rows=lambda: Contract.objects.all(),
            words=contract_words,
            address=_contract,
            fields=frozenset({"name", "reference", "counterparty"}),
            weight=55,
        ),
        Searchable(
            kind="invoice",
            label=_("Facture"),
            plural=_("Factures"),
            icon="document-text",
            model=Invoice,
            permission=Permission.CASH_VIEW,
            rows=lambda: Invoice.objects.filter(contract__deleted_at=None).select_related("contract"),
            words=invoice_words,
            address=_invoice,
            fields=frozenset({"number", "contract"}),
            related=(Related(Contract, "contract", frozenset({"name", "counterparty"})),),
            weight=56,
        ),
    )
