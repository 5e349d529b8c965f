"""Forms of poles, persons and absences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.domain.work_rules import Regime
from portfolio.people.fields import DateField, PercentField, RateField, RowChoice, live
from portfolio.people.models import (
    WORK_REGIMES,
    AbsenceKind,
    Person,
    Pole,
    Profile,
    Skill,
    SkillLevel,
    WorkCalendar,
)
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


class VersionedForm(forms.Form):
    """A form that carries the version which the person has read; `values` is what the action takes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def values(self) -> dict[str, Any]:
        """The checked values, the version left out."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def read_version(self) -> int | None:
        """The version that the person had before them."""
        version: int | None = self.cleaned_data.get("version")
        return version


def initial_of(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    """The values of `row` for the fields of `form`."""
    return {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}


class PoleForm(VersionedForm):
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Court et stable, par exemple IT ou DATA."))
    name = forms.CharField(label=_("Nom"), max_length=120)
    manager = RowChoice(live(Person), label=pgettext_lazy("pôle ou programme", "Responsable"), required=False)


class PersonForm(VersionedForm):
    """A person; the rate only for those who may see it, the account only for those who manage members."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    email = forms.EmailField(label=_("Adresse e-mail"), required=False)
    pole = RowChoice(live(Pole), label=_("Pôle"), required=False)
    profile = RowChoice(
        live(Profile), label=_("Profil"), required=False, help_text=_("Métier, par exemple Développeuse.")
    )
    capacity = PercentField(
        label=_("Temps de travail (%)"), min_value=0, max_value=100, help_text=_("100 pour un temps plein.")
    )
    daily_rate = RateField(label=_("Taux journalier"), required=False)
    calendar = RowChoice(
        live(WorkCalendar), label=_("Calendrier"), required=False, empty_label=_("Celui de l’organisation")
    )
    work_regime = forms.ChoiceField(
        label=_("Régime de travail"),
        choices=WORK_REGIMES,
        initial=Regime.NONE.value,
        required=False,
        help_text=_("Heures et forfait jours gardent 11 h de repos par jour et 35 h d’affilée par semaine."),
    )
    weekly_hours = forms.DecimalField(
        label=_("Heures par semaine"),
        localize=True,
        required=False,
        min_value=1,
        max_value=48,
        max_digits=4,
        decimal_places=2,
        help_text=_("Au régime des heures. Vide : 35."),
    )
    yearly_days = forms.IntegerField(
        label=_("Jours par an"),
        required=False,
        min_value=1,
        max_value=235,
        help_text=_("Au forfait jours. Vide : 218."),
    )
    joined_on = DateField(label=_("Entrée"), required=False)
    left_on = DateField(label=_("Sortie"), required=False)
    is_external = forms.BooleanField(label=_("Externe"), required=False)
    membership = RowChoice(
        lambda: Membership.objects.filter(is_active=True).select_related("user"),
        label=_("Compte"),
        required=False,
        help_text=_("Le membre que cette personne est dans Tech4Value."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not member.can(Permission.RATE_VIEW):
            del self.fields["daily_rate"]
        if not member.can(Permission.MEMBER_EDIT):
            del self.fields["membership"]

    def clean_work_regime(self) -> str:
        """Nothing said is no rule."""
        return self.cleaned_data["work_regime"] or Regime.NONE.value


class ProfileForm(VersionedForm):
    """A profile, or a skill: they are described alike."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    description = forms.CharField(
        label=_("Description"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class HeldForm(VersionedForm):
    """A skill that a person has."""

    skill = RowChoice(live(Skill), label=_("Compétence"), empty_label=None)
    level = forms.TypedChoiceField(
        label=_("Niveau"), choices=SkillLevel.choices, coerce=int, initial=SkillLevel.AUTONOMOUS.value
    )


class LevelForm(VersionedForm):
    """Its level."""

    level = forms.TypedChoiceField(label=_("Niveau"), choices=SkillLevel.choices, coerce=int)


class AbsenceForm(VersionedForm):
    starts_on = DateField(label=_("Du"))
    ends_on = DateField(label=_("Au"), help_text=_("Dernier jour d’absence, inclus."))
    kind = forms.ChoiceField(label=_("Motif"), choices=AbsenceKind.choices)


class AbsenceFilter(forms.Form):
    """Chips of the list of absences."""

    pole = RowChoice(live(Pole), label=_("Pôle"), required=False, empty_label=_("Tous"))
    past = forms.BooleanField(label=_("Passées aussi"), required=False)
