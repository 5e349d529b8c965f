"""What a member finds: every word begins one of the row's, best rows first, and only what they may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Scope
from tech4value.search import candidates, registry
from tech4value.search.models import SearchEntry
from tech4value.search.registry import Searchable
from tech4value.search.words import Match, Tier, held_whole, highlighted, match_of, query_words

LIMIT: Final = 20
# Of each kind, how many rows are ranked: more than what is shown, so that the best of them are there.
RANKED: Final = 25
# What ranking and drawing need of an entry: read as tuples, which cost half as much as rows of the model.
READ: Final = ("id", "kind", "title", "code", "detail", "project_id", "tokens", "updated_at")


@dataclass(frozen=True, slots=True)
class Found:
    """A row that answers."""

    id: UUID
    kind: Searchable
    title: str
    code: str
    detail: str
    project_id: UUID | None
    match: Match
    updated_at: datetime
    asked: Sequence[str]
    # Whether each word asked is a whole word of the row: `12` is PRJ-012 before PRJ-120.
    whole: bool

    @property
    def url(self) -> str:
        return self.kind.address(self.id, self.project_id)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The title in parts, those that were asked for marked."""
        return highlighted(self.title, self.asked)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a member may find: kinds seen everywhere, and kinds seen in some projects only."""

    everywhere: tuple[str, ...]
    own: tuple[str, ...]
    projects: tuple[UUID, ...]


def sight_of(
    member: Membership,
    kinds: Collection[str] | None = None,
    *,
    permission: Permission | None = None,
    project: UUID | None = None,
) -> Sight:
    """What `member` may find of `kinds` (None: all).

    `permission` asks for more than seeing: the projects where the member holds it. `project` narrows to one project.
    """
    everywhere, own = [], []
    read: list[UUID] = []
    needed: Permission | None = None
    for searchable in registry.kinds():
        if kinds is not None and searchable.kind not in kinds:
            continue
        wanted = permission if permission is not None and searchable.project else searchable.permission
        scope = min((member.scope(one) for one in (searchable.permission, wanted)), key=_narrowness)
        if scope is Scope.ALL and project is None:
            everywhere.append(searchable.kind)
        elif scope is not None and searchable.project:
            own.append(searchable.kind)
            if searchable.readers is not None:
                read += searchable.readers(member)
            else:
                needed = needed or wanted
    projects = [*read, *(registry.own_projects(member, needed) if needed is not None else ())]
    if project is not None:
        projects = [key for key in projects if key == project]
    return Sight(tuple(everywhere), tuple(own), tuple(projects))


def _narrowness(scope: Scope | None) -> int:
    return {None: 0, Scope.OWN: 1, Scope.ALL: 2}[scope]


def search(sight: Sight, text: str, *, limit: int = LIMIT, of_kind: int = RANKED) -> list[Found]:
    """The rows of `sight` that answer `text`, the best first: exact code, then title that starts so, then all words
    in the title, then in the detail; then whole words, then by kind, then the latest. `of_kind` bounds how many of a
    kind are ranked.
    """
    asked = query_words(text)
    if not asked:
        return []
    found = candidates.everywhere(sight.everywhere, asked, of_kind) if sight.everywhere else {}
    if sight.own and sight.projects:
        found |= candidates.in_projects(sight.own, sight.projects, asked, of_kind * len(sight.own))
    ids = _worth_reading(found, limit) if len(asked) == 1 else list(found)
    ranked = [
        one
        for entry in SearchEntry.objects.filter(pk__in=ids).values_list(*READ, named=True)
        if (one := _found(entry, match_of(asked, entry.title, entry.code, entry.tokens), asked)) is not None
    ]
    ranked.sort(key=lambda one: (one.title, one.id))
    ranked.sort(key=lambda one: one.updated_at, reverse=True)
    ranked.sort(key=lambda one: (one.match, not one.whole, one.kind.weight))
    return ranked[:limit]


def _worth_reading(found: candidates.Candidates, limit: int) -> list[UUID]:
    """Of the rows that hold one word: when enough hold it in a better place, the others will not be shown."""
    for worst, counted in ((Tier.START, {Tier.START}), (Tier.TITLE, {Tier.CODE, Tier.START, Tier.TITLE})):
        if sum(tier in counted for tier in found.values()) >= limit:
            return [key for key, tier in found.items() if tier <= worst]
    return list(found)


def _found(entry: Any, match: Match, asked: Sequence[str]) -> Found | None:
    kind = registry.kind_named(entry.kind)
    if kind is None:
        return None  # indexed by a version of the product that knew more
    return Found(
        id=entry.id,
        kind=kind,
        title=entry.title,
        code=entry.code,
        detail=entry.detail,
        project_id=entry.project_id if kind.readers is None else None,
        match=match,
        updated_at=entry.updated_at,
        asked=asked,
        whole=held_whole(asked, entry.tokens),
    )


def by_ids(sight: Sight, ids: Sequence[UUID]) -> list[Found]:
    """The rows with these keys that `sight` shows, in the order given."""
    order = {key: position for position, key in enumerate(ids)}
    own = set(sight.projects)
    found = [
        one
        for entry in SearchEntry.objects.filter(pk__in=ids)
        if entry.kind in sight.everywhere or (entry.kind in sight.own and entry.project_id in own)
        if (one := _found(entry, Match.TITLE, ())) is not None
    ]
    return sorted(found, key=lambda one: order[one.id])


def latest(sight: Sight, limit: int = LIMIT) -> list[Found]:
    """Rows of `sight` when nothing is typed: by title for a short list, the latest made otherwise."""
    entries = list(SearchEntry.objects.filter(kind__in=sight.everywhere).order_by("-id")[:limit])
    if sight.own and sight.projects:
        of_projects = SearchEntry.objects.filter(kind__in=sight.own, project_id__in=sight.projects)
        entries += of_projects.order_by("-id")[:limit]
    found = [_found(entry, Match.TITLE, ()) for entry in entries]
    return sorted((one for one in found if one is not None), key=lambda one: one.title.casefold())[:limit]
