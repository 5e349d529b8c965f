"""The forms of the register: one risk, and the filters of the pages."""

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Programme
from portfolio.risks.domain import LEVELS, Severity
from portfolio.risks.models import ACTIVE, SEVERITY_LABELS, Risk, RiskQuerySet, RiskStatus
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import MentionText, RowField
from tech4value.tenancy.clock import today

PROBABILITIES: Final = [
    (1, _("1 – Très improbable")),
    (2, _("2 – Improbable")),
    (3, _("3 – Possible")),
    (4, _("4 – Probable")),
    (5, _("5 – Quasi certain")),
]
IMPACTS: Final = [
    (1, _("1 – Négligeable")),
    (2, _("2 – Mineur")),
    (3, _("3 – Significatif")),
    (4, _("4 – Majeur")),
    (5, _("5 – Extrême")),
]


class RiskForm(forms.Form):
    """One risk."""

    title = forms.CharField(
        label=_("Risque"),
        max_length=160,
        help_text=_("Ce qui pourrait arriver, en une phrase."),
        error_messages={"required": _("Décrivez le risque en une phrase.")},
    )
    probability = forms.TypedChoiceField(
        label=_("Probabilité"),
        coerce=int,
        choices=PROBABILITIES,
        initial=3,
        error_messages={"invalid_choice": _("La probabilité va de 1 à 5. Choisissez dans la liste.")},
    )
    impact = forms.TypedChoiceField(
        label=_("Impact"),
        coerce=int,
        choices=IMPACTS,
        initial=3,
        error_messages={"invalid_choice": _("L’impact va de 1 à 5. Choisissez dans la liste.")},
    )
    owner = RowChoice(
        live(Person),
        label=_("Responsable"),
        required=False,
        empty_label=_("Non attribué"),
        error_messages={"invalid_choice": _("Cette personne n’existe pas ici. Choisissez dans la liste.")},
    )
    due_on = DateField(
        label=_("Échéance du plan de maîtrise"),
        required=False,
        error_messages={"invalid": _("Saisissez une date, par exemple 31/03/2026.")},
    )
    mitigation = forms.CharField(
        label=_("Plan de maîtrise"), required=False, widget=MentionText(attrs={"rows": 3}), max_length=5000
    )
    description = forms.CharField(
        label=_("Description"), required=False, widget=MentionText(attrs={"rows": 3}), max_length=5000
    )
    status = forms.ChoiceField(label=_("Statut"), choices=RiskStatus.choices, initial=RiskStatus.OPEN)
    reference = forms.CharField(
        label=pgettext_lazy("risque", "Référence"),
        max_length=20,
        required=False,
        help_text=_("Laissez vide : la suivante du projet est donnée."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, risk: Risk, data: Any = None) -> "RiskForm":
        """The form of a risk as it stands."""
        names = [name for name in cls.base_fields if name != "owner"]
        form = cls(data, initial={name: getattr(risk, name) for name in names} | {"owner": risk.owner_id})
        form.fields["reference"].help_text = ""
        return form


class RiskOfProjectForm(RiskForm):
    """A new risk, when the project is still to be chosen."""

    project = RowField(
        None,
        label=_("Projet"),
        permission=Permission.RISK_EDIT,
        empty_label=_("Choisissez un projet"),
        error_messages={
            "required": _("Choisissez le projet concerné."),
            "invalid_choice": _("Ce projet n’existe pas ici. Choisissez dans la liste."),
        },
    )
    field_order = ("project",)

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project"]
        field.queryset = projects


STATUS_CHOICES: Final = [("", _("Actifs")), ("all", _("Tous")), *RiskStatus.choices]


class RegisterFilter(forms.Form):
    """Which risks: all in the address, empty values left out. Without a status, those that still threaten."""

    q = forms.CharField(label=_("Rechercher un risque"), required=False, max_length=80)
    status = forms.ChoiceField(label=_("Statut"), choices=STATUS_CHOICES, required=False)
    severity = forms.ChoiceField(
        label=_("Criticité"), choices=[("", _("Toutes")), *SEVERITY_LABELS.items()], required=False
    )
    owner = RowChoice(live(Person), label=_("Responsable"), required=False, empty_label=_("Tous"))
    overdue = forms.BooleanField(label=_("En retard"), required=False)
    # The cell of the matrix that was clicked.
    probability = forms.TypedChoiceField(
        coerce=int, choices=[(level, level) for level in LEVELS], required=False, widget=forms.HiddenInput
    )
    impact = forms.TypedChoiceField(
        coerce=int, choices=[(level, level) for level in LEVELS], required=False, widget=forms.HiddenInput
    )

    def chosen(self, name: str) -> Any:
        """A filter's value; None when it is empty, absent or not one of its choices."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    def selected(self, risks: RiskQuerySet) -> RiskQuerySet:
        """The risks that pass every filter but the matrix's cell."""
        status = self.chosen("status")
        if status is None:
            risks = risks.filter(status__in=ACTIVE)
        elif status != "all":
            risks = risks.filter(status=status)
        if severity := self.chosen("severity"):
            risks = risks.of_severity(Severity(severity))
        if owner := self.chosen("owner"):
            risks = risks.filter(owner=owner)
        if self.chosen("overdue"):
            risks = risks.overdue(today())
        for word in (self.chosen("q") or "").split():
            risks = risks.filter(
                Q(title__icontains=word) | Q(reference__icontains=word) | Q(mitigation__icontains=word)
            )
        return risks

    @property
    def cell(self) -> tuple[int, int] | None:
        """(probability, impact) of the matrix's cell, when one is chosen."""
        probability, impact = self.chosen("probability"), self.chosen("impact")
        return (probability, impact) if probability and impact else None


class PortfolioFilter(RegisterFilter):
    """The same over the portfolio, with the pole, programme, sponsor and project: those of the dashboard."""

    pole = RowChoice(live(Pole), label=_("Pôle"), required=False, empty_label=_("Tous"))
    project = RowField(None, label=_("Projet"), required=False, empty_label=_("Tous"))
    programme = RowChoice(live(Programme), label=_("Programme"), required=False, empty_label=_("Tous"))
    sponsor = RowChoice(live(Person), label=_("Sponsor"), required=False, empty_label=_("Tous"))
    field_order = ("q", "pole", "programme", "sponsor", "project", "status", "severity", "owner", "overdue")

    def __init__(self, data: Any, projects: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["project"].queryset = projects
        fields["sponsor"].queryset = Person.objects.filter(pk__in=projects.order_by().values("sponsor_id"))

    def selected_projects(self, projects: Any) -> Any:
        """The projects that pass the filters."""
        for name in ("pole", "programme", "sponsor"):
            if (row := self.chosen(name)) is not None:
                projects = projects.filter(**{name: row})
        if (project := self.chosen("project")) is not None:
            projects = projects.filter(pk=project.pk)
        return projects
