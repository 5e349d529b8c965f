"""The index follows the rows: marked by the journal, written at the end of the writer's transaction.

Like the roll-ups (docs/decisions/003), an entry is never behind its row and a killed process leaves neither. However
many rows a transaction wrote, each thousand of them costs the same few statements.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Subquery

from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import object_type
from tech4value.search import registry
from tech4value.search.models import SearchEntry, SearchToken
from tech4value.search.registry import Related, Searchable
from tech4value.search.words import tokens_of, words_of
from tech4value.tenancy.context import before_commit, current_tenant
from tech4value.tenancy.models import uuid7

CHUNK: Final = 1000
WRITTEN: Final = ("kind", "title", "code", "detail", "project_id", "initial", "tokens", "updated_at")


@dataclass
class Marks:
    """What a transaction has touched: rows whose words may differ, rows that are only more recent, rows that others
    show, and projects that came or went with all that is in them."""

    words: defaultdict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    instants: defaultdict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    related: defaultdict[tuple[str, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    projects: set[UUID] = field(default_factory=set)

    def any(self) -> bool:
        return bool(self.words or self.instants or self.related or self.projects)


_marks: ContextVar[dict[UUID, Marks] | None] = ContextVar("search_marks", default=None)


def follow_journal(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal: marks what is to be indexed again."""
    shown: defaultdict[str, list[tuple[Searchable, Related]]] = defaultdict(list)
    for searchable in registry.kinds():
        for one in searchable.related:
            shown[object_type(one.model)].append((searchable, one))
    found = Marks()
    for event in events:
        _mark(found, event, shown.get(event.object_type, ()))
    if not found.any():
        return
    marks = _marks.get()
    if marks is None:
        marks = {}
        _marks.set(marks)
    tenant_id = current_tenant().pk
    held = marks.setdefault(tenant_id, Marks())
    for into, new in ((held.words, found.words), (held.instants, found.instants)):
        for kind, ids in new.items():
            into[kind] |= ids
    for key, ids in found.related.items():
        held.related[key] |= ids
    held.projects |= found.projects
    before_commit(("search", tenant_id), _write_marked)


def _mark(found: Marks, event: AuditEvent, shown: Iterable[tuple[Searchable, Related]]) -> None:
    if event.object_id is None or not event.changes:
        return
    searchable = registry.of_type(event.object_type)
    if searchable is not None:
        into = found.words if searchable.fields & event.changes.keys() else found.instants
        into[searchable.kind].add(event.object_id)
        if searchable.project == "id" and event.verb.rsplit(".", 1)[-1] in {"deleted", "restored"}:
            found.projects.add(event.object_id)
    for other, one in shown:
        # A row that has just been made is shown nowhere yet.
        if any(before is not None for name, (before, _now) in event.changes.items() if name in one.fields):
            found.related[other.kind, one.path].add(event.object_id)


def _write_marked() -> None:
    marks = (_marks.get() or {}).pop(current_tenant().pk, None)
    if marks is None:
        return
    for (kind, path), ids in marks.related.items():
        searchable = registry.kind_named(kind)
        if searchable is not None:
            marks.words[kind].update(searchable.rows().filter(**{f"{path}__in": ids}).values_list("pk", flat=True))
    if marks.projects:
        for searchable in registry.kinds():
            if searchable.readers is None and searchable.project not in ("", "id"):
                marks.words[searchable.kind] |= _of_projects(searchable, marks.projects)
    for kind in sorted(marks.words.keys() | marks.instants.keys()):
        searchable = registry.kind_named(kind)
        if searchable is not None:
            refresh(searchable, marks.words[kind])
            _touch(searchable, marks.instants[kind] - marks.words[kind])


def _of_projects(searchable: Searchable, projects: set[UUID]) -> set[UUID]:
    """The rows of these projects: those that are indexed, and those that should be."""
    held = SearchEntry.objects.filter(kind=searchable.kind, project_id__in=projects).values_list("pk", flat=True)
    live = searchable.rows().filter(**{f"{searchable.project}__in": projects}).values_list("pk", flat=True)
    return {*held, *live}


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(ids)  # always the same order: two writers wait for each other, never in a circle
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _touch(searchable: Searchable, ids: set[UUID]) -> None:
    """These rows changed, their words did not: one statement."""
    for chunk in _chunks(ids):
        rows = searchable.model._base_manager.filter(pk=OuterRef("pk")).values(searchable.changed)
        SearchEntry.objects.filter(pk__in=chunk).update(updated_at=Subquery(rows[:1]))


