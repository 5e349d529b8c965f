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


def time_costs(projects: Collection[UUID] | None = None, since: date | None = None) -> tuple[TimeCost, ...]:
    """The cost of the time that counts, by project and month, from the month of `since` on; of all projects when
    None. Four statements."""
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
    summed = (
        priced.annotate(amount=Round(exact, precision=decimals))
        .values("line__project_id", "month")
        .annotate(total=Sum("amount"), time=Sum("minutes"), unrated=Count("pk", filter=Q(rate=None)))
    )
    cent = Decimal(1).scaleb(-decimals)
    return tuple(
        TimeCost(row["line__project_id"], row["month"], row["time"], row["total"].quantize(cent), row["unrated"])
        for row in summed.order_by("line__project_id", "month")
    )


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
