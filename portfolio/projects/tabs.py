"""The tabs of a project's page. Rooms above add theirs in `AppConfig.ready`:

    register_tab(_("Planning"), "planning:project", Permission.PLAN_VIEW, order=30)

The route takes the project's key: `path("<uuid:project_id>/", …, name="project")`. Its view is a `ProjectPage`
(portfolio.projects.pages), its template extends `portfolio/projects/page.html` and fills the block `tab`.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from portfolio.projects.access import allows, project_role
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class ProjectTab:
    """A tab that a room declares; `permission` is that of the member on the project."""

    label: str | Promise
    url_name: str
    permission: Permission
    order: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabLink:
    """A tab as one page draws it."""

    label: str
    url: str
    active: bool


_tabs: dict[str, ProjectTab] = {}


def register_tab(
    label: str | Promise, url_name: str, permission: Permission, order: int = 100, *, others: tuple[str, ...] = ()
) -> None:
    """Add a tab; the same route registered twice is there once. `others`: pages of the project under the same tab."""
    _tabs[url_name] = ProjectTab(label, url_name, permission, order, others)


def tabs_of(member: Membership, project: Project, current: str) -> list[TabLink]:
    """The tabs of `project` that `member` may open, in order; `current` is the route's name of the one shown."""
    role = project_role(member, project)
    return [
        TabLink(str(tab.label), reverse(tab.url_name, args=[project.pk]), current in (tab.url_name, *tab.others))
        for tab in sorted(_tabs.values(), key=lambda tab: tab.order)
        if allows(member, tab.permission, project, role)
    ]
