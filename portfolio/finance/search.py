"""What the search finds of this room: envelopes."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.finance.envelope_models import Envelope
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Searchable, register
from tech4value.search.words import Words


def envelope_words(row: Envelope) -> Words:
    """The name and the purpose."""
    return Words(title=row.name, detail=row.purpose[:200])


def _envelope(key: UUID, _project: UUID | None) -> str:
    return reverse("finance:envelope", args=[key])


def register_searchables() -> None:
    """Called when the room is ready."""
    register(
        Searchable(
            kind="envelope",
            label=_("Enveloppe"),
            plural=_("Enveloppes"),
            icon="banknotes",
            model=Envelope,
            permission=Permission.BUDGET_VIEW,
            rows=lambda: Envelope.objects.all(),
            words=envelope_words,
            address=_envelope,
            fields=frozenset({"name", "purpose"}),
            weight=57,
        ),
    )
