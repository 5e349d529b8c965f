"""What rooms above show on the bars of a plan, registered in their `AppConfig.ready`.

register_overload("capacity:plan_overload", Permission.CAPACITY_VIEW)

The route takes the project's key and answers {"tasks": {key: sentence}}: the editor marks these bars.
"""

from django.urls import reverse

from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission

_overload: dict[str, Permission] = {}


def register_overload(url_name: str, permission: Permission) -> None:
    """Say where the overloads of a plan are read, and by whom."""
    _overload[url_name] = permission


def overload_url(member: Membership, project: Project) -> str:
    """Where `member` reads the overloads of a plan; empty for nowhere."""
    found = (name for name, permission in _overload.items() if member.can(permission))
    name = next(found, "")
    return reverse(name, args=[project.pk]) if name else ""
