"""The list of the portfolio's milestones."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest, Least
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from portfolio.people.fields import DateField
from portfolio.people.lists import bulk_choice, choose
from portfolio.people.models import Person, Pole
from portfolio.projects import actions
from portfolio.projects.access import demand
from portfolio.projects.lists import sponsors
from portfolio.projects.models import Milestone, Phase, Programme, Project
from portfolio.projects.queries import milestone_status, variance
from reporting.dashboards.milestones import HORIZON_DAYS
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display


class MilestoneTable(Table):
    """Every promised date of the projects that the member may see."""

    key = "milestones"
    label = gettext_lazy("Jalons")
    counted = ngettext_lazy("%(shown)s jalon", "%(shown)s jalons", "n")
    permission = Permission.DASHBOARD_VIEW
    search = ("sort_name", "project__sort_name", Fold("project__code"))
    search_label = gettext_lazy("Rechercher un jalon")
    default_sort = "due"
    filters = (
        ExtraFilter("pole", gettext_lazy("Pôle"), RowFilter(main=True, path="project__pole", field=choose(Pole))),
        ExtraFilter(
            "programme",
            gettext_lazy("Programme"),
            RowFilter(main=True, path="project__programme", field=choose(Programme)),
        ),
        ExtraFilter(
            "sponsor", gettext_lazy("Sponsor"), RowFilter(main=True, path="project__sponsor", field=sponsors)
        ),
        ExtraFilter(
            "state",
            gettext_lazy("État"),
            ChoiceFilter(
                main=True,
                several=False,
                choices=lambda: [
                    ("late", _("En retard")),
                    ("due", _("À venir sous 60 jours")),
                    ("pending", _("Non atteints")),
                    ("met", _("Atteints")),
                ],
                condition=lambda chosen: _state(chosen[0]),
            ),
        ),
    )

    def columns(self) -> Sequence[Column]:
        day = today()
        return [
            Column(
                key="name",
                label=_("Jalon"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("projects:milestones", args=[row.project_id]),
            ),
            Column(
                key="project",
                label=_("Projet"),
                value=lambda row: row.project.name,
                sort="project__sort_name",
                filter=RowFilter(path="project", field=self._projects),
            ),
            Column(
                key="status",
                label=_("État"),
                value=lambda row: _words(row, day),
                html=lambda row: display.status(_shape(row, day), _words(row, day)),
            ),
            Column(
                key="owner",
                label=_("Responsable"),
                value="owner",
                kind=CellKind.PERSON,
                sort="owner__sort_name",
                shown=False,
                filter=RowFilter(path="owner", field=choose(Person)),
            ),
            Column(
                key="baseline",
                label=_("Référence"),
                value="baseline_on",
                kind=CellKind.DATE,
                sort="baseline_on",
                rank=3,
                filter=DateRange(path="baseline_on"),
            ),
            Column(
                key="due",
                label=_("Date prévue"),
                value="due_on",
                kind=CellKind.DATE,
                sort="due_on",
                filter=DateRange(path="due_on"),
            ),
            Column(
                key="actual",
                label=_("Date réelle"),
                value="actual_on",
                kind=CellKind.DATE,
                sort="actual_on",
                filter=DateRange(path="actual_on"),
            ),
            Column(
                key="variance",
                label=_("Écart"),
                value=lambda row: variance(row, day).days,
                kind=CellKind.NUMBER,
                unit=_("j calendaires"),
                html=lambda row: _gap(row, day),
                sort=Coalesce("actual_on", Greatest("due_on", day)) - Coalesce("baseline_on", "due_on"),
            ),
        ]

    def _projects(self) -> forms.Field:
        field: Any = choose(Project)()
        field.queryset = Project.objects.visible_to(self.member)
        return field

    def rows(self) -> QuerySet[Any]:
        projects = Project.objects.visible_to(self.member)
        rows: QuerySet[Any] = Milestone.objects.filter(project__in=projects)
        return rows.annotate(earliest=Least("due_on", Coalesce("baseline_on", F("due_on"))))

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(Milestone.objects.filter(pk__in=keys).select_related("project", "owner__pole"))

    def address(self) -> str:
        return reverse("dashboards:milestones")

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.PROJECT_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        return {
            "due_on": DateField(label=_("Date prévue")),
            "actual_on": DateField(label=_("Date réelle")),
            "owner": bulk_choice(Person, _("Responsable")),
        }

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = Milestone.objects.filter(pk__in=keys, project__in=Project.objects.visible_to(self.member))
        rows = rows.select_for_update(of=("self",)).order_by("pk")
        return list(rows.select_related("project__manager", "project__sponsor"))

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        demand(self.member, Permission.PROJECT_EDIT, row.project)
        return actions.change_milestone(actor=actor, milestone=row, values=values)


def _state(state: str) -> Q:
    day = today()
    pending = Q(actual_on=None)
    return {
        "late": pending & Q(earliest__lt=day) & ~Q(project__phase=Phase.CLOSED),
        "due": pending & Q(earliest__gte=day, due_on__lte=day + timedelta(days=HORIZON_DAYS)),
        "pending": pending,
        "met": ~pending,
    }.get(state, Q())


def _shape(row: Any, day: date) -> str:
    """What is to come and has not slipped is on track, as on the dashboard."""
    state = milestone_status(row, day)
    return "on_track" if state == "not_started" else state


def _gap(row: Any, day: date) -> SafeString:
    """The variance, signed and in its colour, as on the dashboard."""
    gap = variance(row, day).days
    tone = "delta delta-bad" if gap > 0 else "delta delta-good" if gap < 0 else "faint"
    words = formats.calendar_days(gap, get_language() or "fr", signed=gap != 0)
    return format_html('<span class="{}">{}</span>', tone, words)


def _words(row: Any, day: date) -> str:
    state = milestone_status(row, day)
    if state == "off_track":
        days = (day - min(row.due_on, row.baseline_on or row.due_on)).days
        return _("En retard de %(days)s") % {"days": formats.calendar_days(days, get_language() or "fr")}
    return {"closed": _("Atteint"), "at_risk": _("En glissement")}.get(state, _("Dans les temps"))
