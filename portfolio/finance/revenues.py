"""What projects sell, as the room that keeps their contracts knows it. It stands above this one and says so in its
`AppConfig.ready`:

    register_revenues(contract_revenues)
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Revenue:
    """Money that a project sells, before tax, in the organisation's currency, on the day of its invoice: what the
    contract says, and what is invoiced (None as long as nothing is)."""

    project_id: UUID
    on: date
    expected: Decimal
    realised: Decimal | None
    label: str
    url: str = ""


ReadRevenues = Callable[[Collection[UUID]], Sequence[Revenue]]
_readers: list[ReadRevenues] = []


def register_revenues(read: ReadRevenues) -> None:
    """Add what a room knows; the same function registered twice is there once."""
    if read not in _readers:
        _readers.append(read)


def revenues_of(projects: Collection[UUID]) -> list[Revenue]:
    """What the projects sell, those of which nothing is known left out; nothing is read for no project."""
    if not projects:
        return []
    return [one for read in _readers for one in read(projects)]
