"""What explains the variance of projects: the facts that are known of each line, read in a few statements whatever
the number of projects, and the causes that they give (`domain.variance`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from portfolio.finance.domain.budget import ZERO, first_of_month, split, to_cents, total
from portfolio.finance.domain.orders import InvoicedPart, OrderedPart, weigh
from portfolio.finance.domain.variance import (
    Causes,
    MonthFacts,
    RowExplained,
    explained,
    price_and_efficiency,
    summed,
)
from portfolio.finance.domain.versions import Place, from_rows
from portfolio.finance.exchange import Converter
from portfolio.finance.models import (
    BudgetLine,
    BudgetVersion,
    Category,
    PurchaseOrder,
    PurchaseOrderLine,
    VersionState,
)
from portfolio.finance.orders import OrderInvoice, invoices_of
from portfolio.finance.queries import ALWAYS, Period, Projects, amounts_of, lines_of, place_of
from portfolio.finance.staff_costs import staff_costs_from
from portfolio.people.rates import RateBook
from portfolio.projects.models import Project
from portfolio.timesheets.costs import RatedTime, rated_times
from tech4value.figures.formats import currency_decimals
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class PricedTime:
    """Time at its own rate and at the rate of the reference day; without that rate, nothing is said of its price."""

    time: RatedTime
    reference_rate: Decimal | None
    at_reference: Decimal

    @property
    def repriced(self) -> Decimal:
        """What another rate made of its cost (the price variance)."""
        return price_and_efficiency(ZERO, self.time.amount, self.at_reference)[0]


@dataclass(frozen=True, slots=True)
class ExchangeEffect:
    """An invoice of an order in another currency: its amount at the rate of its day, and of the order's day."""

    order: PurchaseOrder
    invoice: OrderInvoice
    amount: Decimal
    at_order: Decimal
    places: Mapping[Place, Decimal]

    @property
    def effect(self) -> Decimal:
        """What the exchange rate made of its cost."""
        return self.amount - self.at_order


@dataclass(frozen=True, slots=True)
class ProjectVariance:
    """Why a project will not cost what was agreed, by category and nature, capex first.

    `reference` is the approved version that it is compared with; None: no version is approved, and the planned
    amounts of the lines are the reference. Prices are compared with those of `reference_on`.
    """

    project: Project
    reference: BudgetVersion | None
    reference_on: date
    rows: tuple[RowExplained, ...]
    times: tuple[PricedTime, ...] = field(default=(), repr=False)
    exchanges: tuple[ExchangeEffect, ...] = field(default=(), repr=False)
    as_of: datetime | None = None

    def within(self, period: Period) -> "ProjectVariance":
        """The months of a period only; rows without one are left out. What moved in or out of it is then a date."""
        if period == ALWAYS:
            return self
        rows = [
            RowExplained(
                row.category,
                row.nature,
                tuple(one for one in row.months if one.month in period),
                row.unplanned,
                row.withdrawn,
            )
            for row in self.rows
        ]
        return ProjectVariance(
            self.project,
            self.reference,
            self.reference_on,
            tuple(row for row in rows if row.months),
            self.times,
            self.exchanges,
            self.as_of,
        )

    def of(self, nature: str) -> tuple[RowExplained, ...]:
        """The rows of a nature; every one when it is empty."""
        return tuple(row for row in self.rows if nature in {"", row.nature})

    @property
    def total(self) -> "VarianceTotal":
        """All rows together."""
        return total_of(self.rows)


@dataclass(frozen=True, slots=True)
class VarianceTotal:
    """Several rows together: `reference + causes.total == forecast`, to the cent."""

    reference: Decimal = ZERO
    forecast: Decimal = ZERO
    causes: Causes = field(default_factory=Causes)

    @property
    def variance(self) -> Decimal:
        """Forecast less reference: positive is an overrun."""
        return self.forecast - self.reference

    @property
    def is_empty(self) -> bool:
        """Whether nothing was agreed nor is expected, nor moved."""
        return not (self.reference or self.forecast) and self.causes.is_empty


def total_of(rows: Sequence[RowExplained]) -> VarianceTotal:
    """The sum of rows."""
    return VarianceTotal(
        sum((row.reference for row in rows), ZERO),
        sum((row.forecast for row in rows), ZERO),
        summed(row.causes for row in rows),
    )


