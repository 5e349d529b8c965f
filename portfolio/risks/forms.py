"""The forms of the register: one risk, and the filters of the pages."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portfolio.people.fields import DateField, RowChoice, live
from portfolio.people.models import Person
from portfolio.risks.models import Risk, RiskStatus
from tech4value.accounts.permissions import Permission
from tech4value.search.fields import MentionText, RowField

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
