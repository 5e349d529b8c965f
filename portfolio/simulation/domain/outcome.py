"""What a simulation is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portfolio.simulation.domain.errors import SimulationError
from portfolio.simulation.domain.estimates import Estimate

MOST_RUNS = 100_000
LEVELS = (0.1, 0.5, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """A risk of the register: it happens with `probability` (0-1), and then makes each of `tasks` last `minutes`
    (of working time) longer; without tasks it delays the end of the project and the milestones still to come.

    Raises SimulationError: bad_probability, bad_effect.
    """

    key: str
    probability: float
    minutes: int
    tasks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise SimulationError("bad_probability", self.key)
        if self.minutes < 0:
            raise SimulationError("bad_effect", self.key)


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is uncertain in a plan. `groups` gives the group of each estimated task, whose durations are correlated
    (0 <= correlation < 1) inside it. Raises SimulationError: bad_correlation, bad_runs."""

    estimates: Mapping[str, Estimate]
    risks: tuple[RiskEvent, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    correlation: float = 0.0
    runs: int = 10_000
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.correlation < 1:
            raise SimulationError("bad_correlation")
        if not 1 <= self.runs <= MOST_RUNS or self.seed < 0:
            raise SimulationError("bad_runs")


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The dates by which a share of the runs is done, and the planned one with the share that holds it."""

    dates: tuple[tuple[float, datetime], ...]
    planned: datetime
    held: float

    def at(self, level: float) -> datetime:
        """The first date by which `level` (0-1) of the runs is done: one of the levels computed."""
        return dict(self.dates)[level]


@dataclass(frozen=True, slots=True)
class Driver:
    """What moves the end: a task's duration, or a risk (`risk`).

    `correlation` is that of the normal scores of the ranks of both (-1 to 1). `low` and `high` are calendar days
    between the mean end and the mean of runs where the task is among its shortest (longest) fifth, or where the risk
    does not happen (happens).
    """

    key: str
    risk: bool
    correlation: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """`end` has every whole percent from 1 to 99; milestones the LEVELS. `criticality` is the share of runs in which
    a task is critical; `drivers` come with the longest swing first."""

    runs: int
    end: Quantiles
    milestones: Mapping[str, Quantiles]
    criticality: Mapping[str, float]
    drivers: tuple[Driver, ...]
