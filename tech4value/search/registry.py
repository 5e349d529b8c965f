"""What can be found. Rooms declare their rows in `AppConfig.ready`:

    register(Searchable(kind="risk", label=_("Risque"), plural=_("Risques"), icon="shield-exclamation", model=Risk,
                        permission=Permission.RISK_VIEW, rows=…, words=…, address=…, fields=…))

The search stands below the rooms: it knows their rows by these declarations only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.writing import object_type
from tech4value.search.words import Words
from tech4value.tenancy.models import TenantModel


@dataclass(frozen=True, slots=True)
class Related:
    """A row that others show a part of: when one of `fields` of a `model` changes, the rows whose `path` leads to it
    are indexed again."""

    model: type[TenantModel]
    path: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Searchable:
    """A kind of row. `rows` gives the live ones that may be found, with what `words` reads; `fields` are those of
    the row's own that `words` or the project depend on.

    `project` is the attribute that holds the key of its project (`id` for the projects themselves), empty when the
    row belongs to none. `readers`: where the right does not go by project, the keys under which a member whose scope
    is their own finds rows; `project` is then the attribute that holds such a key. `weight`: the lower comes first
    among rows that answer as well. `changed` is its instant.
    """

    kind: str
    label: str | Promise
    plural: str | Promise
    icon: str
    model: type[TenantModel]
    permission: Permission
    rows: Callable[[], QuerySet[Any]]
    words: Callable[[Any], Words]
    address: Callable[[UUID, UUID | None], str]
    fields: frozenset[str]
    project: str = ""
    related: tuple[Related, ...] = ()
    weight: int = 50
    changed: str = "updated_at"
    readers: Callable[[Membership], Iterable[UUID]] | None = None


_kinds: dict[str, Searchable] = {}
_by_type: dict[str, Searchable] = {}
_own_projects: list[Callable[[Membership, Permission], Iterable[UUID]]] = []


def register(*searchables: Searchable) -> None:
    """Add kinds of rows; the same kind registered twice is there once."""
    for searchable in searchables:
        _kinds[searchable.kind] = searchable
        _by_type[object_type(searchable.model)] = searchable


def register_projects(own: Callable[[Membership, Permission], Iterable[UUID]]) -> None:
    """Say which projects a member sees when a permission holds on their own only."""
    _own_projects[:] = [own]


def own_projects(member: Membership, permission: Permission) -> list[UUID]:
    """The keys of the member's own projects."""
    return [key for own in _own_projects for key in own(member, permission)]


def kinds() -> list[Searchable]:
    """Every kind, the weightiest first."""
    return sorted(_kinds.values(), key=lambda one: (one.weight, one.kind))


def kind_named(kind: str) -> Searchable | None:
    return _kinds.get(kind)


def of_type(name: str) -> Searchable | None:
    """The kind of the journal's `portfolio_projects.project`, None when it is not searched."""
    return _by_type.get(name)


def of_model(model: type[Any]) -> Searchable | None:
    return _by_type.get(object_type(model))
