"""Where an overload is answered: a page of a room above, registered in its `AppConfig.ready`.

    register({Grouping.POLE: "scenarios:proposals_pole"}, Permission.SCENARIO_VIEW)

The route takes the key of the row; the period of the heatmap goes in its query.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

from portfolio.capacity.grid import NONE, Grouping
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission

_routes: dict[Grouping, tuple[str, Permission]] = {}


def register(routes: Mapping[Grouping, str], permission: Permission) -> None:
    """The pages, by what a row of the heatmap is."""
    for grouping, route in routes.items():
        _routes[grouping] = (route, permission)


def way_out(member: Membership, by: Grouping, key: object, period: str = "") -> str:
    """The address of the page for a row and a period; empty when there is none, or not for this member."""
    route, permission = _routes.get(by, ("", None))
    if permission is None or str(key) == NONE or not member.can(permission):
        return ""
    url = reverse(route, args=[key])
    return f"{url}?{urlencode({'period': period})}" if period else url
