"""The budget of one project: what it holds, month by month, and the forms that change it."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.actions import (
    change_budget_line,
    create_budget_line,
    delete_budget_line,
    line_name,
    restore_budget_line,
    shared_words,
)
from portfolio.finance.charts import budget_chart
from portfolio.finance.domain.budget import MEASURES, add_months, first_of_month, total
from portfolio.finance.envelopes import received_by
from portfolio.finance.figures import KEYS, Part, budget_figures
from portfolio.finance.forms import BudgetLineForm, MonthEntryForm, YearFilter, month_of
from portfolio.finance.freeze import frozen_words
from portfolio.finance.models import BudgetLine, BudgetVersion, Category, Nature
from portfolio.finance.origins import line_origins
from portfolio.finance.periods import period_of, years_of
from portfolio.finance.queries import (
    Grid,
    MonthAmounts,
    amounts_of,
    envelope_source,
    extent,
    grid,
    month_name,
    place_of,
)
from portfolio.finance.tables import value_table
from portfolio.finance.transfer_actions import available_on
from portfolio.finance.versions import followed, freezing
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, layout
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.audit.origins import origins
from tech4value.figures.figure import Figure
from tech4value.tenancy.clock import today
from tech4value.tenancy.models import EditableModel
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView, came_from


class ProjectBudget(OfProject):
    """The project's lines within the year of the address."""

    @cached_property
    def filter(self) -> YearFilter:
        lines = extent([self.project])
        return YearFilter(self.request.GET, years_of(lines.first, lines.last, today()))

    @cached_property
    def grid(self) -> Grid:
        return grid(self.project, period_of(self.filter.chosen("year")))

    def figures(self, parts: tuple[Part, ...] = (), source: str = "") -> tuple[Figure, ...]:
        query = self.request.GET.urlencode()
        return budget_figures(
            self.grid.amounts,
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:project_explain', args=[self.project.pk, key])}?{query}",
            parts=parts,
            as_of=self.grid.as_of,
            source=source,
        )


class ProjectBudgetView(ProjectBudget, ProjectPage):
    """The tab Budget: figures, chart by month, categories by month."""

    permission = Permission.BUDGET_VIEW
    template_name = "portfolio/finance/project.html"

    def tab_context(self) -> dict[str, Any]:
        months = [MonthAmounts(*pair) for pair in zip(self.grid.months, self.grid.by_month, strict=True)]
        cumulative = self.request.GET.get("chart") == "cumulative"
        measure = self.request.GET.get("measure", "")
        measure = measure if measure in MEASURES else "forecast"
        currency = self.request.tenant.currency
        return {
            "filter": self.filter,
            "figures": self.figures(),
            "grid": self.grid,
            "currency": currency,
            "chart": budget_chart(months, today(), currency, cumulative=cumulative) if months else None,
            "cumulative": cumulative,
            "measure": measure,
            "table": value_table(self.grid, measure),
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "followed": followed(self.project),
            "received": received_by(self.project),
            "this_month": first_of_month(today()),
        }


class ProjectExplainView(ProjectBudget, MemberView):
    """How one figure of the project's budget is made: its categories, and where their lines came from."""

    permission = Permission.BUDGET_VIEW

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        known = origins([line.pk for line in self.grid.lines])
        sources: dict[tuple[str, str], set[str]] = {}
        for line in self.grid.lines:
            typed = known.get(line.pk, _("Saisi à l’écran"))
            origin = typed if line.envelope is None else envelope_source(line.envelope.name)
            sources.setdefault((line.category, line.nature), set()).add(origin)
        parts = tuple(
            Part(
                label=f"{row.label} ({row.nature_label})",
                amounts=row.amounts,
                source=", ".join(sorted(sources[row.category, row.nature])),
            )
            for row in self.grid.by_category
        )
        everywhere = ", ".join(sorted({name for names in sources.values() for name in names}))
        figure = next(one for one in self.figures(parts, everywhere) if one.key == key)
        context = {"figure": figure, "layout": layout(request), "project": self.project}
        return render(request, "portfolio/finance/explain.html", context)


