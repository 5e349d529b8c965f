"""The tables of the tab Bénéfices, as the page draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from portfolio.finance.benefits_figures import OF_SALES
from portfolio.finance.benefits_models import Benefit
from portfolio.finance.benefits_queries import BenefitAmounts, Case
from portfolio.finance.benefits_words import BASES, wait_words
from portfolio.finance.domain.budget import ZERO, Amounts
from portfolio.finance.domain.business_case import Basis, cost_of
from portfolio.finance.domain.present_value import number_of
from portfolio.finance.domain.returns import Returns
from portfolio.finance.periods import year_name
from tech4value.figures.figure import Figure


@dataclass(frozen=True, slots=True)
class YearCell:
    """What one benefit, or all that is money, has in one year; None where nobody has said."""

    expected: Decimal | None
    realised: Decimal | None


@dataclass(frozen=True, slots=True)
class BenefitRow:
    """A benefit over the years, and its sums."""

    benefit: Benefit
    cells: tuple[YearCell, ...]
    total: YearCell


@dataclass(frozen=True, slots=True)
class CostRow:
    """A cost over the years."""

    label: str
    values: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class BenefitTable:
    """Benefits down, fiscal years across; costs under them. `decimals` is 2 as soon as one amount has cents: what is
    shown adds up to what is shown."""

    years: tuple[str, ...]
    rows: tuple[BenefitRow, ...]
    sums: tuple[YearCell, ...]
    total: YearCell
    costs: tuple[CostRow, ...]
    decimals: int


def benefit_table(case: Case) -> BenefitTable:
    """The whole business case, year by year."""
    rows = tuple(
        BenefitRow(one.benefit, tuple(_cell(one, year) for year in case.years), YearCell(one.expected, one.realised))
        for one in case.benefits
    )
    sums = tuple(
        YearCell(
            sum((one.expected or ZERO for one in case.money if one.year == year), ZERO),
            sum((one.realised or ZERO for one in case.money if one.year == year), ZERO),
        )
        for year in case.years
    )
    labels = {Basis.PLANNED: _("Coûts prévus"), Basis.CURRENT: _("Coûts attendus"), Basis.REALISED: _("Coûts réels")}
    costs = []
    for basis, label in labels.items():
        values = tuple(cost_of(case.costs.get(year, Amounts()), basis) for year in case.years)
        costs.append(CostRow(label, values, sum(values, ZERO)))
    shown = [value for row in costs for value in row.values]
    shown += [value for row in rows for cell in row.cells for value in (cell.expected, cell.realised) if value]
    return BenefitTable(
        years=tuple(year_name(year) for year in case.years),
        rows=rows,
        sums=sums,
        total=YearCell(case.expected, case.realised),
        costs=tuple(costs),
        decimals=0 if all(value == value.to_integral_value() for value in shown) else 2,
    )


def _cell(one: BenefitAmounts, year: int) -> YearCell:
    held = one.years.get(year)
    return YearCell(held.expected, held.realised) if held else YearCell(None, None)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One measure on the three bases; `unit` is that of a Figure, or `text`."""

    label: str
    values: tuple[Decimal | str | None, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was promised, what is known, what has come."""

    heads: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


def comparison(case: Case) -> Comparison:
    """The measures that people compare, as promised, as they stand and as they came."""
    order = (Basis.PLANNED, Basis.CURRENT, Basis.REALISED)
    found = [case.returns(basis) for basis in order]

    def row(label: str, read: Callable[[Returns], Decimal | str | None], unit: str) -> ComparedRow:
        return ComparedRow(label, tuple(None if one is None else read(one) for one in found), unit)

    return Comparison(
        heads=tuple(str(BASES[basis]) for basis in order),
        rows=(
            row(_("Coûts"), lambda one: one.cost, "money"),
            row(_("Bénéfices"), lambda one: one.benefit, "money"),
            row(_("Valeur actuelle nette"), lambda one: one.npv, "money"),
            row(_("Taux de rentabilité interne"), lambda one: number_of(one.irr), "percent"),
            row(_("Délai de récupération"), lambda one: wait_words(one.payback), "text"),
            row(_("Retour sur investissement"), lambda one: number_of(one.roi), "percent"),
        ),
    )


def listed(figures: dict[str, Figure], found: Returns) -> list[Figure]:
    """Every indicator, those of sales left out when nothing is sold."""
    return [figure for key, figure in figures.items() if found.revenue or key not in OF_SALES]
