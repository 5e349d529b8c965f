"""The list of scenarios."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from portfolio.scenarios.models import Scenario, ScenarioStatus
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange
from tech4value.tables.table import Table
from tech4value.tenancy.sort_keys import Fold

TONES = {
    ScenarioStatus.DRAFT: "neutral",
    ScenarioStatus.SUBMITTED: "accent",
    ScenarioStatus.APPROVED: "good",
    ScenarioStatus.REFUSED: "bad",
    ScenarioStatus.APPLIED: "outline",
}


def _status(row: Scenario) -> Any:
    return format_html(
        '<span class="badge badge-{}">{}</span>', TONES[ScenarioStatus(row.status)], row.get_status_display()
    )


def _owner(row: Scenario) -> str:
    return row.owner.person_name if row.owner is not None else ""


class ScenarioTable(Table):
    """Every scenario that the member may see."""

    key = "scenarios"
    label = gettext_lazy("Scénarios")
    counted = ngettext_lazy("%(shown)s scénario", "%(shown)s scénarios", "n")
    permission = Permission.SCENARIO_VIEW
    search = ("sort_name", Fold("description"))
    search_label = gettext_lazy("Rechercher un scénario")
    default_sort = "-base_on"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="name",
                label=_("Scénario"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("scenarios:detail", args=[row.pk]),
            ),
            Column(
                key="status",
                label=_("État"),
                value=lambda row: row.get_status_display(),
                sort="status",
                html=_status,
                filter=ChoiceFilter(main=True, choices=lambda: ScenarioStatus.choices, path="status"),
            ),
            Column(key="owner", label=pgettext("scénario", "Auteur"), value=_owner),
            Column(
                key="operations",
                label=_("Opérations"),
                value="operation_count",
                kind=CellKind.NUMBER,
                sort="operation_count",
            ),
            Column(
                key="base_on",
                label=_("Plan du"),
                value="base_on",
                kind=CellKind.DATE,
                sort="base_on",
                filter=DateRange(path="base_on"),
            ),
            Column(
                key="applied_on", label=_("Appliqué le"), value="applied_on", kind=CellKind.DATE, sort="applied_on"
            ),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Scenario.objects.visible_to(self.member)
        live = Q(operations__deleted_at=None)
        return rows.annotate(operation_count=Count("operations", filter=live))

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(self.rows().filter(pk__in=keys).select_related("owner__user"))

    def address(self) -> str:
        return reverse("scenarios:list")