def references_of(project: Project) -> list[BudgetVersion]:
    """The approved versions of a project, the first one first: those that it can be compared with."""
    rows = BudgetVersion.objects.filter(project=project, state=VersionState.APPROVED)
    return list(rows.order_by("number"))


def variances_of(projects: Projects, reference: int | None = None) -> dict[UUID, ProjectVariance]:
    """The variance of each project that has a line or an approved version, against its first approved version, or
    against the approved version numbered `reference` where there is one. About a dozen statements, whatever the
    number of projects."""
    held = {project.pk: project for project in projects}
    lines: dict[UUID, list[BudgetLine]] = defaultdict(list)
    for line in lines_of(list(held.values())).order_by("pk"):
        lines[line.project_id].append(line)
    references = _references(list(held), reference)
    keys = sorted({*lines, *references})
    since = staff_costs_from()
    days = {key: _day_of(references.get(key), lines[key]) for key in keys}
    times = _times(keys, since, days)
    exchanges = _exchanges(keys)
    book = RateBook() if times else None
    decimals = min(currency_decimals(current_tenant().currency), 2)
    found = {}
    for key in keys:
        priced = tuple(_priced(one, days[key], book, decimals) for one in times.get(key, ()) if book is not None)
        known = _Known(tuple(lines[key]), references.get(key), priced, tuple(exchanges.get(key, ())))
        team = _Team(priced, days[key], book)
        found[key] = ProjectVariance(
            project=held[key],
            reference=references.get(key),
            reference_on=days[key],
            rows=tuple(
                explained(category, nature, months, decimals)
                for (category, nature), months in _facts(known, team, since, decimals)
            ),
            times=priced,
            exchanges=known.exchanges,
            as_of=max((line.updated_at for line in lines[key]), default=None),
        )
    return found


def _references(projects: Sequence[UUID], number: int | None) -> dict[UUID, BudgetVersion]:
    """The version each project is compared with. One statement."""
    rows: QuerySet[BudgetVersion] = BudgetVersion.objects.filter(project__in=projects, state=VersionState.APPROVED)
    found: dict[UUID, BudgetVersion] = {}
    for row in rows.order_by("number"):
        if row.project_id not in found or row.number == number:
            found[row.project_id] = row
    return found


def _day_of(reference: BudgetVersion | None, lines: Sequence[BudgetLine]) -> date:
    """The day whose prices were planned: that of the approval, else the first month of the budget."""
    if reference is not None and reference.decided_at is not None:
        return reference.decided_at.astimezone(ZoneInfo(current_tenant().time_zone)).date()
    return min((line.month for line in lines), default=date.min)


def _times(projects: Sequence[UUID], since: date | None, days: Mapping[UUID, date]) -> dict[UUID, list[RatedTime]]:
    """The time that actual costs are made of, by project; none where they are typed."""
    found: dict[UUID, list[RatedTime]] = defaultdict(list)
    if since is not None and days:
        for one in rated_times(projects, since):
            found[one.project_id].append(one)
    return found


def _priced(time: RatedTime, day: date, book: RateBook, decimals: int) -> PricedTime:
    """A time at the rate of `day`; at an equal rate it costs the same, to the cent."""
    rate = book.on(day, time.person_id, time.profile_id, time.card_rate)
    same = rate is None or time.rate is None or rate == time.rate
    return PricedTime(time, rate, time.amount if same else to_cents(time.days * (rate or ZERO), decimals))


