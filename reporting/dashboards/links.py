"""Where the dashboard leads: its own pages, and those of the rooms below, with the filters kept."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from portfolio.capacity.views import WITHOUT_POLE
from reporting.dashboards.filters import Filters

NO_QUERY: Final[Mapping[str, Any]] = {}


def address(url_name: str, *args: Any, filters: Filters | None = None, query: Mapping[str, Any] = NO_QUERY) -> str:
    """The page's address with `query` and the filters; empty when no room provides the page."""
    try:
        path = reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
    parameters: dict[str, Any] = {**(filters.as_dict() if filters else {}), **query}
    return f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path


def project(key: UUID) -> str:
    """The project's own page."""
    return address("projects:detail", key)


def milestones(key: UUID) -> str:
    """The milestones of a project."""
    return address("projects:milestones", key) or project(key)


def budget(key: UUID) -> str:
    """The budget of a project."""
    return address("finance:project", key) or project(key)


def risks(key: UUID) -> str:
    """The risks of a project."""
    return address("risks:project", key) or project(key)


def pole_load(key: UUID | None) -> str:
    """The load of a pole's persons; that of the persons without a pole for None."""
    return address("capacity:pole", key or WITHOUT_POLE)
