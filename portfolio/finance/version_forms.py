"""The forms of a budget's versions and transfers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.versions import Place, Plan
from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.forms import Filter
from portfolio.finance.models import BudgetVersion, Category, Nature
from portfolio.finance.queries import place_label, place_of
from portfolio.people.fields import RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.projects.models import Project
from tech4value.figures import formats

TODAY: Final = "today"


class ReasonForm(VersionedForm):
    """Why a version is proposed."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Ce que la version change, et pourquoi. Ceux qui décident le liront."),
    )


class DecisionForm(VersionedForm):
    """What is said of a version when it is approved or returned."""

    decision = forms.CharField(
        label=gettext_lazy("Commentaire"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A category and nature of the form, with its field for each month, and the sum of what is saved."""

    label: str
    nature: str
    fields: tuple[forms.BoundField, ...]
    total: Decimal


class PlanForm(VersionedForm):
    """What a revision plans, category by month; a row may be added, months too."""

    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Ce que la version change, et pourquoi. Ceux qui décident le liront."),
    )
    new_row = forms.ChoiceField(label=gettext_lazy("Ajouter une catégorie"), required=False)
    until = MonthField(label=gettext_lazy("Aller jusqu’au mois"), required=False)

    def __init__(
        self,
        row: BudgetVersion,
        plan: Plan,
        names: Sequence[tuple[str, str]],
        months: Sequence[date],
        data: Any = None,
    ) -> None:
        """`names` are the categories and natures to show, `months` the columns."""
        super().__init__(data, initial={"reason": row.reason, "version": row.version})
        self.months, self.names, self.saved = months, names, plan
        language = get_language() or "fr"
        fields: Any = self.fields
        missing = [
            (nature, category) for nature in Nature.values for category in Category.values
            if (category, nature) not in names
        ]  # fmt: skip
        fields["new_row"].choices = [
            ("", _("Aucune")),
            *((f"{nature}-{category}", place_label(category, nature)) for nature, category in missing),
        ]
        for category, nature in names:
            for month in months:
                label = f"{place_label(category, nature)}, {formats.month(month, language)}"
                fields[self.name(category, nature, month)] = AmountField(
                    label=label,
                    initial=plan.get((category, nature, month), Decimal(0)),
                    widget=forms.TextInput(
                        attrs={
                            "inputmode": "decimal",
                            "autocomplete": "off",
                            "class": "input num",
                            "size": 9,
                            "aria-label": label,
                        }
                    ),
                )

    @staticmethod
    def name(category: str, nature: str, month: date) -> str:
        """The name of a field."""
        return f"{nature}-{category}-{month:%Y-%m}"

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """What the table shows, in its order."""
        return tuple(
            PlanRow(
                str(Category(category).label),
                str(Nature(nature).label),
                tuple(self[self.name(category, nature, month)] for month in self.months),
                sum((amount for place, amount in self.saved.items() if place[:2] == (category, nature)), ZERO),
            )
            for category, nature in self.names
        )

    def plan(self) -> dict[Place, Decimal]:
        """What was typed."""
        return {
            (category, nature, month): self.cleaned_data[self.name(category, nature, month)]
            for category, nature in self.names
            for month in self.months
        }


class CompareFilter(Filter):
    """Which two versions are compared; `today` is what the lines plan now, transfers included."""

    before = forms.ChoiceField(label=gettext_lazy("Comparer"), required=False)
    after = forms.ChoiceField(label=gettext_lazy("à"), required=False)

    def __init__(self, data: Any, versions: Sequence[BudgetVersion]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        named = [(str(row.number), row.name) for row in versions]
        fields["before"].choices = [("", _("la version précédente")), *named, (TODAY, _("Aujourd’hui"))]
        fields["after"].choices = [("", _("la dernière version")), *named, (TODAY, _("Aujourd’hui"))]


class TransferForm(forms.Form):
    """An amount that goes from a line to another."""

    project = RowChoice(
        live(Project), label=gettext_lazy("Vers le projet"), help_text=gettext_lazy("Le même, ou un autre.")
    )
    category = forms.ChoiceField(label=gettext_lazy("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Nature.choices)
    month = MonthField(label=gettext_lazy("Mois"))
    amount = AmountField(
        label=gettext_lazy("Montant"),
        required=True,
        error_messages={"required": gettext_lazy("Indiquez le montant.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Motif"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )

    def __init__(self, data: Any = None, *, projects: Any, **kwargs: Any) -> None:
        """`projects`: those whose budget the member may change."""
        super().__init__(data, **kwargs)
        fields: Any = self.fields
        fields["project"].queryset = projects


def named_rows(plan: Plan, asked: Sequence[str]) -> list[tuple[str, str]]:
    """The categories and natures of a plan, and those that the address asks for (`capex-hardware`), in order."""
    found = {place[:2] for place in plan}
    for text in asked:
        nature, _dash, category = text.partition("-")
        if nature in Nature.values and category in Category.values:
            found.add((category, nature))
    return sorted(found, key=lambda name: place_of(name[1], name[0]))
