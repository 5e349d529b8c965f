"""What the search finds of this room: the committee packs."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reporting.packs.models import Pack
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Searchable, register
from tech4value.search.words import Words


def pack_words(pack: Pack) -> Words:
    return Words(title=pack.title, detail=f"{pack.meeting_on:%d/%m/%Y}")


def pack_address(key: UUID, _project: UUID | None) -> str:
    return reverse("packs:detail", args=[key])


def register_searchables() -> None:
    register(
        Searchable(
            kind="pack",
            label=_("Dossier de Copil"),
            plural=_("Dossiers de Copil"),
            icon="document-text",
            model=Pack,
            permission=Permission.PACK_VIEW,
            # Without its snapshot, which holds every figure of the pack.
            rows=lambda: Pack.objects.only("title", "meeting_on", "taken_at"),
            words=pack_words,
            address=pack_address,
            fields=frozenset({"title", "meeting_on"}),
            weight=35,
            changed="taken_at",
        )
    )
