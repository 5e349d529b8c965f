"""Charts described once, drawn as SVG (`svg`), by Plotly (`plotly_spec`) or as a table (`table`).

A title carries the message: "Budget : 82 % engagé, 3 % au-dessus du plan". Units are those of `Figure`. Bars begin at
zero. A series' role, not its order, gives its look: plan grey, actual solid, forecast dashed, baseline ghosted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Value = Decimal | float | int
Role = Literal["plan", "actual", "forecast", "baseline", "other"]
StatusName = Literal["on_track", "at_risk", "off_track", "not_started", "closed"]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, as many as the chart has categories; None where there is none."""

    name: str
    values: tuple[Value | None, ...]
    role: Role = "other"


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars by category, side by side or stacked; upright, or lying when the names are long."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = "count"
    stacked: bool = False
    horizontal: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines by category (usually months); bars may lie behind through `bars`. `marker` is the category of today."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = "count"
    bars: tuple[Series, ...] = ()
    marker: int | None = None
    from_zero: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class AreaBand:
    """A line inside a band (an interval of confidence, a floor and a ceiling)."""

    title: str
    categories: tuple[str, ...]
    low: tuple[Value | None, ...]
    high: tuple[Value | None, ...]
    middle: Series
    band_name: str
    unit: str = "count"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Donut:
    """Parts of a whole, at most five: a bar is nearly always better."""

    title: str
    parts: tuple[tuple[str, Value], ...]
    unit: str = "count"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A value for each row and column; `full` is the value at which a cell is full (1 for load over capacity)."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[Value | None, ...], ...]
    unit: str = "percent"
    full: Value = 1
    description: str = ""


@dataclass(frozen=True, slots=True)
class Bullet:
    """A measure against its target, and the plan or budget behind it."""

    label: str
    value: Value | None
    target: Value | None = None
    reference: Value | None = None


@dataclass(frozen=True, slots=True)
class BulletChart:
    """One bullet a row, on one scale."""

    title: str
    bullets: tuple[Bullet, ...]
    unit: str = "count"
    value_name: str = ""
    target_name: str = ""
    reference_name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a waterfall: a total counted from zero when it has a role, else what is added to the row before."""

    label: str
    value: Value | None
    total: Role | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How one total becomes another, step by step; bars lie, so that names have room."""

    title: str
    steps: tuple[Step, ...]
    unit: str = "count"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The shape of a series, in a word's room."""

    title: str
    values: tuple[Value | None, ...]
    unit: str = "count"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date, where it was first set, and how it stands."""

    label: str
    due: date
    baseline: date | None = None
    status: StatusName = "not_started"
    lane: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneTimeline:
    """Milestones on one scale of time, a row each; a line joins a date to its baseline."""

    title: str
    milestones: tuple[Milestone, ...]
    today: date
    description: str = ""


Chart = BarChart | LineChart | AreaBand | Donut | Heatmap | BulletChart | Waterfall | Sparkline | MilestoneTimeline
