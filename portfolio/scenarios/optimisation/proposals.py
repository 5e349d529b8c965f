"""Projects that scenarios propose: candidates like any other, with the money and the people that they name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from portfolio.capacity.queries import full_time_minutes
from portfolio.finance.domain.budget import month_range, split
from portfolio.scenarios.domain.errors import ScenarioError
from portfolio.scenarios.domain.operations import AddProject
from portfolio.scenarios.models import Scenario, ScenarioOperation, ScenarioStatus
from portfolio.scenarios.optimisation.models import Grouping
from tech4value.accounts.models import Membership

OVER = (ScenarioStatus.APPLIED, ScenarioStatus.REFUSED)


@dataclass(frozen=True)
class Proposal:
    """A project that a scenario adds. `key` is that of its operation; `minutes` are a full time's, by month."""

    key: str
    operation: AddProject
    scenario: Scenario
    minutes: Mapping[date, int]

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The months that it lasts."""
        return month_range(self.operation.starts_on, self.operation.ends_on)

    @cached_property
    def costs(self) -> tuple[Decimal, ...]:
        """Its budget, spread evenly over its months."""
        whole = sum((one.amount for one in self.operation.budget), Decimal(0))
        return tuple(split(whole, [Decimal(1)] * len(self.months))) if whole > 0 else ()

    def demand(self, by: Grouping) -> dict[str, tuple[int, ...]]:
        """The minutes that it asks of each profile, or of its pole; it names no skill."""
        asked: dict[str, Decimal] = {}
        for one in self.operation.demand:
            group = one.profile if by is Grouping.PROFILE else self.operation.pole if by is Grouping.POLE else ""
            if group:
                asked[group] = asked.get(group, Decimal(0)) + one.fte
        return {
            group: tuple(
                int((self.minutes[month] * fte).to_integral_value(rounding=ROUND_HALF_UP)) for month in self.months
            )
            for group, fte in asked.items()
        }


def proposals_for(member: Membership) -> list[Proposal]:
    """What the scenarios that `member` may see propose, and that is not done or refused. Three statements."""
    rows = ScenarioOperation.objects.filter(
        kind=AddProject.kind, scenario__in=Scenario.objects.visible_to(member).exclude(status__in=OVER)
    )
    found: list[tuple[ScenarioOperation, AddProject]] = []
    for row in rows.select_related("scenario").order_by("id"):
        try:
            operation = row.operation
        except ScenarioError:  # what no longer can be said proposes nothing
            continue
        if isinstance(operation, AddProject):
            found.append((row, operation))
    if not found:
        return []
    first = min(operation.starts_on for _row, operation in found)
    last = max(operation.ends_on for _row, operation in found)
    minutes = full_time_minutes(month_range(first, last))
    return [Proposal(str(row.pk), operation, row.scenario, minutes) for row, operation in found]
