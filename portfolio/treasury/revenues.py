"""What projects sell, for the returns of finance: the invoices of their customer contracts and those to come."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.urls import reverse

from portfolio.finance.domain.budget import ZERO, add_months
from portfolio.finance.revenues import Revenue
from portfolio.treasury.domain.billing import Billing, amounts_of, billings
from portfolio.treasury.domain.books import Direction
from portfolio.treasury.ledger import Ledger, load_ledger
from portfolio.treasury.models import Contract
from tech4value.tenancy.clock import today as clock_today

# A subscription without an end counts for five years from today.
HORIZON_MONTHS: Final = 60


def contract_revenues(projects: Collection[UUID]) -> Sequence[Revenue]:
    """Each invoice of the projects' customer contracts, sent or to come, before tax, in the organisation's currency
    at the rate of its day. What was due before today and is not invoiced is still expected, on its day."""
    sold = Contract.objects.filter(project__in=projects, direction=Direction.CUSTOMER.value)
    if not sold.exists():
        return []
    ledger, today = load_ledger(), clock_today()
    books = ledger.books
    wanted = {str(key) for key in projects}
    known = {
        contract.key: amounts_of(contract, books.rates.decimals)
        for contract in books.contracts
        if contract.project in wanted and contract.direction is Direction.CUSTOMER
    }
    found = []
    for one in billings(books, today, add_months(today, HORIZON_MONTHS)):
        if one.contract.key not in known:
            continue
        agreed = known[one.contract.key].get(one.instalment, ZERO) if one.invoice else one.net
        day, currency = one.invoiced_on, one.contract.currency
        found.append(
            Revenue(
                project_id=UUID(one.contract.project),
                on=day,
                expected=books.rates.converted(agreed, currency, day),
                realised=books.rates.converted(one.net, currency, day) if one.invoice else None,
                label=_label(one, ledger),
                url=reverse("treasury:contract", args=[one.contract.key]),
            )
        )
    return found


def _label(one: Billing, ledger: Ledger) -> str:
    """`Abonnement, F-2031`, or `Abonnement, Mensualité` when there is no invoice yet."""
    part = ledger.invoices[one.invoice].number if one.invoice else ledger.instalments[one.instalment].name
    return f"{ledger.contracts[one.contract.key].name}, {part}"
