"""The forms of budgets: one line, one month of a project, and the filters of the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.finance.domain.budget import MEASURES
from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.foreign import form_amounts
from portfolio.finance.models import BudgetLine, Category, Nature
from portfolio.people.models import Person, Pole
from portfolio.projects.models import Programme
from tech4value.audit.writing import StaleVersionError
from tech4value.search.fields import RowField
from tech4value.tenancy.context import current_tenant

HINTS: Final = {
    "committed": gettext_lazy("Commandes et contrats signés."),
    "actual": gettext_lazy("Factures reçues. Un avoir se saisit en négatif."),
    "forecast": gettext_lazy("Total attendu du mois : dépensé plus reste à venir."),
}


class BudgetLineForm(forms.Form):
    """One line; `line` is the one being changed, None for a new one."""

    category = forms.ChoiceField(label=gettext_lazy("Catégorie"), choices=Category.choices)
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Nature.choices)
    month = MonthField(label=gettext_lazy("Mois"))
    planned = AmountField(label=gettext_lazy("Prévu"))
    committed = AmountField(label=gettext_lazy("Engagé"), help_text=HINTS["committed"])
    actual = AmountField(label=gettext_lazy("Réel"), help_text=HINTS["actual"])
    forecast = AmountField(label=gettext_lazy("Prévision"), help_text=HINTS["forecast"])
    currency = forms.CharField(
        label=gettext_lazy("Devise"),
        max_length=3,
        required=False,
        initial=lambda: current_tenant().currency,
        help_text=gettext_lazy(
            "Trois lettres. Des montants dans une autre devise sont convertis au cours du premier jour du mois, et "
            "gardés tels que saisis."
        ),
        widget=forms.TextInput(attrs={"size": 4, "autocapitalize": "characters"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    units: ClassVar = dict.fromkeys(MEASURES, "currency")

    def __init__(self, data: Any = None, *, frozen: str = "", **kwargs: Any) -> None:
        """`frozen`: why the planned amount is not typed; empty when it is."""
        super().__init__(data, **kwargs)
        if frozen:
            self.fields["planned"].disabled = True
            self.fields["planned"].help_text = frozen

    @classmethod
    def of(cls, line: BudgetLine, data: Any = None, *, frozen: str = "") -> "BudgetLineForm":
        """The form of a line as it stands."""
        currency, amounts = form_amounts(line)
        place = {name: getattr(line, name) for name in ("category", "nature", "month", "version")}
        return cls(data, frozen=frozen, initial={**place, **amounts, "currency": currency})

    @property
    def line_values(self) -> dict[str, Any]:
        """What the action takes: an amount that is frozen is not sent; an empty currency is the organisation's."""
        sent = {name: value for name, value in self.cleaned_data.items() if not self.fields[name].disabled}
        sent.pop("version")
        return {**sent, "currency": sent["currency"] or current_tenant().currency}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One category of a month's entry, with its bound fields in the order of the measures."""

    key: str
    label: str
    nature: str
    line: BudgetLine | None
    fields: tuple[forms.BoundField, ...]
    version: forms.BoundField | None


