"""The versions of a project's budget: compared, prepared in a grid, proposed, decided."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.budget import add_months, first_of_month, month_range
from portfolio.finance.domain.versions import Plan
from portfolio.finance.forms import month_of
from portfolio.finance.models import BudgetVersion, VersionState
from portfolio.finance.queries import place_label
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    delete_version,
    propose_initial,
    propose_version,
    recall_version,
    restore_version,
    return_version,
    start_version,
)
from portfolio.finance.version_forms import TODAY, CompareFilter, DecisionForm, PlanForm, ReasonForm, named_rows
from portfolio.finance.versions import comparison, followed, lines_plan, plan_of, proposer_of, version_rows
from portfolio.people.pages import RestoreView, RowActionView, RowFormView
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage, parents_in
from tech4value.accounts.approval import own_refusal
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.clock import today
from tech4value.web.toasts import toast
from tech4value.web.views import FormView

# Columns of the grid: a plan of more months is typed in several parts.
MOST_MONTHS = 60


def versions_url(project_id: UUID) -> str:
    """The page of a project's versions."""
    return reverse("finance:versions", args=[project_id])


class VersionsView(ProjectPage):
    """Every version of a project's budget, and two of them side by side."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/versions.html"

    def tab_context(self) -> dict[str, Any]:
        versions = list(BudgetVersion.objects.filter(project=self.project).order_by("number"))
        for one in versions:
            one.project = self.project
        shown = CompareFilter(self.request.GET, versions)
        before, after = self._sides(versions, shown)
        sides = {"before": self._side(before), "after": self._side(after)} if before is not None else {}
        found = comparison(sides["before"][1], sides["after"][1]) if sides else None
        return {
            "rows": version_rows(versions),
            "followed": followed(self.project),
            "filter": shown,
            "planned": lines_plan(self.project),
            "comparison": found,
            "compared_rows": [(place_label(row.category, row.nature), row) for row in found.rows] if found else [],
            "before": sides["before"][0] if sides else "",
            "after": sides["after"][0] if sides else "",
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "may_approve": self.may(Permission.BUDGET_APPROVE),
            "own_refusal": self._own_refusal(versions),
            "currency": self.request.tenant.currency,
        }

    def _own_refusal(self, versions: Sequence[BudgetVersion]) -> str:
        """Why the reader does not approve the version that waits: they proposed it, and others may."""
        proposed = next((one for one in versions if one.state == VersionState.PROPOSED), None)
        reader = self.request.member.user_id
        if proposed is None or not self.may(Permission.BUDGET_APPROVE) or proposer_of(proposed) != reader:
            return ""
        return own_refusal(reader, Permission.BUDGET_APPROVE)

    def _sides(
        self, versions: Sequence[BudgetVersion], shown: CompareFilter
    ) -> tuple[BudgetVersion | str | None, BudgetVersion | str | None]:
        """What is compared: what the address asks, else the last version with the one before, or with today."""
        if not versions:
            return None, None
        by_number: dict[str, BudgetVersion | str] = {str(row.number): row for row in versions}
        by_number[TODAY] = TODAY
        after = by_number.get(str(shown.chosen("after") or ""))
        before = by_number.get(str(shown.chosen("before") or ""))
        if after is None:
            after = versions[-1] if len(versions) > 1 else TODAY
        if before is None:
            known = [row for row in versions if row is not after]
            before = known[-1] if known else versions[-1]
        return before, after

    def _side(self, side: BudgetVersion | str | None) -> tuple[str, Plan]:
        if isinstance(side, BudgetVersion):
            return side.name, plan_of(side)
        return _("Aujourd’hui"), lines_plan(self.project)


class OfVersion(OfProject):
    """What a view of one version needs; its route takes `pk`."""

    rows: Any = staticmethod(lambda: BudgetVersion.objects.all())

    def project_id(self) -> UUID:
        return self.fetch().project_id

    def fetch(self) -> BudgetVersion:
        """The version, through the projects that the member may see."""
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        rows = self.rows().filter(project__in=projects).select_related("project")
        version: BudgetVersion = get_object_or_404(rows, pk=self.kwargs["pk"])
        return version


class VersionForm(OfProject, RowFormView):
    """What the small forms of versions share; `needs` is what one must hold on the project."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    form_class: ClassVar[type[forms.Form]] = ReasonForm

    def prepare(self) -> None:
        self.demand(self.write_permission)

    def back_url(self) -> str:
        return versions_url(self.project.pk)

    def parents(self) -> Any:
        return parents_in(self.project, self.back_url())

    def about(self) -> str:
        return self.project.name

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return self.form_class(data)


class InitialView(VersionForm):
    """Propose the lines as the initial version."""

    heading = gettext_lazy("Proposer le budget initial")
    button = gettext_lazy("Proposer")

    def save(self, form: Any) -> str:
        propose_initial(
            actor=self.request.member.actor, project=self.project, reason=form.cleaned_data.get("reason", "")
        )
        toast(self.request, _("Budget initial proposé : il attend une approbation."))
        return self.back_url()


class RevisionView(VersionForm):
    """Begin a revision; it opens in its grid."""

    heading = gettext_lazy("Préparer une révision")
    button = gettext_lazy("Préparer la révision")

    def save(self, form: Any) -> str:
        row = start_version(
            actor=self.request.member.actor, project=self.project, reason=form.cleaned_data.get("reason", "")
        )
        return reverse("finance:version_edit", args=[row.pk])


