"""The forms of a plan: what governs it, a baseline; the filters of the roadmap and of the critical path."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.models import Person, Pole, WorkCalendar
from portfolio.planning.models import Task
from portfolio.projects.models import Programme, Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import RowField


class PlanSettingsForm(forms.Form):
    """What governs a plan."""

    calendar = RowChoice(
        live(WorkCalendar),
        label=gettext_lazy("Calendrier"),
        required=False,
        empty_label=gettext_lazy("Celui de l’organisation"),
    )
    data_date = DateField(
        label=gettext_lazy("Date d’état"),
        required=False,
        help_text=gettext_lazy("Ce qui n’est pas fait est planifié à partir de ce jour. Vide : rien n’est déplacé."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class BaselineForm(forms.Form):
    """A baseline to freeze."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    taken_on = DateField(label=gettext_lazy("Figée le"))


class PathForm(forms.Form):
    """Where the critical path of the portfolio leads to."""

    programme = RowChoice(
        live(Programme),
        label=gettext_lazy("Programme"),
        required=False,
        empty_label=gettext_lazy("Tout le portefeuille"),
    )
    milestone = RowField(
        Task.objects.none(),
        permission=Permission.PLAN_VIEW,
        label=gettext_lazy("Tâche ou jalon"),
        required=False,
        empty_label="—",
    )

    def __init__(self, member: Membership, data: Any = None) -> None:
        super().__init__(data)
        visible = Project.objects.visible_to(member, Permission.PLAN_VIEW)
        field: Any = self.fields["milestone"]
        field.queryset = Task.objects.filter(project__in=visible).select_related("project")
        field.label_from_instance = lambda row: f"{row.project.code} · {row.name}"


class PlanFilter(forms.Form):
    """Which projects the roadmap shows."""

    q = forms.CharField(label=gettext_lazy("Rechercher un projet"), required=False, max_length=100)
    pole = RowChoice(live(Pole), label=gettext_lazy("Pôle"), required=False, empty_label=gettext_lazy("Tous"))
    programme = RowChoice(
        live(Programme), label=gettext_lazy("Programme"), required=False, empty_label=gettext_lazy("Tous")
    )
    sponsor = RowChoice(
        lambda: Person.objects.filter(pk__in=Project.objects.exclude(sponsor=None).values("sponsor")),
        label=gettext_lazy("Sponsor"),
        required=False,
        empty_label=gettext_lazy("Tous"),
    )