class MonthEntryForm(forms.Form):
    """Every category of a project for one month: four amounts each, saved together or not at all."""

    def __init__(
        self,
        places: Sequence[tuple[str, str]],
        lines: Sequence[BudgetLine],
        data: Any = None,
        *,
        frozen: bool = False,
    ) -> None:
        """`frozen`: the planned amounts are shown, not typed."""
        super().__init__(data)
        self._lines = {(line.nature, line.category): line for line in lines}
        self.places = places
        self.model_fields = {
            self.name(nature, category, measure): measure for nature, category in places for measure in MEASURES
        }
        for nature, category in places:
            line = self._lines.get((nature, category))
            for measure in MEASURES:
                label = BudgetLine._meta.get_field(measure).verbose_name  # type: ignore[union-attr]  # own fields
                name = f"{Category(category).label} ({Nature(nature).label}), {label}"
                self.fields[self.name(nature, category, measure)] = AmountField(
                    label=name,
                    initial=getattr(line, measure) if line else Decimal(0),
                    disabled=frozen and measure == "planned",
                    widget=forms.TextInput(
                        attrs={
                            "inputmode": "decimal",
                            "autocomplete": "off",
                            "class": "input num",
                            "aria-label": name,
                        }
                    ),
                )
            if line is not None:
                self.fields[self.name(nature, category, "version")] = forms.IntegerField(
                    widget=forms.HiddenInput, initial=line.version
                )

    @staticmethod
    def name(nature: str, category: str, measure: str) -> str:
        """The name of a field."""
        return f"{nature}-{category}-{measure}"

    @property
    def rows(self) -> tuple[EntryRow, ...]:
        """What the table shows, in its order."""
        return tuple(
            EntryRow(
                key=f"{nature}-{category}",
                label=str(Category(category).label),
                nature=str(Nature(nature).label),
                line=(line := self._lines.get((nature, category))),
                fields=tuple(self[self.name(nature, category, measure)] for measure in MEASURES),
                version=self[self.name(nature, category, "version")] if line else None,
            )
            for nature, category in self.places
        )

    def entries(self) -> list[tuple[str, str, BudgetLine | None, dict[str, Decimal], int | None]]:
        """Nature, category, line, amounts and version read, of each row."""
        found = []
        for nature, category in self.places:
            line = self._lines.get((nature, category))
            amounts = {measure: self.cleaned_data[self.name(nature, category, measure)] for measure in MEASURES}
            version = self.cleaned_data.get(self.name(nature, category, "version"))
            found.append((nature, category, line, amounts, version))
        return found

    def place_errors(self, nature: str, category: str, error: ValidationError) -> ValidationError:
        """An action's errors on one line, on the fields of its row."""
        if isinstance(error, StaleVersionError) or not hasattr(error, "error_dict"):
            return error
        names = {name: self.name(nature, category, name) for name in MEASURES}
        return ValidationError({names.get(name, name): messages for name, messages in error.error_dict.items()})


class Filter(forms.Form):
    """Filters of an address, which may hold anything."""

    def chosen(self, name: str) -> Any:
        """A filter's value; None when it is empty, absent or not one of its choices."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class YearFilter(Filter):
    """Which fiscal year, and how the chart is drawn."""

    year = forms.TypedChoiceField(label=gettext_lazy("Exercice"), coerce=int, required=False, empty_value=None)
    # Not chips: they stay in the address when a chip changes.
    chart = forms.CharField(widget=forms.HiddenInput, required=False)
    measure = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, years: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        self.offer_years(years)

    def offer_years(self, years: Sequence[tuple[int, str]]) -> None:
        """The choices: numbers of years and their names."""
        field: Any = self.fields["year"]
        field.choices = [("", _("Tous")), *((str(year), label) for year, label in years)]


class ProjectsFilter(Filter):
    """Which projects; the choices are the rows of the tenant."""

    pole: Any = RowField(None, label=gettext_lazy("Pôle"), required=False, empty_label=gettext_lazy("Tous"))
    programme: Any = RowField(None, label=gettext_lazy("Programme"), required=False, empty_label=gettext_lazy("Tous"))
    sponsor: Any = RowField(None, label=gettext_lazy("Sponsor"), required=False, empty_label=gettext_lazy("Tous"))

    def __init__(self, data: Any, projects: Any) -> None:
        super().__init__(data)
        self.offer(projects)

    def offer(self, projects: Any) -> None:
        """The choices, for those who may see `projects`."""
        fields: Any = self.fields
        fields["pole"].queryset = Pole.objects.all()
        fields["programme"].queryset = Programme.objects.all()
        fields["sponsor"].queryset = Person.objects.filter(pk__in=projects.order_by().values("sponsor_id"))

    def selected(self, projects: Any) -> Any:
        """The projects that pass the filters."""
        for name in ("pole", "programme", "sponsor"):
            if (row := self.chosen(name)) is not None:
                projects = projects.filter(**{name: row})
        return projects


class BudgetFilter(YearFilter, ProjectsFilter):
    """The filters of the portfolio's budget."""

    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=[("", gettext_lazy("Capex et opex")), *Nature.choices],
        required=False,
    )
    field_order = ["year", "pole", "programme", "sponsor", "nature"]

    def __init__(self, data: Any, years: Sequence[tuple[int, str]], projects: Any) -> None:
        forms.Form.__init__(self, data)
        self.offer_years(years)
        self.offer(projects)


def month_of(text: str) -> date | None:
    """`2026-03` of an address; None when it is not a month."""
    try:
        return MonthField().clean(text)
    except ValidationError:
        return None
