"""Where the dashboard leads: its own pages, and those of the rooms below, with the filters kept."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, get_script_prefix, reverse

from portfolio.capacity.views import WITHOUT_POLE
from reporting.dashboards.filters import Filters

NOBODY: Final = UUID(int=0)
NO_QUERY: Final[Mapping[str, Any]] = {}


def address(url_name: str, *args: Any, filters: Filters | None = None, query: Mapping[str, Any] = NO_QUERY) -> str:
    """The page's address with `query` and the filters; empty when no room provides the page."""
    try:
        path = reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
    parameters: dict[str, Any] = {**(filters.as_dict() if filters else {}), **query}
    return f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path


@lru_cache(maxsize=1024)
def _pattern(url_name: str, prefix: str) -> str:
    """The page of a row whose key is NOBODY, in the tenant of `prefix`: resolving one address takes as long as
    writing two hundred."""
    return reverse(url_name, args=[NOBODY])


def _of(url_name: str, key: UUID) -> str:
    return _pattern(url_name, get_script_prefix()).replace(str(NOBODY), str(key))


def project(key: UUID) -> str:
    """The project's own page."""
    return _of("projects:detail", key)


def milestones(key: UUID) -> str:
    """The milestones of a project."""
    return _of("projects:milestones", key)


def budget(key: UUID) -> str:
    """The budget of a project."""
    return _of("finance:project", key)


def risks(key: UUID) -> str:
    """The risks of a project."""
    return _of("risks:project", key)


def pole_load(key: UUID | None) -> str:
    """The load of a pole's persons; that of the persons without a pole for None."""
    return address("capacity:pole", key or WITHOUT_POLE)
