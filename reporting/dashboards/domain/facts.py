"""What the executive dashboard shows and the Copil pack freezes: one tree of figures and rows.

Money is in the portfolio's currency, shares are 0-1, days are calendar days. Texts are as people wrote them; codes
(weather, phase, status) are translated where they are drawn.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from portfolio.capacity.domain.load import LoadState
from portfolio.finance.domain.budget import ZERO, Amounts
from portfolio.risks.domain import Severity, severity
from reporting.dashboards.domain import frozen

NOTHING: Final = Amounts()
WEATHERS: Final = ("stormy", "rainy", "cloudy", "sunny")
IN_DIFFICULTY: Final = frozenset({"stormy", "rainy"})
CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class MoneyMonth:
    """The amounts of one month (its first day)."""

    month: date
    money: Amounts


@dataclass(frozen=True, slots=True)
class PoleMoney:
    """The amounts of a pole's projects."""

    pole_id: UUID
    pole: str
    money: Amounts


@dataclass(frozen=True, slots=True)
class WeatherMonth:
    """The last weather reported in a month; empty when none was."""

    month: date
    weather: str = ""


@dataclass(frozen=True, slots=True)
class WeatherCounts:
    """How many projects by weather; `unknown` never reported, `closed` whatever their weather."""

    sunny: int = 0
    cloudy: int = 0
    rainy: int = 0
    stormy: int = 0
    unknown: int = 0
    closed: int = 0

    @property
    def in_difficulty(self) -> int:
        """Rainy and stormy."""
        return self.rainy + self.stormy

    @property
    def open(self) -> int:
        return self.sunny + self.cloudy + self.rainy + self.stormy + self.unknown


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A dated promise of a project: due (forecast), baseline (promised), actual (met)."""

    id: UUID
    project_id: UUID
    project_code: str
    project: str
    name: str
    due_on: date
    baseline_on: date | None = None
    actual_on: date | None = None
    owner: str = ""
    success_criterion: str = ""

    @property
    def promised_on(self) -> date:
        """The date to which it is held: its baseline, else the date it is due."""
        return self.baseline_on or self.due_on

    @property
    def variance_days(self) -> int:
        """Days after (before: negative) what was promised: by its actual date, else by its due date."""
        return ((self.actual_on or self.due_on) - self.promised_on).days

    def is_late(self, today: date) -> bool:
        """Not met, and its due or its promised date has passed."""
        return self.actual_on is None and min(self.due_on, self.promised_on) < today

    def days_late(self, today: date) -> int:
        """Days elapsed since it should have been met; 0 when it is not late."""
        return (today - min(self.due_on, self.promised_on)).days if self.is_late(today) else 0

    def is_slipping(self) -> bool:
        """Not met, and now due after what was promised."""
        return self.actual_on is None and self.variance_days > 0


@dataclass(frozen=True, slots=True)
class RiskRow:
    """An open risk. Probability and impact 1-5."""

    id: UUID
    project_id: UUID
    project_code: str
    project: str
    reference: str
    title: str
    probability: int
    impact: int
    status: str
    owner: str = ""
    due_on: date | None = None
    mitigation: str = ""

    @property
    def score(self) -> int:
        return self.probability * self.impact

    @property
    def is_critical(self) -> bool:
        return severity(self.score) is Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class CustomValue:
    """A custom field of a project, in words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project as the dashboard lists it. The last five are filled for a pack only (`details`)."""

    id: UUID
    code: str
    name: str
    pole_id: UUID
    pole: str
    phase: str
    method: str
    starts_on: date
    ends_on: date
    programme: str = ""
    sponsor: str = ""
    manager: str = ""
    weather: str = ""
    trend: str = ""
    reported_on: date | None = None
    comment: str = ""
    history: tuple[WeatherMonth, ...] = ()
    """The last six months, oldest first; this month is the last."""
    progress: Decimal | None = None
    """Share done, tasks weighted by duration; None without a plan."""
    plan_ends_on: date | None = None
    money: Amounts = NOTHING
    planned_to_date: Decimal = ZERO
    """Plan of the months until this one, included: where spending should be."""
    milestones_total: int = 0
    milestones_met: int = 0
    milestones_late: int = 0
    days_late: int = 0
    """Of its latest milestone; 0 when none is late."""
    next_milestone: MilestoneRow | None = None
    """The earliest one not met, late ones first."""
    open_risks: int = 0
    top_risk: RiskRow | None = None
    goal: str = ""
    months: tuple[MoneyMonth, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    risks: tuple[RiskRow, ...] = ()
    custom: tuple[CustomValue, ...] = ()
    """The custom fields that the organisation wants in its packs."""
    p80_on: date | None = None
    """The first date by which 80 % of the plans simulated are done; None without a simulation."""

    @property
    def p80_late_days(self) -> int:
        """Calendar days from the promised end to P80; 0 when the promise holds."""
        return 0 if self.p80_on is None else max((self.p80_on - self.ends_on).days, 0)

    @property
    def is_closed(self) -> bool:
        return self.phase == CLOSED

    @property
    def planned_share_to_date(self) -> Decimal | None:
        """Where spending should be, as a share of the plan; None without a plan."""
        return self.planned_to_date / self.money.planned if self.money.planned else None

    @property
    def in_difficulty(self) -> bool:
        return not self.is_closed and self.weather in IN_DIFFICULTY


@dataclass(frozen=True, slots=True)
class LoadCell:
    """Load and capacity of a pole in a month, in full-time equivalents; `ratio` None without capacity.

    `state` is a LoadState of capacity: none, under, balanced, tight, over.
    """

    month: date
    load_fte: Decimal
    capacity_fte: Decimal
    ratio: Decimal | None
    state: str

    @property
    def is_overload(self) -> bool:
        """Beyond what replanning within the month absorbs."""
        return self.state == LoadState.OVER


@dataclass(frozen=True, slots=True)
class PoleLoad:
    """A pole's coming months; `pole_id` None gathers the persons without one."""

    pole_id: UUID | None
    pole: str
    cells: tuple[LoadCell, ...]

    @property
    def peak(self) -> LoadCell | None:
        """The month in which load most exceeds capacity, None when none does."""
        over = [cell for cell in self.cells if cell.is_overload]
        return max(over, key=lambda cell: cell.load_fte - cell.capacity_fte, default=None)


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How many open risks have this probability and impact."""

    probability: int
    impact: int
    count: int


@dataclass(frozen=True, slots=True)
class Previous:
    """The same figures one month before, where history tells them."""

    on: date
    weather: WeatherCounts
    money: Amounts
    milestones_late: int
    critical_risks: int


@dataclass(frozen=True, slots=True)
class FilterNames:
    """The filters in words, for a title; empty means all."""

    pole: str = ""
    programme: str = ""
    sponsor: str = ""

    @property
    def any(self) -> bool:
        return bool(self.pole or self.programme or self.sponsor)


@dataclass(frozen=True, slots=True)
class DriftRow:
    """What a plan's alert says: days late, of float or without progress, by its kind."""

    project_id: UUID
    project: str
    name: str
    kind: str
    days: int


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    """Everything at once, on one day, for one person's view of the portfolio."""

    today: date
    taken_at: datetime
    currency: str
    filters: FilterNames
    projects: tuple[ProjectRow, ...]
    """Worst first: weather, then variance."""
    weather: WeatherCounts
    money: Amounts
    planned_to_date: Decimal
    months: tuple[MoneyMonth, ...]
    poles: tuple[PoleMoney, ...]
    milestones: tuple[MilestoneRow, ...]
    """Those late, then those due within `horizon_days`."""
    milestones_late: int
    milestones_due: int
    risks: tuple[RiskRow, ...]
    """Open ones, highest score first: ten, or all of them with `details`."""
    open_risks: int
    critical_risks: int
    matrix: tuple[MatrixCell, ...]
    capacity: tuple[PoleLoad, ...]
    previous: Previous | None = None
    """None when none of these projects existed a month ago."""
    as_of: datetime | None = None
    """When a fact of these projects last changed."""
    horizon_days: int = 60
    shape: int = 1
    drifts: int = 0
    """Open alerts of the plans of these projects."""
    worst_drift: DriftRow | None = None

    @property
    def overloads(self) -> tuple[tuple[PoleLoad, LoadCell], ...]:
        """Each pole and month in which load exceeds capacity."""
        return tuple((pole, cell) for pole in self.capacity for cell in pole.cells if cell.is_overload)

    @property
    def overloaded_poles(self) -> int:
        return sum(1 for pole in self.capacity if pole.peak is not None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_json` makes an equal object."""
        data: dict[str, Any] = frozen.to_json(self)
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> "PortfolioFacts":
        """Raises frozen.FrozenDataError when `data` is not a frozen portfolio."""
        return frozen.from_json(PortfolioFacts, data)
