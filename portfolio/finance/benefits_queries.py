"""What projects bring for what they cost. Each function is a few queries, whatever the number of projects."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from portfolio.finance.benefits_models import Benefit, BenefitYear, ReturnSettings
from portfolio.finance.domain.budget import MEASURES, ZERO, Amounts, fiscal_year
from portfolio.finance.domain.business_case import Basis, Review, YearBenefit, flows_of, review
from portfolio.finance.domain.returns import Returns, returns
from portfolio.finance.queries import Projects, lines_of
from portfolio.finance.revenues import Revenue, revenues_of
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True)
class BenefitAmounts:
    """A benefit and its years. `revenues` are the invoices behind one that follows contracts, `rows` the typed years
    by year."""

    benefit: Benefit
    years: Mapping[int, YearBenefit]
    rows: Mapping[int, BenefitYear]
    revenues: tuple[Revenue, ...] = ()

    @property
    def expected(self) -> Decimal:
        """Over all years."""
        return sum((one.expected or ZERO for one in self.years.values()), ZERO)

    @property
    def realised(self) -> Decimal:
        """So far."""
        return sum((one.realised or ZERO for one in self.years.values()), ZERO)


@dataclass(frozen=True)
class Case:
    """The business case of a project: costs by fiscal year, benefits, and how they are discounted."""

    project_id: UUID
    costs: Mapping[int, Amounts]
    benefits: tuple[BenefitAmounts, ...]
    rate: Decimal
    base_year: int
    this_year: int
    as_of: datetime | None = None
    _made: dict[Basis, Returns | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def money(self) -> tuple[YearBenefit, ...]:
        """Each benefit's years that are money."""
        return tuple(year for one in self.benefits if one.benefit.is_money for year in one.years.values())

    def returns(self, basis: Basis) -> Returns | None:
        """The returns on a basis; None without a cost nor a benefit. Computed once each."""
        if basis not in self._made:
            flows = flows_of(self.costs, self.money, basis, self.this_year)
            self._made[basis] = returns(flows, self.rate, self.base_year) if flows else None
        return self._made[basis]

    @property
    def current(self) -> Returns | None:
        """As things stand."""
        return self.returns(Basis.CURRENT)

    @cached_property
    def review(self) -> Review | None:
        """Promises against what came."""
        return review(self.costs, self.money, self.this_year)

    @property
    def expected(self) -> Decimal:
        """Benefits in money over all years, as they were expected."""
        return sum((one.expected or ZERO for one in self.money), ZERO)

    @property
    def realised(self) -> Decimal:
        """Benefits in money that have come so far."""
        return sum((one.realised or ZERO for one in self.money), ZERO)

    @property
    def realised_share(self) -> Decimal | None:
        """Realised ÷ expected over all years; None when nothing is expected."""
        return self.realised / self.expected if self.expected else None

    @property
    def unmeasured(self) -> int:
        """Years that are over and count as expected, nobody having said what came."""
        return sum(one.is_unmeasured(self.this_year) for one in self.money)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Every fiscal year that holds something, and those between."""
        held = {*self.costs, *(year for one in self.benefits for year in one.years)}
        return tuple(range(min(held), max(held) + 1)) if held else ()


def return_settings() -> ReturnSettings:
    """The organisation's settings, saved or not. One statement."""
    return ReturnSettings.objects.first() or ReturnSettings()


def this_fiscal_year() -> int:
    """The fiscal year of today, named by the calendar year in which it begins."""
    return fiscal_year(today(), current_tenant().fiscal_year_start_month)


