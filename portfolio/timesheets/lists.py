"""The list of times: by person, project and day, with their sum; what is seen is exported."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portfolio.people.lists import choose
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project
from portfolio.timesheets.access import visible_entries
from portfolio.timesheets.models import Activity, SheetState, TimeEntry
from tech4value.accounts.permissions import Permission
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table

HOURS = ExpressionWrapper(F("minutes") / Decimal(60), output_field=DecimalField(max_digits=12, decimal_places=2))


class TimeEntryTable(Table):
    """Every time that the member may read."""

    key = "time-entries"
    label = gettext_lazy("Temps saisis")
    counted = ngettext_lazy("%(shown)s temps", "%(shown)s temps", "n")
    permission = Permission.TIME_VIEW
    search = ("line__timesheet__person__sort_name", "line__task__sort_name", "line__project__sort_name")
    search_label = gettext_lazy("Rechercher une personne, une tâche ou un projet")
    default_sort = "-day,person"
    filters = (
        ExtraFilter(
            "pole", gettext_lazy("Pôle"), RowFilter(path="line__timesheet__person__pole", field=choose(Pole))
        ),
    )

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="person",
                label=_("Personne"),
                value="line__timesheet__person__name",
                kind=CellKind.NAME,
                sort="line__timesheet__person__sort_name",
                rank=1,
                fixed=True,
                url=_sheet_url,
                filter=RowFilter(main=True, path="line__timesheet__person", field=choose(Person)),
            ),
            Column(
                key="day",
                label=_("Jour"),
                value="day",
                kind=CellKind.DATE,
                sort="day",
                filter=DateRange(main=True, path="day"),
            ),
            Column(
                key="project",
                label=_("Projet"),
                value="line__project__name",
                sort="line__project__sort_name",
                filter=RowFilter(main=True, path="line__project", field=self._projects),
            ),
            Column(key="task", label=_("Tâche"), value="line__task__name", sort="line__task__sort_name"),
            Column(
                key="activity",
                label=_("Activité"),
                value=lambda row: row.line.get_activity_display(),
                sort="line__activity",
                filter=ChoiceFilter(choices=lambda: Activity.choices, path="line__activity"),
            ),
            Column(
                key="hours",
                label=_("Heures"),
                value=_hours,
                kind=CellKind.NUMBER,
                sort="minutes",
                decimals=2,
                total=HOURS,
            ),
            Column(
                key="state",
                label=_("État de la semaine"),
                value=lambda row: row.line.timesheet.get_state_display(),
                sort="line__timesheet__state",
                filter=ChoiceFilter(main=True, choices=lambda: SheetState.choices, path="line__timesheet__state"),
            ),
        ]

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = Project.objects.visible_to(self.member, Permission.PROJECT_VIEW)
        return field

    def rows(self) -> QuerySet[Any]:
        return visible_entries(self.member)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = TimeEntry.objects.filter(pk__in=keys)
        return list(rows.select_related("line__timesheet__person", "line__task", "line__project"))

    def address(self) -> str:
        return reverse("timesheets:entries")


def _hours(row: TimeEntry) -> Decimal:
    return (Decimal(row.minutes) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _sheet_url(row: TimeEntry) -> str:
    return reverse("timesheets:sheet", args=[row.line.timesheet_id])
