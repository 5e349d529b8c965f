"""Transfers between budget lines: those of a project, one made from a line, one taken back."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.actions import line_name
from portfolio.finance.models import BudgetTransfer
from portfolio.finance.transfer_actions import available_on, transfer, undo_transfer
from portfolio.finance.version_forms import TransferForm
from portfolio.finance.views import OfLine
from portfolio.people.pages import RowActionView, RowFormView
from portfolio.projects.access import demand, granted
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from tech4value.accounts.permissions import Permission
from tech4value.figures import formats
from tech4value.web.toasts import toast


class TransfersView(ProjectPage):
    """Every transfer from and to the lines of a project, those taken back too."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/transfers.html"

    def tab_context(self) -> dict[str, Any]:
        mine = Q(project=self.project) | Q(target_project=self.project)
        rows = BudgetTransfer.everything.filter(mine).select_related("source", "target", "project", "target_project")
        visible = set(
            Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW).values_list("pk", flat=True)
        )
        return {
            "transfers": [
                {
                    "row": row,
                    "source": line_name(row.source),
                    "target": line_name(row.target),
                    "other": self._other(row, visible),
                    "into": row.target_project_id == self.project.pk,
                    "undone": row.deleted_at is not None,
                }
                for row in rows
            ],
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "currency": self.request.tenant.currency,
        }

    def _other(self, row: BudgetTransfer, visible: set[UUID]) -> Project | None:
        """The project at the other end, when it is another one that the member may see."""
        other = row.target_project if row.project_id == self.project.pk else row.project
        return other if other.pk != self.project.pk and other.pk in visible else None


class TransferCreateView(OfLine, RowFormView):
    """Move an amount from the line `pk` to another."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    heading = gettext_lazy("Virer un montant prévu")
    button = gettext_lazy("Faire le virement")

    def prepare(self) -> None:
        self.line = self.fetch()
        self.demand(Permission.BUDGET_EDIT)

    def back_url(self) -> str:
        return reverse("finance:transfers", args=[self.project.pk])

    def parents(self) -> Any:
        return parents_in(self.project, reverse("finance:project", args=[self.project.pk]))

    def about(self) -> str:
        left = formats.money(available_on(self.line), self.line.currency, get_language() or "fr")
        return _("%(project)s · %(line)s · il reste %(left)s à virer") % {
            "project": self.project.name,
            "line": line_name(self.line),
            "left": left,
        }

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        initial = {
            "project": self.project.pk,
            "category": self.line.category,
            "nature": self.line.nature,
            "month": self.line.month,
        }
        projects = granted(self.request.member, Permission.BUDGET_EDIT)
        return TransferForm(data, projects=projects, initial=initial)

    def save(self, form: Any) -> str:
        values = form.cleaned_data
        demand(self.request.member, Permission.BUDGET_EDIT, values["project"])
        row = transfer(actor=self.request.member.actor, source=self.line, **values)
        toast(self.request, _("Virement fait."), undo_url=reverse("finance:transfer_undo", args=[row.pk]))
        return self.back_url()


class TransferUndoView(OfProject, RowActionView):
    """Take a transfer back; posted by its button, or by the toast."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def project_id(self) -> UUID:
        return self.fetch().project_id

    def fetch(self) -> BudgetTransfer:
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        rows = BudgetTransfer.objects.select_related("project", "target_project", "source", "target")
        row: BudgetTransfer = get_object_or_404(
            rows.filter(project__in=projects, target_project__in=projects), pk=self.kwargs["pk"]
        )
        return row

    def act(self, row: BudgetTransfer) -> None:
        demand(self.request.member, Permission.BUDGET_EDIT, row.project)
        demand(self.request.member, Permission.BUDGET_EDIT, row.target_project)
        undo_transfer(actor=self.request.member.actor, transfer=row)

    def next_url(self, row: BudgetTransfer) -> str:
        return reverse("finance:transfers", args=[row.project_id])

    def said(self, row: BudgetTransfer) -> str:
        return _("Virement repris : les montants sont revenus.")