def cases_of(projects: Projects) -> dict[UUID, Case]:
    """The business case of each project, empty ones too. Five statements, and those of contracts when a benefit
    follows them."""
    keys = _keys(projects)
    settings, this_year = return_settings(), this_fiscal_year()
    costs, as_of = _costs(projects)
    benefits: dict[UUID, list[BenefitAmounts]] = defaultdict(list)
    for one in _benefits(keys):
        benefits[one.benefit.project_id].append(one)
        for row in (one.benefit, *one.rows.values()):
            known = as_of.get(one.benefit.project_id)
            as_of[one.benefit.project_id] = max(known, row.updated_at) if known else row.updated_at
    return {
        key: Case(
            project_id=key,
            costs=costs.get(key, {}),
            benefits=tuple(benefits.get(key, ())),
            rate=settings.discount_rate,
            base_year=settings.base_year or this_year,
            this_year=this_year,
            as_of=as_of.get(key),
        )
        for key in keys
    }


def returns_of(projects: Projects, basis: Basis = Basis.CURRENT) -> dict[UUID, Returns]:
    """The returns of each project; one without a cost nor a benefit is absent."""
    found = {key: case.returns(basis) for key, case in cases_of(projects).items()}
    return {key: one for key, one in found.items() if one is not None}


def _keys(projects: Projects) -> list[UUID]:
    if isinstance(projects, QuerySet):
        return list(projects.order_by().values_list("pk", flat=True))
    return [project.pk for project in projects]


def _costs(projects: Projects) -> tuple[dict[UUID, dict[int, Amounts]], dict[UUID, datetime]]:
    """What each project costs by fiscal year, and when its lines last changed. One statement."""
    start = current_tenant().fiscal_year_start_month
    sums: Any = {f"sum_{name}": Sum(name) for name in MEASURES}
    rows = lines_of(projects).values("project_id", "month").annotate(**sums, as_of=Max("updated_at"))
    found: dict[UUID, dict[int, Amounts]] = defaultdict(dict)
    as_of: dict[UUID, datetime] = {}
    for row in rows:
        key, year = row["project_id"], fiscal_year(row["month"], start)
        amounts = Amounts(**{name: row[f"sum_{name}"] for name in MEASURES})
        found[key][year] = found[key].get(year, Amounts()) + amounts
        as_of[key] = max(as_of.get(key, row["as_of"]), row["as_of"])
    return found, as_of


def _benefits(keys: list[UUID]) -> list[BenefitAmounts]:
    """The benefits of projects, in their order. Two statements, and those of contracts when one follows them."""
    benefits = list(Benefit.objects.filter(project__in=keys).select_related("owner"))
    typed: dict[UUID, dict[int, BenefitYear]] = defaultdict(dict)
    said = BenefitYear.objects.exclude(expected=None, realised=None)
    for row in said.filter(benefit__in=[one.pk for one in benefits if one.is_typed]):
        typed[row.benefit_id][row.year] = row
    sold: dict[UUID, list[Revenue]] = defaultdict(list)
    for revenue in revenues_of({one.project_id for one in benefits if not one.is_typed}):
        sold[revenue.project_id].append(revenue)
    return [
        _of_contracts(one, sold[one.project_id]) if not one.is_typed else _typed(one, typed[one.pk])
        for one in benefits
    ]


def _typed(benefit: Benefit, rows: Mapping[int, BenefitYear]) -> BenefitAmounts:
    years = {year: YearBenefit(year, row.expected, row.realised, benefit.is_sold) for year, row in rows.items()}
    return BenefitAmounts(benefit, dict(sorted(years.items())), rows)


def _of_contracts(benefit: Benefit, revenues: list[Revenue]) -> BenefitAmounts:
    """Its years from invoices; a year of which nothing is invoiced is not realised yet."""
    start = current_tenant().fiscal_year_start_month
    expected: dict[int, Decimal] = defaultdict(Decimal)
    realised: dict[int, Decimal] = defaultdict(Decimal)
    for one in revenues:
        year = fiscal_year(one.on, start)
        expected[year] += one.expected
        if one.realised is not None:
            realised[year] += one.realised
    years = {year: YearBenefit(year, expected[year], realised.get(year), sold=True) for year in sorted(expected)}
    return BenefitAmounts(benefit, years, {}, tuple(sorted(revenues, key=lambda one: (one.on, one.label))))
