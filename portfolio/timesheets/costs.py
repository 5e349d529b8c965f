"""What time costs: each day of each row at the rate of its day, rounded to the cent there. Sums are of rounded
amounts, so that they agree however they are grouped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DecimalField, ExpressionWrapper, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Round, TruncMonth

from portfolio.people.queries import calendars_by_id
from portfolio.people.rates import rate_on
from portfolio.planning.domain.durations import day_minutes
from portfolio.timesheets.models import TimeEntry
from portfolio.timesheets.settings import counted_states
from tech4value.figures.formats import currency_decimals
from tech4value.tenancy.context import current_tenant

PERSON = "line__timesheet__person"
AMOUNT: Any = DecimalField(max_digits=20, decimal_places=6)


@dataclass(frozen=True, slots=True)
class TimeCost:
    """What people spent on a project in a month (its first day). `unrated` days have no rate, and cost nothing."""

    project_id: UUID
    month: date
    minutes: int
    amount: Decimal
    unrated: int


@dataclass(frozen=True, slots=True)
class RatedTime:
    """What a person spent on a project in a month (its first day) at one daily rate; `rate` is None when nobody said
    any. `full_day` is their day in minutes; a rate of another day is read by `profile_id` and `card_rate`."""

    project_id: UUID
    month: date
    person_id: UUID
    profile_id: UUID | None
    card_rate: Decimal | None
    rate: Decimal | None
    full_day: int
    minutes: int
    amount: Decimal

    @property
    def days(self) -> Decimal:
        """The time, in days of that person."""
        return Decimal(self.minutes) / self.full_day


def time_costs(projects: Collection[UUID] | None = None, since: date | None = None) -> tuple[TimeCost, ...]:
    """The cost of the time that counts, by project and month, from the month of `since` on; of all projects when
    None. Four statements."""
    summed = (
        _priced(projects, since)
        .values("line__project_id", "month")
        .annotate(total=Sum("amount"), time=Sum("minutes"), unrated=Count("pk", filter=Q(rate=None)))
    )
    cent = _cent()
    return tuple(
        TimeCost(row["line__project_id"], row["month"], row["time"], row["total"].quantize(cent), row["unrated"])
        for row in summed.order_by("line__project_id", "month")
    )


def rated_times(projects: Collection[UUID] | None = None, since: date | None = None) -> tuple[RatedTime, ...]:
    """The same time by person and rate: their amounts add up to those of `time_costs`. Four statements."""
    names = ("line__project_id", "month", PERSON, f"{PERSON}__profile", f"{PERSON}__daily_rate", "rate", "full_day")
    rows = _priced(projects, since).values_list(*names).annotate(time=Sum("minutes"), total=Sum("amount"))
    cent = _cent()
    ordered = rows.order_by("line__project_id", "month", f"{PERSON}_id", "rate")
    return tuple(
        RatedTime(project, month, person, profile, card_rate, rate, full_day, minutes, amount.quantize(cent))
        for project, month, person, profile, card_rate, rate, full_day, minutes, amount in ordered
    )


def _cent() -> Decimal:
    return Decimal(1).scaleb(-min(currency_decimals(current_tenant().currency), 2))


def _priced(projects: Collection[UUID] | None, since: date | None) -> Any:
    """The time that counts, each day of each row with its month, its rate and its amount."""
    rows = TimeEntry.objects.filter(
        minutes__gt=0,
        line__deleted_at=None,
        line__project__isnull=False,
        line__timesheet__deleted_at=None,
        line__timesheet__state__in=counted_states(),
    )
    if projects is not None:
        rows = rows.filter(line__project__in=list(projects))
    if since is not None:
        rows = rows.filter(day__gte=since.replace(day=1))
    decimals = min(currency_decimals(current_tenant().currency), 2)
    priced = rows.order_by().annotate(rate=rate_on(PERSON, "day"), month=TruncMonth("day"), full_day=_full_day())
    exact = ExpressionWrapper(
        Cast("minutes", AMOUNT) * Coalesce("rate", Value(Decimal(0)), output_field=AMOUNT) / F("full_day"),
        output_field=AMOUNT,
    )
    return priced.annotate(amount=Round(exact, precision=decimals))


def _full_day() -> Case:
    """The minutes of a person's day, by their calendar; two statements."""
    calendars = calendars_by_id()
    default = day_minutes(calendars[None])
    cases = [
        When(**{f"{PERSON}__calendar": key}, then=Value(minutes))
        for key, calendar in calendars.items()
        if key is not None and (minutes := day_minutes(calendar)) != default
    ]
    return Case(*cases, default=Value(default), output_field=IntegerField())
