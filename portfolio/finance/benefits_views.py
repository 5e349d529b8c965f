"""The benefits of one project: what they bring, what the project gives back, and the forms that say so."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.finance.benefits_actions import (
    change_benefit,
    create_benefit,
    delete_benefit,
    restore_benefit,
    set_benefit_years,
)
from portfolio.finance.benefits_charts import returns_chart
from portfolio.finance.benefits_figures import KEYS, Explained, figures_of, headlines
from portfolio.finance.benefits_forms import AmountsForm, BasisFilter, BenefitForm
from portfolio.finance.benefits_models import FIRST_YEAR, LAST_YEAR, Benefit, BenefitYear
from portfolio.finance.benefits_queries import BenefitAmounts, Case, cases_of, this_fiscal_year
from portfolio.finance.benefits_tables import benefit_table, comparison, listed
from portfolio.finance.benefits_words import BASES, BASIS_WORDS
from portfolio.finance.domain.budget import fiscal_year
from portfolio.finance.domain.business_case import Basis
from portfolio.finance.domain.returns import Returns
from portfolio.finance.periods import year_name
from portfolio.finance.queries import sources_of
from portfolio.people.forms import initial_of
from portfolio.people.pages import RestoreView, RowActionView, RowFormView, layout
from portfolio.projects.models import Project
from portfolio.projects.pages import OfProject, ProjectPage
from tech4value.accounts.http import MemberRequest
from tech4value.accounts.permissions import Permission
from tech4value.figures.figure import Figure
from tech4value.tenancy.models import EditableModel
from tech4value.web.toasts import toast
from tech4value.web.views import FormView, MemberView

# How many years an entry offers from this one on, at least; and how many more with each demand.
OFFERED = 4


class ProjectBenefits(OfProject):
    """The business case of the project, on the basis of the address."""

    permission = Permission.BUDGET_VIEW

    @cached_property
    def basis(self) -> Basis:
        return BasisFilter(self.request.GET).chosen_basis

    @cached_property
    def case(self) -> Case:
        return cases_of([self.project])[self.project.pk]

    @property
    def found(self) -> Returns | None:
        return self.case.returns(self.basis)

    def figures(self, *, explained: bool = False) -> dict[str, Figure]:
        query = self.request.GET.urlencode()
        sources = sources_of([self.project]).get(self.project.pk, "") if explained else ""
        shared = Explained(
            currency=self.request.tenant.currency,
            explain=lambda key: f"{reverse('finance:benefits_explain', args=[self.project.pk, key])}?{query}",
            basis=str(BASIS_WORDS[self.basis]),
            as_of=self.case.as_of,
            source=", ".join(name for name in (sources, _("Bénéfices du projet")) if name),
            rows_url=reverse("finance:benefits", args=[self.project.pk]),
        )
        return figures_of(self.found, shared)


class ProjectBenefitsView(ProjectBenefits, ProjectPage):
    """The tab Bénéfices."""

    template_name = "portfolio/finance/benefits.html"

    def tab_context(self) -> dict[str, Any]:
        case, found, currency = self.case, self.found, self.request.tenant.currency
        context: dict[str, Any] = {
            "case": case,
            "currency": currency,
            "may_edit": self.may(Permission.BUDGET_EDIT),
            "may_set": self.request.member.can(Permission.CASH_EDIT),
            "bases": [(basis.value, label, basis is self.basis) for basis, label in BASES.items()],
            "basis_words": BASIS_WORDS[self.basis],
            "typed": any(one.benefit.is_typed for one in case.benefits),
            "measured": [one.benefit for one in case.benefits if one.benefit.measure],
            "table": benefit_table(case) if case.years else None,
            "review": case.review,
            "last_over": year_name(case.this_year - 1),
        }
        if found is None:
            return context
        figures = self.figures()
        return {
            **context,
            "found": found,
            "figures": headlines(figures, found),
            "chart": returns_chart(found, currency),
            "indicators": listed(figures, found),
            "comparison": comparison(case),
        }


class ProjectBenefitsExplainView(ProjectBenefits, MemberView):
    """How one figure is made: its formula, its terms, its years."""

    def get(self, request: MemberRequest, project_id: UUID, key: str) -> HttpResponse:
        if key not in KEYS:
            raise Http404
        context = {"figure": self.figures(explained=True)[key], "layout": layout(request), "project": self.project}
        return render(request, "portfolio/finance/explain.html", context)


class BenefitFormView(OfProject, RowFormView):
    """What adding and changing a benefit share."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    template_name = "portfolio/finance/benefit_form.html"

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    def back_url(self) -> str:
        return reverse("finance:benefits", args=[self.project.pk])

    def extra_context(self) -> dict[str, Any]:
        return {**super().extra_context(), "project": self.project}

    @property
    def contracts(self) -> bool:
        """Whether the form offers to follow the contracts: to those who may read them."""
        return self.request.member.can(Permission.CASH_VIEW)


class BenefitCreateView(BenefitFormView):
    """A new benefit."""

    heading = gettext_lazy("Ajouter un bénéfice")
    button = gettext_lazy("Ajouter le bénéfice")

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return BenefitForm(data, contracts=self.contracts, initial={"owner": self.project.sponsor})

    def save(self, form: Any) -> str:
        made = create_benefit(actor=self.request.member.actor, project=self.project, **form.values)
        if not made.is_typed:
            toast(self.request, _("Bénéfice ajouté : ses montants suivent les contrats du projet."))
            return self.back_url()
        toast(self.request, _("Bénéfice ajouté : saisissez ce qui en est attendu."))
        return reverse("finance:benefit_amounts", args=[self.project.pk])


