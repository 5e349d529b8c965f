"""The forms of envelopes: what one is, its lines, the projects that carry it, from when it is shared."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.finance.envelope_models import AllocationKey
from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.forms import HINTS
from portfolio.finance.models import Category, Nature
from portfolio.people.fields import RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.projects.models import Project


class EnvelopeForm(VersionedForm):
    """What an envelope is for, and its key."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    purpose = forms.CharField(
        label=_("Objet"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    key = forms.ChoiceField(
        label=_("Clé de répartition"),
        choices=AllocationKey.choices,
        help_text=_(
            "Parts fixes : un pourcentage par projet. Les autres clés se mesurent quand l’enveloppe est répartie : "
            "heures prévues des tâches, budget initial, personnes de l’équipe ou affectées."
        ),
    )


class EnvelopeLineForm(VersionedForm):
    """An amount of a month."""

    category = forms.ChoiceField(label=_("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=_("Nature"), choices=Nature.choices)
    month = MonthField(label=_("Mois"))
    planned = AmountField(label=_("Prévu"))
    committed = AmountField(label=_("Engagé"), help_text=HINTS["committed"])
    actual = AmountField(label=_("Réel"), help_text=HINTS["actual"])
    forecast = AmountField(label=_("Prévision"), help_text=HINTS["forecast"])


def _percent() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Part (%)"),
        localize=True,
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("Ne compte qu’avec la clé des parts fixes : leur somme fait 100."),
    )


class EnvelopePercentForm(VersionedForm):
    """The fixed part of a project."""

    percent: Any = _percent()

    def clean_percent(self) -> Decimal:
        """Empty is zero."""
        return self.cleaned_data["percent"] or Decimal(0)


class EnvelopeShareForm(EnvelopePercentForm):
    """A project that will carry a part."""

    project: Any = RowChoice(live(Project), label=_("Projet"))
    field_order = ("project", "percent")

    def __init__(self, data: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["project"]
        field.queryset = projects


class EnvelopeSharingForm(VersionedForm):
    """From which month the parts are those that are measured today."""

    since = MonthField(
        label=_("À partir de"),
        help_text=_("Les mois d’avant gardent les parts qu’ils avaient."),
    )
