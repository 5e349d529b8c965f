"""The lists of this room: projects."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portfolio.people.fields import DateField, RowChoice
from portfolio.people.lists import ALL, bulk_choice, choose
from portfolio.people.models import Person, Pole
from portfolio.projects import actions
from portfolio.projects.access import demand
from portfolio.projects.models import Method, Phase, Programme, Project, Weather
from portfolio.projects.queries import elapsed_share, mine, with_status
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, FlagFilter, NumberRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display


def sponsors() -> forms.Field:
    """Those who sponsor a project."""
    held = lambda: Person.objects.filter(pk__in=Project.objects.exclude(sponsor=None).values("sponsor"))  # noqa: E731
    return RowChoice(held, required=False, empty_label=ALL).__deepcopy__({})


class ProjectTable(Table):
    """The portfolio, one project a row."""

    key = "projects"
    label = _("Projets")
    counted = ngettext_lazy("%(shown)s projet", "%(shown)s projets", "n")
    permission = Permission.PROJECT_VIEW
    search = ("sort_name", Fold("code"), "manager__sort_name")
    search_label = _("Rechercher un projet")
    default_sort = "name"
    custom_target = "project"

    def columns(self) -> Sequence[Column]:
        return [
            Column(
                key="weather",
                label=_("Météo"),
                value=lambda row: row.weather and Weather(row.weather).label,
                sort="weather_rank",
                html=_weather,
                filter=ChoiceFilter(choices=lambda: Weather.choices, path="weather"),
            ),
            Column(key="code", rank=3, label=_("Code"), value="code", sort=Fold("code")),
            Column(
                key="name",
                label=_("Nom"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                url=lambda row: reverse("projects:detail", args=[row.pk]),
            ),
            Column(
                key="pole",
                rank=3,
                label=_("Pôle"),
                value="pole__name",
                sort="pole__sort_name",
                filter=RowFilter(main=True, path="pole", field=choose(Pole)),
            ),
            Column(
                key="programme",
                label=_("Programme"),
                value="programme__name",
                sort="programme__sort_name",
                shown=False,
                filter=RowFilter(main=True, path="programme", field=choose(Programme)),
            ),
            Column(
                key="sponsor",
                label=_("Sponsor"),
                value="sponsor",
                kind=CellKind.PERSON,
                sort="sponsor__sort_name",
                shown=False,
                filter=RowFilter(path="sponsor", field=sponsors),
            ),
            Column(
                key="manager",
                label=_("Chef de projet"),
                value="manager",
                kind=CellKind.PERSON,
                sort="manager__sort_name",
                filter=RowFilter(path="manager", field=choose(Person)),
            ),
            Column(
                key="phase",
                label=_("Phase"),
                value=lambda row: row.get_phase_display(),
                sort="phase_rank",
                filter=ChoiceFilter(
                    main=True, choices=lambda: Phase.choices, path="phase", several=False, any_label=_("Toutes")
                ),
            ),
            Column(
                key="method",
                label=_("Méthode"),
                value=lambda row: row.get_method_display(),
                sort="method",
                shown=False,
                filter=ChoiceFilter(
                    choices=lambda: Method.choices, path="method", several=False, any_label=_("Toutes")
                ),
            ),
            Column(
                key="start",
                rank=3,
                label=_("Début"),
                value="starts_on",
                kind=CellKind.DATE,
                sort="starts_on",
                filter=DateRange(path="starts_on"),
            ),
            Column(
                key="end",
                label=_("Fin"),
                value="ends_on",
                kind=CellKind.DATE,
                sort="ends_on",
                filter=DateRange(path="ends_on"),
            ),
            Column(
                key="progress",
                label=_("Jalons atteints"),
                value="reached_share",
                kind=CellKind.PERCENT,
                sort="reached_share",
                html=self._progress,
                filter=NumberRange(path="reached_share", scale=100),
            ),
        ]

    @cached_property
    def filters(self) -> Sequence[ExtraFilter]:  # type: ignore[override]  # it needs the member
        return [
            ExtraFilter("mine", _("Mes projets"), FlagFilter(main=True, condition=lambda: self._mine())),
            ExtraFilter("read_only", _("En lecture seule"), FlagFilter(condition=lambda: Q(read_only=True))),
        ]

    def _mine(self) -> Q:
        return Q(pk__in=mine(Project.objects.all(), self.member).values("pk"))

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = with_status(Project.objects.visible_to(self.member))
        return rows

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = self.rows().filter(pk__in=keys)
        return list(rows.select_related("pole", "programme", "manager__pole", "sponsor__pole"))

    def address(self) -> str:
        return reverse("projects:list")

    @cached_property
    def day(self) -> Any:
        return today()

    def _progress(self, row: Any) -> Any:
        if not row.milestone_count:
            return None
        return display.progress(row.reached_share, mark=elapsed_share(row, self.day), label=_("Jalons atteints"))

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.PROJECT_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        choices = {"phase": Phase.choices, "method": Method.choices}
        model = Project._meta
        rows: dict[str, Any] = {"manager": Person, "sponsor": Person, "pole": Pole, "programme": Programme}
        found: dict[str, forms.Field] = {
            name: forms.ChoiceField(label=str(model.get_field(name).verbose_name).capitalize(), choices=held)  # type: ignore[union-attr]  # local
            for name, held in choices.items()
        }
        for name, held in rows.items():
            found[name] = bulk_choice(held, str(model.get_field(name).verbose_name).capitalize())  # type: ignore[union-attr]  # local
        found["ends_on"] = DateField(label=_("Fin"))
        return found

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        rows = Project.objects.visible_to(self.member).filter(pk__in=keys).order_by("pk")
        return list(rows.select_for_update(of=("self",)).select_related("manager", "sponsor", "pole", "programme"))

    def demand(self, row: Any) -> None:
        demand(self.member, Permission.PROJECT_EDIT, row)

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        return actions.change_project(actor=actor, project=row, values=values)


def _weather(row: Any) -> Any:
    return display.weather(row.weather, trend=row.trend, compact=True) if row.weather else None
