"""Stored contents without a row: what a process that was killed between the two leaves behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from tech4value.files.models import StoredFile
from tech4value.tenancy.context import current_tenant

# A row is committed seconds after its content is written; a long import holds its transaction for minutes.
YOUNG_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A stored content that no row names. `size` in bytes."""

    path: str
    size: int


def orphans() -> Iterator[Orphan]:
    """The current tenant's, older than a day.

    Only folders of tenants that the database knows are looked at: a program that is connected to the wrong database
    finds nothing to remove.
    """
    folder = str(current_tenant().pk)
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    # The rows after the list: what is stored between the two readings has its row, or is young.
    paths = [f"{folder}/{name}" for name in names]
    kept = set(StoredFile.objects.filter(path__startswith=f"{folder}/").values_list("path", flat=True))
    oldest_young = timezone.now() - YOUNG_FOR
    for path in paths:
        if path not in kept and default_storage.get_modified_time(path) < oldest_young:
            yield Orphan(path, default_storage.size(path))


def sweep() -> list[Orphan]:
    """Remove the current tenant's orphans; what was removed."""
    found = list(orphans())
    for orphan in found:
        default_storage.delete(orphan.path)
    return found
