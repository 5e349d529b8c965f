"""The register as a list: of the portfolio, or of one project (`scope`)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from portfolio.people.fields import DateField
from portfolio.people.lists import bulk_choice, choose
from portfolio.people.models import Person, Pole
from portfolio.projects.access import demand
from portfolio.projects.lists import sponsors
from portfolio.projects.models import Programme, Project
from portfolio.risks.actions import change_risk
from portfolio.risks.domain import LEVELS, SEVERITY_SCORES, Severity
from portfolio.risks.models import ACTIVE, SEVERITY_LABELS, Risk, RiskStatus
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tables.columns import EMPTY, CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, FlagFilter, RowFilter, TextFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display


class RiskTable(Table):
    """The risks that the member may see, those that still threaten unless the status is asked."""

    key = "risks"
    label = gettext_lazy("Risques")
    permission = Permission.RISK_VIEW
    search = ("sort_title", Fold("reference"), Fold("mitigation"))
    search_label = gettext_lazy("Rechercher un risque")
    default_sort = "-score,-impact,due"

    def __init__(self, member: Any, scope: Mapping[str, str] | None = None) -> None:
        super().__init__(member, scope)
        self.project: UUID | None = None
        if "project" in self.scope:
            try:
                self.project = UUID(self.scope["project"])
            except ValueError as error:
                raise LookupError(self.scope["project"]) from error

    @property
    def filters(self) -> Sequence[ExtraFilter]:  # type: ignore[override]  # a project has no pole to choose
        of_status = ChoiceFilter(
            main=True,
            several=False,
            any_label=_("Actifs"),
            choices=lambda: [("all", _("Tous")), *RiskStatus.choices],
            condition=lambda chosen: Q() if chosen == ["all"] else Q(status__in=chosen),
        )
        of_severity = ChoiceFilter(
            main=True,
            several=False,
            any_label=_("Toutes"),
            choices=lambda: [(str(level), label) for level, label in SEVERITY_LABELS.items()],
            condition=lambda chosen: Q(score_value__range=SEVERITY_SCORES[Severity(chosen[0])]),
        )
        overdue = FlagFilter(main=True, condition=lambda: Q(status__in=ACTIVE, due_on__lt=today()))
        own = [
            ExtraFilter("status", _("Statut"), of_status),
            ExtraFilter("severity", _("Criticité"), of_severity),
            ExtraFilter("overdue", _("En retard"), overdue),
        ]
        if self.project is not None:
            return own
        return [
            ExtraFilter("pole", _("Pôle"), RowFilter(main=True, path="project__pole", field=choose(Pole))),
            ExtraFilter("programme", _("Programme"), RowFilter(path="project__programme", field=choose(Programme))),
            ExtraFilter("sponsor", _("Sponsor"), RowFilter(path="project__sponsor", field=sponsors)),
            *own,
        ]

    def columns(self) -> Sequence[Column]:
        levels = [(str(level), str(level)) for level in LEVELS]
        of_project = Column(
            key="project",
            label=_("Projet"),
            value=lambda row: row.project.code,
            sort="project__sort_name",
            html=_project,
            filter=RowFilter(main=True, path="project", field=self._projects),
        )
        return [
            Column(
                key="score",
                label=_("Criticité"),
                value="score",
                kind=CellKind.NUMBER,
                sort="score_value",
                html=_severity,
            ),
            Column(
                key="reference",
                label=pgettext("risque", "Référence"),
                value="reference",
                sort=Fold("reference"),
                rank=3,
            ),
            Column(
                key="title",
                label=_("Risque"),
                value="title",
                kind=CellKind.NAME,
                sort="sort_title",
                rank=1,
                fixed=True,
                panel=True,
                url=lambda row: reverse("risks:risk", args=[row.pk]),
            ),
            *([of_project] if self.project is None else []),
            Column(
                key="owner",
                label=_("Responsable"),
                value="owner",
                kind=CellKind.PERSON,
                sort="owner__sort_name",
                filter=RowFilter(main=True, path="owner", field=choose(Person)),
            ),
            Column(
                key="due",
                label=_("Échéance"),
                value="due_on",
                kind=CellKind.DATE,
                sort="due_on",
                html=_due,
                filter=DateRange(path="due_on"),
            ),
            Column(
                key="status",
                label=_("Statut"),
                value=lambda row: row.get_status_display(),
                sort="status",
                html=lambda row: render_to_string("portfolio/risks/_status.html", {"risk": row}),
            ),
            Column(
                key="probability",
                label=_("Probabilité"),
                value="probability",
                kind=CellKind.NUMBER,
                sort="probability",
                shown=False,
                filter=ChoiceFilter(choices=lambda: levels, path="probability", several=False),
            ),
            Column(
                key="impact",
                label=_("Impact"),
                value="impact",
                kind=CellKind.NUMBER,
                sort="impact",
                shown=False,
                filter=ChoiceFilter(choices=lambda: levels, path="impact", several=False),
            ),
            Column(
                key="mitigation",
                label=_("Plan de maîtrise"),
                value="mitigation",
                shown=False,
                rank=3,
                filter=TextFilter(path="mitigation"),
            ),
        ]

    def _visible(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.RISK_VIEW)
        return rows if self.project is None else rows.filter(pk=self.project)

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = self._visible()
        return field

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Risk.objects.filter(project__in=self._visible()).scored()
        return rows

    def narrowed(self, rows: QuerySet[Any], given: Mapping[str, Any]) -> QuerySet[Any]:
        return rows if "status" in given else rows.filter(status__in=ACTIVE)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(Risk.objects.filter(pk__in=keys).select_related("project", "owner__pole"))

    def address(self) -> str:
        return reverse("risks:register") if self.project is None else reverse("risks:project", args=[self.project])

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.RISK_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        return {
            "status": forms.ChoiceField(label=_("Statut"), choices=RiskStatus.choices),
            "owner": bulk_choice(Person, _("Responsable")),
            "due_on": DateField(label=_("Échéance")),
        }

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = Risk.objects.filter(project__in=self._visible(), pk__in=keys).select_for_update(of=("self",))
        return list(rows.order_by("pk").select_related("project__manager", "project__sponsor"))

    def demand(self, row: Any) -> None:
        demand(self.member, Permission.RISK_EDIT, row.project)

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        return change_risk(actor=actor, risk=row, values=values)


def _severity(row: Risk) -> str:
    context = {"level": str(row.severity), "label": row.severity_label, "score": row.score}
    return render_to_string("portfolio/risks/_severity.html", context)


def _project(row: Risk) -> str:
    address = reverse("risks:project", args=[row.project_id])
    return format_html('<a href="{}" title="{}">{}</a>', address, row.project.name, row.project.code)


def _due(row: Risk) -> Any:
    if row.due_on is None:
        return EMPTY
    day = formats.date_short(row.due_on, get_language() or "fr")
    return format_html("{} {}", day, display.badge(_("En retard"), "bad")) if row.is_overdue(today()) else day
