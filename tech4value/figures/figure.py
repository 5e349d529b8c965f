"""A figure that can explain itself: its value, formula, inputs, the rows it came from, their source, freshness."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Value = Decimal | float | int
Sentiment = Literal["good", "bad", "neutral"]


@dataclass(frozen=True, slots=True)
class Input:
    """One term of a figure's formula."""

    label: str
    value: Value | None
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class RowRef:
    """One row that a figure was computed from, and where that row came from; `unit` where it is not the figure's."""

    label: str
    value: Value | None
    url: str = ""
    source: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit` is `money:EUR`, `percent` (0-1), `count`, `days`, `fte`, `ratio`,
    `date` (an ordinal), or a word that is shown as it is.

    `value` None means that there is nothing to compute from: a dash is shown. `rows` may be a first page;
    `rows_url` leads to all of them.
    """

    key: str
    label: str
    value: Value | None
    unit: str = "count"
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    rows: tuple[RowRef, ...] = ()
    rows_url: str = ""
    source: str = ""
    as_of: datetime | None = None
    previous: Value | None = None
    target: Value | None = None
    good_when: Literal["up", "down"] | None = None
    explain_url: str = ""
    trend: tuple[float | None, ...] = ()
    """Past values, oldest first, drawn as a sparkline."""
    note: str = ""
    """A short line under the value ("dont 3 en retard")."""

    @property
    def delta(self) -> Value | None:
        """The change since the previous value, in the figure's unit; None when either is missing."""
        if self.value is None or self.previous is None:
            return None
        return Decimal(str(self.value)) - Decimal(str(self.previous))

    @property
    def sentiment(self) -> Sentiment:
        """Whether the change is good news, from `good_when`."""
        delta = self.delta
        if not delta or self.good_when is None:
            return "neutral"
        return "good" if (delta > 0) == (self.good_when == "up") else "bad"
