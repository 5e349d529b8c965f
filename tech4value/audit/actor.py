"""Who acts, and on behalf of which date and batch."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    CONNECTOR = "connector"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Given to every action. `effective_on` dates a fact that is loaded later than it happened; `batch_id` ties
    the writes of one import or sync run, so that they can be undone as a whole."""

    kind: ActorKind
    label: str
    user_id: UUID | None = None
    effective_on: date | None = None
    batch_id: UUID | None = None

    def on(self, effective_on: date) -> "Actor":
        """The same actor, acting as of a date."""
        return replace(self, effective_on=effective_on)

    def within(self, batch_id: UUID) -> "Actor":
        """The same actor, whose writes belong to a batch."""
        return replace(self, batch_id=batch_id)


SYSTEM = Actor(kind=ActorKind.SYSTEM, label="Tech4Value")