def _exchanges(projects: Sequence[UUID]) -> dict[UUID, list[ExchangeEffect]]:
    """What exchange rates made of the invoices of orders in other currencies. One statement, and four when there are
    such orders; an order whose rate is missing says nothing."""
    converter = Converter()
    orders = list(PurchaseOrder.objects.filter(project__in=projects).exclude(currency=converter.base))
    found: dict[UUID, list[ExchangeEffect]] = defaultdict(list)
    if not orders:
        return found
    lines: dict[UUID, list[PurchaseOrderLine]] = defaultdict(list)
    for line in PurchaseOrderLine.objects.filter(order__in=orders):
        lines[line.order_id].append(line)
    by_key = {order.pk: order for order in orders}
    for invoice in invoices_of(list(by_key)):
        order = by_key[invoice.order_id]
        if invoice.currency != order.currency:
            continue
        try:
            amount = converter.converted(invoice.amount, invoice.currency, invoice.day)
            at_order = converter.converted(invoice.amount, invoice.currency, order.ordered_on)
        except ValidationError:  # no rate: the line keeps what was known, and nothing explains it
            continue
        parts = [OrderedPart(line.place, line.amount) for line in lines[order.pk]]
        effect = [InvoicedPart(invoice.day, amount - at_order)]
        weights = weigh(parts, effect, is_open=False, decimals=converter.decimals)
        places = {place: weight.invoiced for place, weight in weights.items()}
        found[order.project_id].append(ExchangeEffect(order, invoice, amount, at_order, places))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a project."""

    lines: tuple[BudgetLine, ...]
    reference: BudgetVersion | None
    times: tuple[PricedTime, ...]
    exchanges: tuple[ExchangeEffect, ...]


def _facts(
    known: _Known, team: "_Team", since: date | None, decimals: int
) -> list[tuple[tuple[str, str], list[MonthFacts]]]:
    """The months of each category and nature, in the order of every table."""
    agreed = from_rows(known.reference.amounts) if known.reference is not None else {}
    held: dict[Place, list[BudgetLine]] = defaultdict(list)
    for line in known.lines:
        held[line.category, line.nature, line.month].append(line)
    repriced = _repriced(known, decimals)
    found: dict[tuple[str, str], list[MonthFacts]] = defaultdict(list)
    for place in sorted({*held, *agreed}, key=lambda one: one[2]):
        category, nature, month = place
        lines = held.get(place, [])
        amounts = total(amounts_of(line) for line in lines)
        # A version is of the project's own lines: what an envelope gives was decided with it.
        shared = sum((line.planned for line in lines if line.envelope_id is not None), ZERO)
        reference = amounts.planned if known.reference is None else agreed.get(place, ZERO) + shared
        follows = category == Category.STAFF and since is not None and month >= since
        # An order of staff is invoiced in money, an envelope shares money: how many days they hold is not known.
        in_money = any(line.ordered or line.invoiced or line.envelope_id is not None for line in lines)
        in_days = follows and team.is_known and not in_money
        found[category, nature].append(
            MonthFacts(
                month=month,
                reference=reference,
                planned=amounts.planned,
                committed=amounts.committed,
                actual=amounts.actual,
                forecast=amounts.forecast,
                repriced=repriced.get(place, ZERO),
                price_to_come=team.price(month) if in_days else None,
                counted=in_days,
            )
        )
    return sorted(found.items(), key=lambda one: place_of(one[0][1], one[0][0]))


def _repriced(known: _Known, decimals: int) -> dict[Place, Decimal]:
    """The part of each place's actual that other prices made; of time, shared between the lines of a month as its
    cost is (see `staff_costs`)."""
    found: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    by_month: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for one in known.times:
        by_month[first_of_month(one.time.month)] += one.repriced
    own = [line for line in known.lines if line.category == Category.STAFF and line.envelope_id is None]
    for month, amount in by_month.items():
        staff = [line for line in own if line.month == month]
        for line, part in zip(staff, split(amount, [line.planned for line in staff], decimals), strict=True):
            found[line.category, line.nature, line.month] += part
    for exchange in known.exchanges:
        for place, amount in exchange.places.items():
            found[place] += amount
    return found


class _Team:
    """Those who have worked on a project: at what price their days come, against the price of the reference."""

    def __init__(self, times: Sequence[PricedTime], day: date, book: RateBook | None) -> None:
        self._book = book
        self._days: dict[tuple[UUID, UUID | None, Decimal | None], Decimal] = defaultdict(Decimal)
        self._reference: dict[Any, Decimal] = {}
        for one in times:
            if one.reference_rate:
                who = (one.time.person_id, one.time.profile_id, one.time.card_rate)
                self._days[who] += one.time.days
                self._reference[who] = one.reference_rate

    @property
    def is_known(self) -> bool:
        """Whether anybody who worked had a rate on the reference day."""
        return bool(self._days)

    def price(self, month: date) -> Decimal | None:
        """The price of the team's days in a month over their price at the reference; None without a team."""
        if self._book is None or not self._days:
            return None
        then = now = ZERO
        for who, days in self._days.items():
            then += days * self._reference[who]
            now += days * (self._book.on(month, *who) or self._reference[who])
        return now / then if then else None
