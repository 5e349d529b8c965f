"""The list of persons, and what lists of other rooms choose people and rows with."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from portfolio.people import actions
from portfolio.people.fields import DateField, PercentField, RowChoice, live
from portfolio.people.models import Absence, Person, PersonSkill, Pole, Profile, Skill
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.figures import formats
from tech4value.tables.columns import CellKind, Column
from tech4value.tables.filters import ChoiceFilter, DateRange, NumberRange, RowFilter
from tech4value.tables.table import ExtraFilter, Table
from tech4value.tenancy.clock import today
from tech4value.tenancy.sort_keys import Fold
from tech4value.web.tags import display

ALL = gettext_lazy("Tous")


def choose(model: type[Model], empty: Any = ALL) -> Callable[[], forms.Field]:
    """A field that chooses one live row of a model; made anew for each list."""
    return lambda: RowChoice(live(model), required=False, empty_label=empty).__deepcopy__({})


def bulk_choice(model: type[Model], label: Any) -> forms.Field:
    """The same in a bulk edit, where empty clears."""
    made = choose(model, "—")()
    made.label = label
    return made


class SkillFilter(RowFilter):
    """Those who have a skill, at any level."""

    def apply(self, rows: QuerySet[Any], name: str, given: Mapping[str, Any]) -> QuerySet[Any]:
        wanted = getattr(given[name], "pk", given[name])
        held = PersonSkill.objects.filter(person=OuterRef("pk"), skill=wanted)
        return rows.filter(Exists(held))


class PersonTable(Table):
    """Who works here. Rates are for those who may see them."""

    key = "people"
    label = gettext_lazy("Personnes")
    counted = ngettext_lazy("%(shown)s personne", "%(shown)s personnes", "n")
    permission = Permission.PEOPLE_VIEW
    search = ("sort_name", Fold("email"), "profile__sort_name")
    search_label = gettext_lazy("Rechercher une personne")
    default_sort = "name"
    filters = (
        ExtraFilter(
            "presence",
            gettext_lazy("Présence"),
            ChoiceFilter(
                main=True,
                several=False,
                any_label=gettext_lazy("Présents"),
                choices=lambda: [("left", _("Partis")), ("all", _("Tous"))],
                condition=lambda chosen: Q(left_on__lt=today()) if chosen == ["left"] else Q(),
            ),
        ),
        ExtraFilter(
            "origin",
            gettext_lazy("Origine"),
            ChoiceFilter(
                main=True,
                several=False,
                choices=lambda: [("internal", _("Internes")), ("external", _("Externes"))],
                condition=lambda chosen: Q(is_external=chosen == ["external"]),
            ),
        ),
        ExtraFilter("skill", gettext_lazy("Compétence"), SkillFilter(main=True, path="", field=choose(Skill))),
    )

    def columns(self) -> Sequence[Column]:
        rate = Column(
            key="rate",
            label=_("Taux journalier"),
            value="daily_rate",
            kind=CellKind.MONEY,
            sort="daily_rate",
            filter=NumberRange(path="daily_rate"),
        )
        return [
            Column(
                key="name",
                label=_("Nom"),
                value="name",
                kind=CellKind.NAME,
                sort="sort_name",
                rank=1,
                fixed=True,
                html=_name,
            ),
            Column(key="email", label=_("Adresse e-mail"), value="email", sort=Fold("email"), shown=False),
            Column(
                key="pole",
                label=_("Pôle"),
                value="pole__name",
                sort="pole__sort_name",
                filter=RowFilter(main=True, path="pole", field=choose(Pole)),
            ),
            Column(
                key="profile",
                label=_("Profil"),
                value="profile__name",
                sort="profile__sort_name",
                filter=RowFilter(main=True, path="profile", field=choose(Profile)),
            ),
            Column(key="skills", label=_("Compétences"), value=_skills, wraps=True, shown=False),
            Column(
                key="capacity",
                label=_("Temps de travail"),
                value="capacity",
                kind=CellKind.PERCENT,
                sort="capacity",
                filter=NumberRange(path="capacity", scale=100),
            ),
            *([rate] if self.member.can(Permission.RATE_VIEW) else []),
            Column(
                key="joined",
                label=_("Entrée"),
                value="joined_on",
                kind=CellKind.DATE,
                sort="joined_on",
                shown=False,
                filter=DateRange(path="joined_on"),
            ),
            Column(
                key="left",
                label=_("Sortie"),
                value="left_on",
                kind=CellKind.DATE,
                sort="left_on",
                shown=False,
                filter=DateRange(path="left_on"),
            ),
            Column(key="state", label=_("Situation"), value=_situation, html=_situation_marks),
        ]

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Person.objects.all()
        return rows

    def narrowed(self, rows: QuerySet[Any], given: Mapping[str, Any]) -> QuerySet[Any]:
        # Those who are gone are asked for.
        return rows if "presence" in given else rows.exclude(left_on__lt=today())

    def page_rows(self, keys: Sequence[UUID]) -> Sequence[Any]:
        day = today()
        away = Absence.objects.filter(person=OuterRef("pk"), starts_on__lte=day, ends_on__gte=day)
        return list(
            Person.objects.filter(pk__in=keys)
            .select_related("pole", "profile")
            .prefetch_related(Prefetch("skills", PersonSkill.objects.select_related("skill")))
            .annotate(away=Exists(away))
        )

    def address(self) -> str:
        return reverse("people:list")

    # --- bulk edit

    def may_change(self) -> bool:
        return self.member.can(Permission.PEOPLE_EDIT)

    def bulk_fields(self) -> Mapping[str, forms.Field]:
        return {
            "pole": bulk_choice(Pole, _("Pôle")),
            "profile": bulk_choice(Profile, _("Profil")),
            "capacity": PercentField(label=_("Temps de travail (%)"), min_value=0, max_value=100),
            "left_on": DateField(label=_("Sortie")),
            "is_external": forms.BooleanField(label=_("Externe")),
        }

    def locked(self, keys: Sequence[UUID]) -> Sequence[Any]:
        return list(Person.objects.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk"))

    def change(self, actor: Actor, row: Any, values: Mapping[str, Any]) -> bool:
        return actions.change_person(actor=actor, person=row, values=values)


def _name(row: Any) -> Any:
    address = reverse("people:person", args=[row.pk])
    return format_html('<a href="{}" hx-get="{}" hx-target="#panel">{}</a>', address, address, display.person(row))


def _skills(row: Any) -> str:
    return ", ".join(str(one) for one in row.skills.all() if one.deleted_at is None)


def _marks(row: Any) -> list[tuple[str, str]]:
    marks = []
    if row.is_external:
        marks.append((_("Externe"), "outline"))
    if row.away:
        marks.append((_("Absent aujourd’hui"), "accent"))
    if row.left_on:
        day = formats.date_short(row.left_on, get_language() or "fr")
        marks.append((_("Sortie le %(date)s") % {"date": day}, "neutral"))
    return marks


def _situation(row: Any) -> str:
    return ", ".join(words for words, _tone in _marks(row))


def _situation_marks(row: Any) -> Any:
    return format_html_join(" ", "{}", ((display.badge(words, tone),) for words, tone in _marks(row)))