class OfBenefit(OfProject):
    """What a view of one benefit needs; its route takes `pk`."""

    rows: Any = staticmethod(lambda: Benefit.objects.all())

    def project_id(self) -> UUID:
        return self.fetch().project_id

    def fetch(self) -> Benefit:
        """The benefit, through the projects that the member may see."""
        projects = Project.objects.visible_to(self.request.member, Permission.BUDGET_VIEW)
        row: Benefit = get_object_or_404(self.rows().filter(project__in=projects), pk=self.kwargs["pk"])
        return row


class BenefitChangeView(OfBenefit, BenefitFormView):
    """Change a benefit."""

    heading = gettext_lazy("Modifier le bénéfice")
    button = gettext_lazy("Enregistrer")

    def prepare(self) -> None:
        self.row = self.fetch()
        super().prepare()

    def delete_url(self) -> str:
        return reverse("finance:benefit_delete", args=[self.row.pk])

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return BenefitForm(data, contracts=self.contracts, initial=initial_of(self.row, BenefitForm))

    def save(self, form: Any) -> str:
        change_benefit(
            actor=self.request.member.actor, benefit=self.row, values=form.values, version=form.read_version
        )
        toast(self.request, _("Bénéfice enregistré."))
        return self.back_url()


class BenefitDeleteView(OfBenefit, RowActionView):
    """Delete a benefit; the toast takes it back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT

    def act(self, row: Benefit) -> None:
        self.demand(Permission.BUDGET_EDIT)
        delete_benefit(actor=self.request.member.actor, benefit=row)

    def next_url(self, row: Benefit) -> str:
        return reverse("finance:benefits", args=[row.project_id])

    def said(self, row: Benefit) -> str:
        return _("Bénéfice « %(name)s » supprimé.") % {"name": row}

    def undo_url(self, row: Benefit) -> str:
        return reverse("finance:benefit_restore", args=[row.pk])


class BenefitRestoreView(OfBenefit, RestoreView):
    """Bring a deleted benefit back."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    rows = staticmethod(lambda: Benefit.everything.exclude(deleted_at=None))

    def act(self, row: Benefit) -> None:
        self.demand(Permission.BUDGET_EDIT)
        restore_benefit(actor=self.request.member.actor, benefit=row)


class AmountsView(OfProject, FormView):
    """What every benefit of the project is to bring and has brought, by fiscal year, on one page."""

    permission = Permission.BUDGET_VIEW
    write_permission = Permission.BUDGET_EDIT
    template_name = "portfolio/finance/benefit_amounts.html"

    def prepare(self) -> None:
        self.demand(Permission.BUDGET_EDIT)

    @cached_property
    def amounts(self) -> list[BenefitAmounts]:
        """The benefits that are typed."""
        return [one for one in cases_of([self.project])[self.project.pk].benefits if one.benefit.is_typed]

    @cached_property
    def benefits(self) -> list[Benefit]:
        return [one.benefit for one in self.amounts]

    @cached_property
    def rows(self) -> list[Any]:
        return list(BenefitYear.objects.filter(benefit__in=[one.pk for one in self.benefits]))

    @cached_property
    def years(self) -> range:
        """From the first year that holds something, or the project's first, to some years from now or to the last
        one; `until` in the address asks for more."""
        this, start = this_fiscal_year(), self.project.starts_on
        month = self.request.tenant.fiscal_year_start_month
        held = [row.year for row in self.rows if row.expected is not None or row.realised is not None]
        first = min([*held, this, *([fiscal_year(start, month)] if start else [])])
        last = max([*held, this + OFFERED])
        asked = self.request.GET.get("until", "")
        if asked.isdecimal() and len(asked) == 4:
            last = max(last, int(asked))
        return range(max(first, FIRST_YEAR), min(last, LAST_YEAR) + 1)

    def edited(self, sent: QueryDict) -> list[tuple[EditableModel, str]]:
        name = AmountsForm.name
        return [
            (row, sent.get(name(row.benefit_id, row.year, "version"), ""))
            for row in self.rows
            if row.year in self.years
        ]

    def put_back(self, rows: Mapping[Any, EditableModel]) -> None:
        self.rows = [rows.get(row.pk, row) for row in self.rows]

    def make_form(self, data: Any = None, files: Any = None) -> forms.BaseForm:
        return AmountsForm(self.benefits, self.years, self.rows, data)

    def save(self, form: Any) -> str:
        changed = set_benefit_years(actor=self.request.member.actor, entries=form.entries())
        toast(
            self.request,
            ngettext("%(n)s exercice enregistré.", "%(n)s exercices enregistrés.", changed) % {"n": changed}
            if changed
            else _("Rien n’a changé."),
            level="success" if changed else "info",
        )
        return reverse("finance:benefits", args=[self.project.pk])

    def extra_context(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "years": [year_name(year) for year in self.years],
            "until": self.years[-1] + OFFERED if self.years[-1] < LAST_YEAR else 0,
            "currency": self.request.tenant.currency,
        }
