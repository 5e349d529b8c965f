"""Load against capacity of the coming months, as the dashboard keeps it."""

from datetime import date
from typing import Final
from uuid import UUID

from portfolio.capacity.queries import LoadFilters, PoleMonth, pole_load
from reporting.dashboards.domain.facts import LoadCell, PoleLoad
from reporting.dashboards.filters import Filters

CAPACITY_MONTHS: Final = 6


def coming_load(filters: Filters, today: date) -> tuple[PoleLoad, ...]:
    """The poles' next months, this one included, all projects together: a person's time is not a programme's.

    Only the filter on the pole applies.
    """
    found: dict[UUID | None, list[PoleMonth]] = {}
    poles = [filters.pole] if filters.pole else []
    for row in pole_load(today.replace(day=1), CAPACITY_MONTHS, LoadFilters(poles=poles)):
        found.setdefault(row.pole_id, []).append(row)
    return tuple(
        PoleLoad(
            key,
            rows[0].pole,
            tuple(LoadCell(row.month, row.load_fte, row.capacity_fte, row.ratio, str(row.state)) for row in rows),
        )
        for key, rows in found.items()
    )