class LineFormView(OfProject, RowFormView):
    """What adding and changing a line share."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    template_name = "portfolio/finance/line_form.html"

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    def back_url(self) -> str:
        """The budget as it was shown: with its year and its measure, when the form was opened from there."""
        return came_from(self.request, reverse("finance:project", args=[self.project.pk]))

    def extra_context(self) -> dict[str, Any]:
        may_rates = self.request.member.can(Permission.CASH_VIEW)
        return {**super().extra_context(), "project": self.project, "line": self.row, "may_rates": may_rates}

    @cached_property
    def frozen(self) -> str:
        """Why the planned amount is not typed; empty when it is."""
        version = freezing([self.project.pk]).get(self.project.pk)
        return frozen_words(self.project, version) if version is not None else ""


class LineCreateView(LineFormView):
    """A new line; its place may be given in the address."""

    heading = gettext_lazy("Ajouter une ligne de budget")
    button = gettext_lazy("Ajouter la ligne")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        given = self.request.GET
        initial: dict[str, Any] = {"month": month_of(given.get("month", "")) or first_of_month(today())}
        for name, choices in (("category", Category.values), ("nature", Nature.values)):
            if given.get(name) in choices:
                initial[name] = given[name]
        return BudgetLineForm(data, initial=initial, frozen=self.frozen)

    def save(self, form: Any) -> str:
        create_budget_line(actor=self.request.member.actor, project=self.project, **form.line_values)
        toast(self.request, _("Ligne de budget ajoutée."))
        return self.back_url()


class OfLine(OfProject):
    """What a view of one line needs; its route takes `pk`."""

    rows: Any = staticmethod(lambda: BudgetLine.objects.all())

    def project_id(self) -> UUID:
        return self.fetch().project_id

    def fetch(self) -> BudgetLine:
        """The line, through the projects that the member may see."""
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        line: BudgetLine = get_object_or_404(self.rows().filter(project__in=projects), pk=self.kwargs["pk"])
        return line


class LineChangeView(OfLine, LineFormView):
    """Change a line."""

    heading = gettext_lazy("Modifier la ligne de budget")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = self.fetch()
        super().prepare()
        if self.row.envelope_id is not None:
            raise PermissionDenied(shared_words(self.row))

    def delete_url(self) -> str:
        return reverse("finance:line_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return BudgetLineForm.of(self.row, data, frozen=self.frozen)

    def save(self, form: Any) -> str:
        version = form.cleaned_data["version"]
        change_budget_line(actor=self.request.member.actor, line=self.row, values=form.line_values, version=version)
        toast(self.request, _("Ligne de budget enregistrée."))
        return self.back_url()


class LineOriginView(OfLine, MemberView):
    """Where each amount of a line comes from: version, transfers, orders, invoices, time, what was typed."""

    permission = Permission.BUDGET_VIEW

    def get(self, request: MemberRequest, pk: UUID) -> HttpResponse:
        line = self.fetch()
        line.project = self.project
        context = {
            "layout": layout(request),
            "project": self.project,
            "line": line,
            "name": line_name(line),
            "measures": line_origins(line),
            "left": available_on(line),
            "may_edit": self.may(Permission.BUDGET_EDIT),
        }
        return render(request, "portfolio/finance/line_origin.html", context)


class LineDeleteView(OfLine, RowActionView):
    """Delete a line; the toast takes it back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def act(self, row: BudgetLine) -> None:
        self.demand(Permission.BUDGET_EDIT)
        delete_budget_line(actor=self.request.member.actor, line=row)

    def next_url(self, row: BudgetLine) -> str:
        return reverse("finance:project", args=[row.project_id])

    def said(self, row: BudgetLine) -> str:
        return _("Ligne « %(line)s » supprimée.") % {"line": row}

    def undo_url(self, row: BudgetLine) -> str:
        return reverse("finance:line_restore", args=[row.pk])


class LineRestoreView(OfLine, RestoreView):
    """Bring a deleted line back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    rows = staticmethod(lambda: BudgetLine.everything.exclude(deleted_at=None))

    def act(self, row: BudgetLine) -> None:
        self.demand(Permission.BUDGET_EDIT)
        restore_budget_line(actor=self.request.member.actor, line=row)


class MonthEntryView(OfProject, FormView):
    """Every category of the project for one month, on one page: the monthly round of a project manager."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    template_name = "portfolio/finance/month.html"

    @cached_property
    def month(self) -> date:
        month = month_of(self.kwargs["month"])
        if month is None or not 2000 <= month.year <= 2100:
            raise Http404
        return month

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    @cached_property
    def frozen(self) -> BudgetVersion | None:
        """The version that says what is planned, once there is one."""
        return freezing([self.project.pk]).get(self.project.pk)

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """Every nature and category of the project's budget, whatever the month."""
        own = BudgetLine.objects.filter(project=self.project, envelope=None).order_by()
        used = own.values_list("nature", "category").distinct()
        return sorted(used, key=lambda place: place_of(*place))

    @cached_property
    def lines(self) -> list[Any]:
        return list(BudgetLine.objects.filter(project=self.project, month=self.month, envelope=None))

    def edited(self, sent: QueryDict) -> list[tuple[EditableModel, str]]:
        name = MonthEntryForm.name
        return [(line, sent.get(name(line.nature, line.category, "version"), "")) for line in self.lines]

    def put_back(self, rows: Mapping[Any, EditableModel]) -> None:
        self.lines = [rows.get(line.pk, line) for line in self.lines]

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return MonthEntryForm(self.places, self.lines, data, frozen=self.frozen is not None)

    def save(self, form: Any) -> str:
        changed = 0
        for nature, category, line, amounts, version in form.entries():
            try:
                if line is not None:
                    changed += change_budget_line(
                        actor=self.request.member.actor, line=line, values=amounts, version=version
                    )
                elif any(amounts.values()):
                    create_budget_line(
                        actor=self.request.member.actor,
                        project=self.project,
                        category=category,
                        nature=nature,
                        month=self.month,
                        **amounts,
                    )
                    changed += 1
            except ValidationError as error:
                raise form.place_errors(nature, category, error) from error
        toast(
            self.request,
            _("%(month)s enregistré.") % {"month": month_name(self.month).capitalize()}
            if changed
            else _("Rien n’a changé."),
            level="success" if changed else "info",
        )
        return reverse("finance:month", args=[self.project.pk, f"{self.month:%Y-%m}"])

    def extra_context(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "month": self.month,
            "total": total(amounts_of(line) for line in self.lines),
            "previous": f"{add_months(self.month, -1):%Y-%m}" if self.month > date(2000, 1, 1) else "",
            "next": f"{add_months(self.month, 1):%Y-%m}" if self.month < date(2100, 12, 1) else "",
            "currency": self.request.tenant.currency,
            "frozen": frozen_words(self.project, self.frozen) if self.frozen is not None else "",
            "received": total(
                amounts_of(line)
                for line in BudgetLine.objects.filter(project=self.project, month=self.month, envelope__isnull=False)
            ),
        }