class VersionStepForm(OfVersion, VersionForm):
    """A step of one version, with a sentence."""

    def prepare(self) -> None:
        self.version = self.fetch()
        super().prepare()

    def about(self) -> str:
        return f"{self.project.name} · {self.version.name}"


class ProposeView(VersionStepForm):
    """Send a version to whoever approves it."""

    heading = gettext_lazy("Proposer la version")
    button = gettext_lazy("Proposer")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return ReasonForm(data, initial={"reason": self.version.reason})

    def save(self, form: Any) -> str:
        propose_version(
            actor=self.request.member.actor, version=self.version, reason=form.cleaned_data.get("reason", "")
        )
        toast(self.request, _("Version « %(version)s » proposée.") % {"version": self.version.name})
        return self.back_url()


class ApproveView(VersionStepForm):
    """Approve a proposal."""

    write_permission = Permission.BUDGET_APPROVE
    form_class = DecisionForm
    heading = gettext_lazy("Approuver la version")
    button = gettext_lazy("Approuver")

    def save(self, form: Any) -> str:
        approve_version(
            actor=self.request.member.actor, version=self.version, decision=form.cleaned_data.get("decision", "")
        )
        toast(
            self.request,
            _("Version « %(version)s » approuvée : le budget prévu la suit.") % {"version": self.version.name},
        )
        return self.back_url()


class ReturnView(VersionStepForm):
    """Send a proposal back."""

    write_permission = Permission.BUDGET_APPROVE
    form_class = DecisionForm
    heading = gettext_lazy("Renvoyer la version")
    button = gettext_lazy("Renvoyer")

    def save(self, form: Any) -> str:
        return_version(
            actor=self.request.member.actor, version=self.version, decision=form.cleaned_data.get("decision", "")
        )
        toast(self.request, _("Version « %(version)s » renvoyée.") % {"version": self.version.name})
        return self.back_url()


class VersionEditView(OfVersion, FormView):
    """What a revision in preparation plans, category by month."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    template_name = "portfolio/finance/version_edit.html"

    def prepare(self) -> None:
        self.row = get_object_or_404(
            BudgetVersion.objects.filter(
                project__in=Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW),
                state=VersionState.DRAFT,
                number__gte=1,
            ).select_related("project"),
            pk=self.kwargs["pk"],
        )
        self.demand(Permission.BUDGET_EDIT)

    @cached_property
    def months(self) -> tuple[date, ...]:
        """From the first month of the plan or of the project to the last, or to what the address asks."""
        held = [place[2] for place in plan_of(self.row)]
        starts = first_of_month(self.project.starts_on or today())
        first = min([*held, starts])
        asked = [first_of_month(self.project.ends_on or starts), month_of(self.request.GET.get("until", "")) or first]
        # What is planned is always shown; what is only asked for, within reason.
        bounded = min(max(asked), add_months(first, MOST_MONTHS - 1))
        return month_range(first, max([*held, bounded]))

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        plan = plan_of(self.row)
        names = named_rows(plan, self.request.GET.getlist("row"))
        return PlanForm(self.row, plan, names, self.months, data)

    def save(self, form: Any) -> str:
        values = {"plan": form.plan(), "reason": form.cleaned_data["reason"]}
        changed = change_version(
            actor=self.request.member.actor, version=self.row, values=values, row_version=form.read_version
        )
        toast(
            self.request,
            _("Révision enregistrée.") if changed else _("Rien n’a changé."),
            level="success" if changed else "info",
        )
        asked: list[tuple[str, str]] = [("row", one) for one in self.request.GET.getlist("row")]
        if form.cleaned_data["new_row"]:
            asked.append(("row", form.cleaned_data["new_row"]))
        if form.cleaned_data["until"]:
            asked.append(("until", f"{form.cleaned_data['until']:%Y-%m}"))
        url = reverse("finance:version_edit", args=[self.row.pk])
        return f"{url}?{urlencode(asked)}" if asked else url

    def extra_context(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "version": self.row,
            "approved": comparison(lines_plan(self.project), plan_of(self.row)).total,
            "currency": self.request.tenant.currency,
        }


class VersionAction(OfVersion, RowActionView):
    """A verb on a version without a word."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def next_url(self, row: BudgetVersion) -> str:
        return versions_url(row.project_id)


class RecallView(VersionAction):
    """Take a proposal back."""

    def act(self, row: BudgetVersion) -> None:
        self.demand(Permission.BUDGET_EDIT)
        recall_version(actor=self.request.member.actor, version=row)

    def said(self, row: BudgetVersion) -> str:
        return _("Proposition « %(version)s » retirée.") % {"version": row.name}


class VersionDeleteView(VersionAction):
    """Give a version in preparation up; the toast takes it back."""

    def act(self, row: BudgetVersion) -> None:
        self.demand(Permission.BUDGET_EDIT)
        delete_version(actor=self.request.member.actor, version=row)

    def said(self, row: BudgetVersion) -> str:
        return _("Version « %(version)s » abandonnée.") % {"version": row.name}

    def undo_url(self, row: BudgetVersion) -> str:
        return reverse("finance:version_restore", args=[row.pk])


class VersionRestoreView(OfVersion, RestoreView):
    """Bring a version in preparation back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    rows = staticmethod(lambda: BudgetVersion.everything.exclude(deleted_at=None))

    def act(self, row: BudgetVersion) -> None:
        self.demand(Permission.BUDGET_EDIT)
        restore_version(actor=self.request.member.actor, version=row)
