"""The list of tasks, of the portfolio or of one project."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, ExpressionWrapper, F, FloatField, Model, OuterRef, Prefetch, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from portfolio.people.fields import DateField, PercentField
from portfolio.people.lists import bulk_choice, choose
from portfolio.people.models import Person, WorkCalendar
from portfolio.planning import actions
from portfolio.planning.models import Assignment, Task, TaskKind, TaskMode
from portfolio.planning.scheduling import lock_plans
from portfolio.projects.access import demand
from portfolio.projects.models import Project
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, FlagFilter, NumberRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display

MINUTES_A_DAY = 420


class AssigneeFilter(RowFilter):
    """The tasks on which a person works."""

    def apply(self, rows: QuerySet[Any], name: str, given: Mapping[str, Any]) -> QuerySet[Any]:
        person = getattr(given[name], "pk", given[name])
        return rows.filter(Exists(Assignment.objects.filter(task=OuterRef("pk"), person=person)))


class TaskTable(Table):
    """Every task of the plans that the member may see."""

    key = "tasks"
    label = gettext_lazy("Tâches")
    counted = ngettext_lazy("%(shown)s tâche", "%(shown)s tâches", "n")
    permission = Permission.PLAN_VIEW
    search = ("sort_name", "project__sort_name", Fold("project__code"))
    search_label = gettext_lazy("Rechercher une tâche")
    default_sort = "end"
    custom_target = "task"
    filters = (
        ExtraFilter("late", gettext_lazy("En retard"), FlagFilter(main=True, condition=lambda: _late())),
        ExtraFilter(
            "critical", gettext_lazy("Chemin critique"), FlagFilter(main=True, condition=lambda: Q(is_critical=True))
        ),
    )

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.project.code,
                sort="project__sort_name",
                filter=RowFilter(main=True, path="project", field=self._projects),
            ),
            Column(key="wbs", label=_("WBS"), value="wbs", sort="position", shown=False, rank=3),
            Column(
                key="name",
                label=_("Tâche"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                panel=True,
                url=lambda row: reverse("planning:task", args=[row.pk]),
            ),
            Column(
                key="kind",
                label=_("Nature"),
                value=lambda row: row.get_kind_display(),
                sort="kind",
                shown=False,
                rank=3,
                filter=ChoiceFilter(choices=lambda: TaskKind.choices, path="kind"),
            ),
            Column(
                key="people",
                label=_("Personnes"),
                value=lambda row: ", ".join(one.person.name for one in row.assignments.all()),
                filter=AssigneeFilter(main=True, path="assignments", field=choose(Person)),
            ),
            Column(
                key="start",
                label=_("Début"),
                value=lambda row: row.starts_at.date(),
                kind=CellKind.DATE,
                sort="starts_at",
                rank=3,
                filter=DateRange(path="starts_at", instant="wall"),
            ),
            Column(
                key="end",
                label=_("Fin"),
                value=lambda row: row.ends_at.date(),
                kind=CellKind.DATE,
                sort="ends_at",
                filter=DateRange(path="ends_at", instant="wall"),
            ),
            Column(
                key="work",
                label=_("Charge"),
                value=lambda row: row.work_minutes / MINUTES_A_DAY,
                kind=CellKind.NUMBER,
                sort="work_minutes",
                decimals=1,
                unit=_("j"),
                shown=False,
                rank=3,
                total=ExpressionWrapper(F("work_minutes") / Value(float(MINUTES_A_DAY)), output_field=FloatField()),
            ),
            Column(
                key="progress",
                label=_("Avancement"),
                value="percent_complete",
                kind=CellKind.PERCENT,
                sort="percent_complete",
                html=lambda row: display.progress(row.percent_complete, label=_("Avancement")),
                filter=NumberRange(path="percent_complete", scale=100),
            ),
            Column(
                key="state",
                label=_("État"),
                value=_state,
                html=lambda row: display.badge(_state(row), _TONES[_state_key(row)]),
            ),
        ]

    def _visible(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Project.objects.visible_to(self.member, Permission.PLAN_VIEW)
        return rows

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = self._visible()
        return field

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Task.objects.filter(project__in=self._visible())
        return rows

    def narrowed(self, rows: QuerySet[Any], given: Mapping[str, Any]) -> QuerySet[Any]:
        # A summary says what is under it: it is shown when it is asked for.
        return rows if "kind" in given else rows.exclude(kind=TaskKind.SUMMARY)

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        people = Prefetch("assignments", Assignment.objects.select_related("person").order_by("person__sort_name"))
        return list(Task.objects.filter(pk__in=keys).select_related("project").prefetch_related(people))

    def address(self) -> str:
        return reverse("planning:tasks")

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.PLAN_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        return {
            "percent_complete": PercentField(label=_("Avancement (%)"), min_value=0, max_value=100),
            "mode": forms.ChoiceField(label=_("Planification"), choices=TaskMode.choices),
            "calendar": bulk_choice(WorkCalendar, _("Calendrier")),
            "deadline_on": DateField(label=pgettext("tâche", "Échéance")),
        }

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = Task.objects.filter(project__in=self._visible(), pk__in=keys).order_by("project_id", "position")
        lock_plans(rows.order_by().values_list("project_id", flat=True).distinct())
        return list(rows.select_related("project__manager", "project__sponsor"))

    def demand(self, row: Any) -> None:
        demand(self.member, Permission.PLAN_EDIT, row.project)

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        wanted = dict(values)
        if "deadline_on" in wanted:  # the end of that day
            day = wanted.pop("deadline_on")
            wanted["deadline_at"] = day and datetime.combine(day, time(23, 59))
        return actions.change_task(actor=actor, task=row, values=wanted, schedule=False)

    def settle(self, actor: Actor, rows: Sequence[Model]) -> None:
        keys = {row.project_id for row in rows if isinstance(row, Task)}
        for project in Project.objects.filter(pk__in=keys).order_by("pk"):
            actions.reschedule(actor=actor, project=project)


def _late() -> Q:
    return Q(percent_complete__lt=1, ends_at__lt=_midnight())


def _midnight() -> datetime:
    return datetime.combine(today(), time())


def _state_key(row: Any) -> str:
    if row.percent_complete >= 1:
        return "done"
    if row.ends_at.date() < today():
        return "late"
    return "started" if row.percent_complete > 0 else "ahead"


_TONES = {"done": "good", "late": "bad", "started": "accent", "ahead": "outline"}


def _state(row: Any) -> str:
    words = {"done": _("Terminée"), "late": _("En retard"), "started": _("Commencée"), "ahead": _("À venir")}
    return words[_state_key(row)]
