"""Forms of a study: its question, what is said of a candidate, a rule between two."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.finance.domain.budget import add_months, fiscal_year
from portfolio.finance.fields import AmountField, MonthField
from portfolio.finance.periods import year_name
from portfolio.people.fields import PercentField
from portfolio.people.forms import VersionedForm
from portfolio.scenarios.optimisation.models import MOST_MONTHS, MOST_SECONDS, Grouping, OptimisationStudy
from portfolio.scenarios.optimisation.search import EXCLUSIVE, REQUIRES
from tech4value.fields.models import FieldKind
from tech4value.fields.values import fields_of
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant

YEARS: Final = 5
ROLES: Final = (
    ("free", _("Libre : le calcul choisit")),
    ("mandatory", _("Obligatoire")),
    ("left_out", _("Écarté : il reste prévu comme il est")),
)


def numeric_fields() -> dict[str, str]:
    """The custom fields of projects that may say their alignment, by key. One statement."""
    kinds = {FieldKind.NUMBER, FieldKind.MONEY}
    return {one.key: one.name for one in fields_of("project") if one.kind in kinds}


class OptionalAmount(AmountField):
    """An amount that may be left out: empty is none, not zero."""

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else super().to_python(value)


class OptimisationForm(VersionedForm):
    """The question; one field for the budget of each fiscal year."""

    name = forms.CharField(label=_("Nom de l’étude"), max_length=120)
    first_month = MonthField(label=_("Premier mois"), help_text=_("Aucun projet ne commence avant."))
    months = forms.IntegerField(
        label=_("Mois de départ possibles"),
        min_value=1,
        max_value=MOST_MONTHS,
        initial=12,
        help_text=_("Chaque projet peut commencer dans l’un de ces mois."),
    )
    weight_alignment = forms.IntegerField(label=_("Alignement stratégique"), min_value=0, max_value=100, initial=50)
    weight_npv = forms.IntegerField(label=_("Valeur actuelle nette"), min_value=0, max_value=100, initial=30)
    weight_risk = forms.IntegerField(label=_("Faible risque"), min_value=0, max_value=100, initial=20)
    alignment_field = forms.ChoiceField(
        label=_("Champ qui note l’alignement"),
        required=False,
        help_text=_("Un champ numérique de vos projets ; une note donnée dans l’étude passe avant."),
    )
    delay_cost = PercentField(
        label=_("Coût d’un mois d’attente (%)"),
        min_value=0,
        max_value=20,
        initial=Decimal("0.01"),
        help_text=_("Part de sa valeur qu’un projet perd par mois."),
    )
    grouping = forms.ChoiceField(label=_("Capacité limitée par"), choices=Grouping.choices)
    capacity_share = PercentField(
        label=_("Part de la capacité libre (%)"),
        min_value=5,
        max_value=200,
        initial=Decimal(1),
        help_text=_("Ce que les autres projets laissent ; moins de 100 garde une réserve."),
    )
    seconds = forms.IntegerField(
        label=_("Temps de recherche (secondes)"), min_value=1, max_value=MOST_SECONDS, initial=10
    )

    def __init__(self, data: Any = None, *, study: OptimisationStudy | None = None) -> None:
        initial: dict[str, Any] = {}
        budgets: dict[str, Any] = {}
        if study is not None:
            initial = {name: getattr(study, name, None) for name in self.base_fields}
            budgets = study.budgets
        else:
            initial = {"first_month": add_months(today(), 1)}
        super().__init__(data, initial=initial)
        fields: Any = self.fields
        fields["alignment_field"].choices = [("", _("Aucun")), *numeric_fields().items()]
        now = fiscal_year(today(), current_tenant().fiscal_year_start_month)
        self.years = sorted({*range(now, now + YEARS), *(int(year) for year in budgets)})
        for year in self.years:
            amount = budgets.get(str(year))
            self.fields[f"budget_{year}"] = OptionalAmount(
                label=year_name(year), initial=None if amount is None else Decimal(amount)
            )

    @property
    def budget_fields(self) -> list[forms.BoundField]:
        """The fields of the years, in order."""
        return [self[f"budget_{year}"] for year in self.years]

    @property
    def values(self) -> dict[str, Any]:
        """What the actions take: the budgets as one value."""
        found = {name: value for name, value in super().values.items() if not name.startswith("budget_")}
        amounts = {str(year): self.cleaned_data.get(f"budget_{year}") for year in self.years}
        found["budgets"] = {year: str(amount) for year, amount in amounts.items() if amount is not None}
        return found


class CandidateForm(VersionedForm):
    """What is said of one project in a study."""

    role = forms.ChoiceField(label=_("Dans le calcul"), choices=ROLES)
    alignment = forms.DecimalField(
        label=_("Alignement stratégique"),
        min_value=0,
        max_value=10,
        max_digits=4,
        decimal_places=2,
        localize=True,
        required=False,
        help_text=_("De 0 à 10. Sans note, le projet compte pour 5."),
    )
    npv = OptionalAmount(
        label=_("Valeur actuelle nette"), help_text=_("Vide : celle de ses bénéfices, quand ils sont saisis.")
    )
    not_before = MonthField(label=_("Pas avant"), required=False)

    def __init__(self, data: Any = None, *, study: OptimisationStudy, key: str) -> None:
        told = study.projects.get(key, {})
        initial: dict[str, Any] = {"role": told.get("role", "free"), "version": study.version}
        for name in ("alignment", "npv"):
            initial[name] = Decimal(told[name]) if told.get(name) else None
        initial["not_before"] = (told.get("not_before") or "")[:7]
        super().__init__(data, initial=initial)

    def told(self) -> dict[str, str]:
        """As it is kept in the study."""
        given = self.cleaned_data
        found = {"role": given["role"]}
        for name in ("alignment", "npv"):
            if given.get(name) is not None:
                found[name] = str(given[name])
        if given.get("not_before"):
            found["not_before"] = given["not_before"].isoformat()
        return found


class RuleForm(VersionedForm):
    """A rule between two candidates."""

    project = forms.ChoiceField(label=_("Projet"))
    kind = forms.ChoiceField(
        label=_("Règle"),
        choices=((EXCLUSIVE, _("exclut, et réciproquement")), (REQUIRES, _("ne va pas sans, et commence après"))),
    )
    other = forms.ChoiceField(label=_("Autre projet"))
    months = forms.IntegerField(
        label=_("Mois entre la fin de l’autre et son début"),
        min_value=-120,
        max_value=120,
        initial=0,
        required=False,
        help_text=_("Pour « ne va pas sans ». Négatif : il peut commencer avant la fin de l’autre."),
    )

    def __init__(self, data: Any = None, *, study: OptimisationStudy, projects: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, initial={"version": study.version})
        choices = [("", "—"), *projects]
        fields: Any = self.fields
        for name in ("project", "other"):
            fields[name].choices = choices
            fields[name].widget.attrs["data-combobox"] = True

    def rule(self) -> list[Any]:
        """As it is kept in the study."""
        given = self.cleaned_data
        months = given.get("months") or 0
        return [given["kind"], given["project"], given["other"], months if given["kind"] == REQUIRES else 0]
