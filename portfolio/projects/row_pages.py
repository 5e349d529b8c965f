"""Views of the rows of a project (milestones, reports, members): fetched through the projects that one may see."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404

from portfolio.people.pages import RestoreView, RowActionView, RowFormView, Text
from portfolio.projects.access import demand
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, parents_in
from tech4value.accounts.permissions import Permission


class ProjectRowForm(OfProject, RowFormView):
    """Creates a row of the route's project (`project_id`), or edits the row `pk`; `needs` is what one must hold."""

    permission = Permission.PROJECT_VIEW
    needs: ClassVar[Permission] = Permission.PROJECT_EDIT
    model: ClassVar[Any]

    def project_id(self) -> UUID:
        key: UUID = self.kwargs["project_id"] if self.row is None else self.row.project_id
        return key

    def prepare(self) -> None:
        if "pk" in self.kwargs:
            self.row = get_object_or_404(self.model, pk=self.kwargs["pk"])
        self.demand(self.needs)

    def parents(self) -> Sequence[tuple[Text, str]]:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return self.project.name


class ProjectRowAction(RowActionView):
    """A verb on a row of a project."""

    permission = Permission.PROJECT_VIEW
    needs: ClassVar[Permission] = Permission.PROJECT_EDIT
    model: ClassVar[Any]

    def fetch(self) -> Any:
        return fetched(self, self.model.objects.all())


class ProjectRowRestore(RestoreView):
    """Undo of the delete of a row of a project."""

    permission = Permission.PROJECT_VIEW
    needs: ClassVar[Permission] = Permission.PROJECT_EDIT
    model: ClassVar[Any]

    def fetch(self) -> Any:
        return fetched(self, self.model.everything.filter(deleted_at__isnull=False))


def fetched(view: Any, rows: Any) -> Any:
    """The row `pk` of a project that the member may see (404), and may change (403)."""
    projects = Project.objects.visible_to(view.request.member)
    row = get_object_or_404(rows.filter(project__in=projects), pk=view.kwargs["pk"])
    demand(view.request.member, view.needs, row.project)
    return row
