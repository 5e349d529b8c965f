"""Load against capacity of the coming months, as the dashboard keeps it."""

from datetime import date
from typing import Final

from reporting.dashboards.domain.facts import PoleLoad
from reporting.dashboards.filters import Filters

CAPACITY_MONTHS: Final = 6


def coming_load(filters: Filters, today: date) -> tuple[PoleLoad, ...]:
    """The poles' next months, this one included."""
    return ()
