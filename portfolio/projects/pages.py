"""The base of every page of one project, in this room and in those above."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.people.pages import Text
from portfolio.projects.access import allows, demand, project_role
from portfolio.projects.models import Project
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.web.views import MemberView

# What the pages of a project say of it.
SHOWN = (
    "pole",
    "programme",
    *(f"{one}__{part}" for one in ("manager", "sponsor") for part in ("pole", "profile")),
)


class OfProject(MemberView):
    """What a view of one project needs; its route takes `project_id`. Mixed into a MemberView or a FormView.

    The project is fetched through what the member may see with the view's `permission`: 404 otherwise.
    """

    @cached_property
    def project(self) -> Project:
        rows = Project.objects.visible_to(self.request.member, self.permission)
        return get_object_or_404(rows.select_related(*SHOWN), pk=self.project_id())

    def project_id(self) -> UUID:
        """The project's key; views of a row of the project find it through the row."""
        key: UUID = self.kwargs["project_id"]
        return key

    @cached_property
    def role(self) -> str | None:
        """The member's role in the project."""
        return project_role(self.request.member, self.project)

    def may(self, permission: Permission) -> bool:
        """Whether the member holds `permission` on the project: draws or hides a button."""
        return allows(self.request.member, permission, self.project, self.role)

    def demand(self, permission: Permission) -> None:
        """403 unless the member holds `permission` on the project."""
        demand(self.request.member, permission, self.project)


def parents_in(project: Project, url: str) -> list[tuple[Text, str]]:
    """The breadcrumbs above a form of a project: the list of projects, then the project, at the tab `url`."""
    return [(_("Projets"), reverse("projects:list")), (project.code, url)]


class ProjectPage(OfProject, MemberView):
    """One tab of a project's page: `template_name` extends `portfolio/projects/page.html`."""

    template_name: str

    def tab_context(self) -> dict[str, Any]:
        """What the tab's template needs beside `project`."""
        return {}

    def get(self, request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = {"project": self.project, **self.tab_context()}
        return render(request, self.template_name, context)
