"""The forms of benefits: one benefit, the amounts of all by year, how they are discounted."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.benefits_actions import YearEntry
from portfolio.finance.benefits_models import (
    FIRST_YEAR,
    LAST_YEAR,
    Benefit,
    BenefitKind,
    BenefitSource,
    BenefitYear,
)
from portfolio.finance.domain.business_case import Basis
from portfolio.finance.fields import AmountField
from portfolio.finance.forms import Filter, ProjectsFilter
from portfolio.finance.periods import year_name
from portfolio.people.fields import PercentField, RowChoice, live
from portfolio.people.forms import VersionedForm
from portfolio.people.models import Person

Side = Literal["expected", "realised"]
SIDES: tuple[Side, Side] = ("expected", "realised")


class QuantityField(AmountField):
    """An amount that may be unknown: empty is None, and zero is written."""

    def prepare_value(self, value: Any) -> Any:
        return "0" if isinstance(value, Decimal) and not value else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else super().to_python(value)


class BenefitForm(VersionedForm):
    """One benefit; only those who may read contracts make it follow them."""

    name = forms.CharField(label=gettext_lazy("Bénéfice"), max_length=160)
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=BenefitKind.choices,
        help_text=gettext_lazy("Un bénéfice non financier se suit dans son unité et n’entre dans aucune somme."),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Montants"),
        choices=BenefitSource.choices,
        help_text=gettext_lazy(
            "Suivre les contrats donne à lire, par exercice, ce que vend le projet à tous ceux qui voient son budget."
        ),
    )
    unit = forms.CharField(
        label=gettext_lazy("Unité"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Pour un bénéfice non financier : points, heures, demandes…"),
    )
    owner = RowChoice(live(Person), label=gettext_lazy("Responsable"), required=False)
    measure = forms.CharField(
        label=gettext_lazy("Comment il se mesure"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La donnée relevée, où, quand, et par rapport à quel point de départ."),
    )

    def __init__(self, *args: Any, contracts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not contracts:
            del self.fields["source"]


class ReturnSettingsForm(VersionedForm):
    """How money of different years is compared."""

    discount_rate = PercentField(
        label=gettext_lazy("Taux d’actualisation, en %"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy(
            "Ce que l’argent rapporterait ailleurs, ou coûte à l’organisation. 8 % quand personne ne l’a choisi."
        ),
    )
    base_year = forms.IntegerField(
        label=gettext_lazy("Exercice de référence"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        help_text=gettext_lazy(
            "Les montants sont ramenés à leur valeur de cet exercice, le même pour tous les projets. Vide : "
            "l’exercice en cours."
        ),
    )


class BasisFilter(Filter):
    """Which amounts the returns are made of."""

    basis = forms.ChoiceField(widget=forms.HiddenInput, required=False, choices=[(one.value, "") for one in Basis])

    @property
    def chosen_basis(self) -> Basis:
        """As things stand unless told."""
        return Basis(self.chosen("basis") or Basis.CURRENT)


class ReturnsFilter(ProjectsFilter):
    """The filters of the portfolio's returns."""

    # Not chips: they stay in the address when a chip changes.
    basis = forms.CharField(widget=forms.HiddenInput, required=False)
    sort = forms.CharField(widget=forms.HiddenInput, required=False)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One benefit's line of the entry, expected or realised, with its bound fields in the order of the years."""

    benefit: Benefit
    side: Side
    label: str
    fields: tuple[forms.BoundField, ...]


class AmountsForm(forms.Form):
    """Every typed benefit of a project over the years, saved together or not at all."""

    def __init__(
        self, benefits: Sequence[Benefit], years: Sequence[int], rows: Sequence[BenefitYear], data: Any = None
    ) -> None:
        super().__init__(data)
        self.benefits, self.years = tuple(benefits), tuple(years)
        held = {(row.benefit_id, row.year): row for row in rows}
        # For the words of a merge: which field of the row each one is.
        self.model_fields: dict[str, str] = {}
        for benefit in benefits:
            for year in years:
                self._add(benefit, year, held.get((benefit.pk, year)))

    def _add(self, benefit: Benefit, year: int, row: BenefitYear | None) -> None:
        labels = {"expected": _("attendu"), "realised": _("réalisé")}
        for side in SIDES:
            name = self.name(benefit.pk, year, side)
            label = f"{benefit.name}, {year_name(year)}, {labels[side]}"
            attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "input num", "aria-label": label}
            self.fields[name] = QuantityField(
                label=label, initial=getattr(row, side, None), widget=forms.TextInput(attrs=attrs)
            )
            self.model_fields[name] = side
        # 0 where nobody had typed anything: two people who fill one cell are told of each other.
        self.fields[self.name(benefit.pk, year, "version")] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=row.version if row else 0
        )

    @staticmethod
    def name(benefit: UUID, year: int, what: str) -> str:
        """The name of a field."""
        return f"{benefit}-{year}-{what}"

    @property
    def rows(self) -> tuple[EntryRow, ...]:
        """Two lines for each benefit."""
        labels = {"expected": _("Attendu"), "realised": _("Réalisé")}
        return tuple(
            EntryRow(
                benefit,
                side,
                labels[side],
                tuple(self[self.name(benefit.pk, year, side)] for year in self.years),
            )
            for benefit in self.benefits
            for side in SIDES
        )

    @property
    def versions(self) -> tuple[forms.BoundField, ...]:
        """The hidden fields."""
        return tuple(self[self.name(benefit.pk, year, "version")] for benefit in self.benefits for year in self.years)

    def entries(self) -> list[YearEntry]:
        """What was typed, of each benefit and year; a cell that was not sent is left alone."""
        read = self.cleaned_data
        return [
            YearEntry(
                benefit,
                year,
                expected=read[self.name(benefit.pk, year, "expected")],
                realised=read[self.name(benefit.pk, year, "realised")],
                version=read[self.name(benefit.pk, year, "version")],
            )
            for benefit in self.benefits
            for year in self.years
            if self.name(benefit.pk, year, "version") in self.data
        ]
