"""Where rows came from: what a figure says of its source."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tech4value.audit.models import ExternalRef


def origins(object_ids: Iterable[UUID] | Any) -> dict[UUID, str]:
    """The file or system that each imported row came from, by the row's key; rows entered on screen are absent.

    `object_ids` may be a queryset of keys. One query.
    """
    keys = object_ids if hasattr(object_ids, "query") else list(object_ids)
    found: dict[UUID, str] = {}
    for ref in ExternalRef.objects.filter(object_id__in=keys).order_by("seen_at"):
        names = {str(name) for name in ref.fields.values() if name}
        found[ref.object_id] = ", ".join(sorted(names)) or ref.connection
    return found
