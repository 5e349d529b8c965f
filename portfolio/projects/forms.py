"""Forms of programmes, projects, milestones, status reports and members."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Method, Phase, Programme, Project, ProjectRole, Trend, Weather
from tech4value.fields.forms import CustomFieldsForm
from tech4value.search.fields import MentionText


class ProgrammeForm(VersionedForm):
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Court et stable, par exemple TRANSFO."))
    name = forms.CharField(label=_("Nom"), max_length=120)
    manager = RowChoice(live(Person), label=pgettext_lazy("pôle ou programme", "Responsable"), required=False)


class ProjectForm(CustomFieldsForm, VersionedForm):
    target = "project"

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Court et stable, par exemple ERP-2027."))
    name = forms.CharField(label=_("Nom"), max_length=160)
    pole = RowChoice(live(Pole), label=_("Pôle"))
    programme = RowChoice(live(Programme), label=_("Programme"), required=False)
    sponsor = RowChoice(
        live(Person), label=_("Sponsor"), required=False, help_text=_("Qui répond du projet devant le comité.")
    )
    manager = RowChoice(live(Person), label=_("Chef de projet"), required=False)
    method = forms.ChoiceField(label=_("Méthode"), choices=Method.choices)
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    starts_on = DateField(label=_("Début"))
    ends_on = DateField(label=_("Fin"))
    goal = forms.CharField(
        label=_("Objectif"),
        required=False,
        widget=MentionText(attrs={"rows": 4}),
        help_text=_("Ce que le projet change, et à quoi on verra qu’il a réussi."),
    )

    @property
    def values(self) -> dict[str, Any]:
        names = {bound.name for bound, _definition in self.custom}
        plain = {name: value for name, value in super().values.items() if name not in names}
        return {**plain, "custom_fields": self.custom_values}


class MilestoneForm(VersionedForm):
    name = forms.CharField(label=_("Jalon"), max_length=160)
    due_on = DateField(label=_("Date prévue"))
    baseline_on = DateField(
        label=_("Date de référence"), required=False, help_text=_("La date promise ; vide, c’est la date prévue.")
    )
    actual_on = DateField(label=_("Date réelle"), required=False, help_text=_("Quand le jalon a été atteint."))
    success_criterion = forms.CharField(
        label=_("Critère de réussite"), required=False, widget=MentionText(attrs={"rows": 3})
    )
    owner = RowChoice(live(Person), label=_("Responsable"), required=False)


class ReachForm(VersionedForm):
    actual_on = DateField(label=_("Atteint le"))


class StatusForm(VersionedForm):
    reported_on = DateField(
        label=_("Date du point"), help_text=_("Publier de nouveau à la même date remplace le point précédent.")
    )
    weather = forms.ChoiceField(label=_("Météo"), choices=Weather.choices, widget=forms.RadioSelect)
    trend = forms.ChoiceField(label=_("Tendance"), choices=Trend.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Commentaire"),
        required=False,
        widget=MentionText(attrs={"rows": 5}),
        help_text=_("Ce qui avance, ce qui bloque, ce que vous demandez au comité."),
    )


class MemberForm(VersionedForm):
    """A person and their role; the person is chosen once, the role may change."""

    person = RowChoice(live(Person), label=_("Personne"))
    role = forms.ChoiceField(
        label=_("Rôle dans le projet"),
        choices=ProjectRole.choices,
        help_text=_("Un contributeur met à jour le planning et les risques ; un observateur lit."),
    )

    def __init__(self, *args: Any, project: Project, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed:
            del self.fields["person"]
        else:
            team = project.members.values("person_id")
            self.fields["person"].queryset = Person.objects.exclude(pk__in=team)  # type: ignore[attr-defined]  # a RowChoice
