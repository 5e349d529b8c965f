"""The forms of the capacity pages."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from portfolio.capacity.domain.load import Grain
from portfolio.capacity.grid import Grouping
from portfolio.capacity.models import RequestState
from portfolio.people.fields import DateField, PercentField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person, Pole, Profile, Skill, SkillLevel
from portfolio.projects.models import Programme, Project
from tech4value.search.fields import RowField


class CapacityFilter(forms.Form):
    """Which poles, and the load of which projects. Capacity is always the persons' whole time."""

    # The first period shown, moved by the arrows beside the table.
    start = forms.CharField(required=False, widget=forms.HiddenInput, max_length=10)
    by = forms.ChoiceField(
        label=_("Lignes"),
        required=False,
        choices=[
            ("", _("Pôles")),
            (Grouping.PERSON.value, _("Personnes")),
            (Grouping.PROJECT.value, _("Équipes des projets")),
            (Grouping.PROGRAMME.value, _("Équipes des programmes")),
            (Grouping.SKILL.value, _("Compétences")),
            (Grouping.PROFILE.value, _("Profils")),
        ],
    )
    grain = forms.ChoiceField(
        label=_("Colonnes"), required=False, choices=[("", _("Mois")), (Grain.WEEK.value, _("Semaines"))]
    )
    pole = RowChoice(live(Pole), label=_("Pôle"), required=False, empty_label=_("Tous"))
    programme = RowChoice(live(Programme), label=_("Programme"), required=False, empty_label=_("Tous"))
    sponsor = RowChoice(
        lambda: Person.objects.filter(pk__in=Project.objects.exclude(sponsor=None).values("sponsor")),
        label=_("Sponsor"),
        required=False,
        empty_label=_("Tous"),
    )
    unit = forms.ChoiceField(
        label=_("Lecture"), required=False, choices=[("", _("Taux de charge")), ("fte", _("ETP : charge / capacité"))]
    )


def asked_period(value: Any, grain: Grain, otherwise: date) -> date:
    """The period of an address (`2026-W12`, `2026-03` or a day of it), else the one of `otherwise`; 2000 to 2100."""
    text = str(value or "")
    week = re.fullmatch(r"(\d{4})-W(\d{2})", text)
    if week is None:
        return grain.period_of(otherwise if not text else asked_day(text, otherwise))
    try:
        found = date.fromisocalendar(int(week[1]), int(week[2]), 1)
    except ValueError:
        found = otherwise
    return grain.period_of(found if 2000 <= found.year <= 2100 else otherwise)


def asked_day(text: str, otherwise: date) -> date:
    """The day of an address, the first one of a month; else `otherwise`; years 2000 to 2100."""
    try:
        found = parse_date(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        found = None
    return found if found is not None and 2000 <= found.year <= 2100 else otherwise


class AllocationForm(VersionedForm):
    """Time booked on a project: of a person or of a profile, in percent or in days."""

    person = RowChoice(live(Person), label=_("Personne"), required=False)
    profile = RowChoice(
        live(Profile),
        label=_("Profil"),
        required=False,
        help_text=_("À la place d’une personne, tant que nul n’est nommé."),
    )
    starts_on = DateField(label=_("Du"))
    ends_on = DateField(label=_("Au"), help_text=_("Dernier jour, inclus."))
    share = PercentField(
        label=_("Part d’un temps plein (%)"),
        required=False,
        min_value=1,
        max_value=2000,
        help_text=_("Ou un nombre de jours."),
    )
    days = forms.DecimalField(
        label=_("Jours"), required=False, localize=True, min_value=0, max_digits=7, decimal_places=2
    )
    skill = RowChoice(live(Skill), label=_("Compétence recherchée"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class RequestForm(VersionedForm):
    """Somebody that a project looks for."""

    skill = RowChoice(live(Skill), label=_("Compétence"), required=False)
    level = forms.TypedChoiceField(
        label=_("Niveau minimal"),
        choices=SkillLevel.choices,
        coerce=int,
        initial=SkillLevel.AUTONOMOUS.value,
        required=False,
    )
    profile = RowChoice(live(Profile), label=_("Profil"), required=False)
    starts_on = DateField(label=_("Du"))
    ends_on = DateField(label=_("Au"), help_text=_("Dernier jour, inclus."))
    share = PercentField(label=_("Part d’un temps plein (%)"), min_value=1, max_value=2000)
    comment = forms.CharField(
        label=_("Commentaire"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_level(self) -> int:
        """Nothing said is autonomous."""
        return self.cleaned_data["level"] or SkillLevel.AUTONOMOUS.value


class AcceptForm(forms.Form):
    """Who is given, and how much of them."""

    person = RowChoice(live(Person), label=_("Personne"), empty_label=None)
    share = PercentField(label=_("Part d’un temps plein (%)"), required=False, min_value=1, max_value=2000)


class DeclineForm(forms.Form):
    """Why nobody is given."""

    reason = forms.CharField(label=_("Motif"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RequestFilter(forms.Form):
    """Which requests: of a project, waiting or answered."""

    project: Any = RowField(None, label=_("Projet"), required=False, empty_label=_("Tous"))
    state = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[("", _("En attente")), ("answered", _("Répondues")), ("all", _("Toutes"))],
    )

    def __init__(self, data: Any, projects: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["project"].queryset = projects

    def selected(self, rows: Any) -> Any:
        """The requests that pass; what cannot be read filters nothing."""
        self.is_valid()
        if self.cleaned_data.get("project") is not None:
            rows = rows.filter(project=self.cleaned_data["project"])
        state = self.cleaned_data.get("state")
        if state == "answered":
            return rows.exclude(state=RequestState.OPEN)
        return rows if state == "all" else rows.filter(state=RequestState.OPEN)


class OverloadForm(VersionedForm):
    """The rule that tells of overloads to come."""

    is_active = forms.BooleanField(label=_("Règle active"), required=False)
    threshold = PercentField(
        label=_("Seuil de charge (%)"),
        min_value=50,
        max_value=300,
        help_text=_("Au-delà, une semaine est en surcharge."),
    )
    horizon_weeks = forms.IntegerField(label=_("Horizon en semaines"), min_value=1, max_value=52)
    min_weeks = forms.IntegerField(
        label=_("Durée minimale en semaines"),
        min_value=1,
        max_value=26,
        help_text=_("Une surcharge plus courte se rattrape sans alerte."),
    )
    tell_pole_manager = forms.BooleanField(label=_("Prévenir le responsable de pôle"), required=False)
    tell_project_managers = forms.BooleanField(label=_("Prévenir les chefs des projets concernés"), required=False)