def refresh(searchable: Searchable, ids: Iterable[UUID]) -> None:
    """Make the entries of these rows what the rows say; those of rows that are no more go.

    The entries are locked before the rows are read: of two writers, the later one sees what the earlier committed.
    """
    for chunk in _chunks(ids):
        held = {
            entry.pk: entry
            for entry in SearchEntry.objects.filter(pk__in=chunk).order_by("pk").select_for_update(no_key=True)
        }
        wanted = {row.pk: entry_of(searchable, row) for row in searchable.rows().filter(pk__in=chunk)}
        remove(list(held.keys() - wanted.keys()))
        changed = [entry for key, entry in wanted.items() if key not in held or _differs(held[key], entry)]
        SearchEntry.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["id"], update_fields=list(WRITTEN)
        )
        _write_tokens(held, changed)


def _differs(held: SearchEntry, wanted: SearchEntry) -> bool:
    return any(getattr(held, name) != getattr(wanted, name) for name in WRITTEN)


def entry_of(searchable: Searchable, row: Any) -> SearchEntry:
    """The entry of a row, not saved."""
    words = searchable.words(row)
    first = next(iter(words_of(words.title[:40])), "")
    tokens = sorted(f"{tier:d}{token}" for token, tier in tokens_of(words).items())
    return SearchEntry(
        id=row.pk,
        kind=searchable.kind,
        title=words.title[:400],
        code=words.code[:60],
        detail=words.detail[:400],
        project_id=getattr(row, searchable.project) if searchable.project else None,
        initial=first[:1],
        tokens=" ".join(tokens),
        updated_at=getattr(row, searchable.changed),
    )


def remove(ids: list[UUID]) -> None:
    """Take entries and their words out of the index."""
    if ids:
        SearchToken.objects.filter(entry_id__in=ids).delete()
        SearchEntry.objects.filter(pk__in=ids).delete()


def _write_tokens(held: dict[UUID, SearchEntry], changed: Iterable[SearchEntry]) -> None:
    """Write the words that differ between the entries as they were and as they are."""
    gone: list[tuple[UUID, str]] = []
    made: list[tuple[UUID, SearchEntry, str]] = []
    for entry in changed:
        before = held.get(entry.pk)
        old = set(before.tokens.split()) if before is not None else set()
        new = set(entry.tokens.split())
        if before is not None and (before.project_id, before.kind) != (entry.project_id, entry.kind):
            gone += [(entry.pk, token) for token in old]
            made += [(uuid7(), entry, token) for token in new]
        else:
            gone += [(entry.pk, token) for token in old - new]
            made += [(uuid7(), entry, token) for token in new - old]
    tenant_id = current_tenant().pk
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(
                "DELETE FROM search_searchtoken AS held "
                "USING unnest(%s::uuid[], %s::text[]) AS gone(entry_id, token) "
                "WHERE held.tenant_id = %s AND held.entry_id = gone.entry_id AND held.token = gone.token",
                [[key for key, _token in gone], [token[1:] for _key, token in gone], tenant_id],
            )
        if made:
            cursor.execute(
                "INSERT INTO search_searchtoken (id, tenant_id, entry_id, kind, project_id, token, tier) "
                "SELECT id, %s, entry_id, kind, project_id, token, tier FROM unnest"
                "(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::smallint[]) "
                "AS made(id, entry_id, kind, project_id, token, tier) ON CONFLICT DO NOTHING",
                [
                    tenant_id,
                    [key for key, _entry, _token in made],
                    [entry.pk for _key, entry, _token in made],
                    [entry.kind for _key, entry, _token in made],
                    [entry.project_id for _key, entry, _token in made],
                    [token[1:] for _key, _entry, token in made],
                    [int(token[0]) for _key, _entry, token in made],
                ],
            )


def rebuild() -> int:
    """Make the whole index of the tenant what its rows say, while it is in use; returns how many entries it holds."""
    known = registry.kinds()
    strangers = SearchEntry.objects.exclude(kind__in=[searchable.kind for searchable in known])
    remove(list(strangers.values_list("pk", flat=True)))
    count = 0
    for searchable in known:
        live = set(searchable.rows().order_by().values_list("pk", flat=True))
        held = SearchEntry.objects.filter(kind=searchable.kind).values_list("pk", flat=True)
        refresh(searchable, live.union(held))
        count += len(live)
    return count
