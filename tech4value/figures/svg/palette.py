"""Colours of charts: the tokens' names on screens, literal ones on paper, where SVG knows no CSS variable."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """What a drawing needs; `heat` is (fill, text) from empty to over capacity."""

    plan: str
    actual: str
    forecast: str
    baseline: str
    others: tuple[str, ...]
    grid: str
    axis: str
    text: str
    surface: str
    status: dict[str, str]
    heat: tuple[tuple[str, str], ...]
    # Where a line's colour is too light to be read: that of its name.
    inks: dict[str, str]

    def ink(self, colour: str) -> str:
        """The colour in which a series of this colour is named: the same, or one that is read (4.5 to 1)."""
        return self.inks.get(colour, colour)


SCREEN: Final = Palette(
    plan="var(--chart-plan)",
    actual="var(--chart-actual)",
    forecast="var(--chart-forecast)",
    baseline="var(--chart-baseline)",
    others=tuple(f"var(--chart-{index})" for index in range(1, 7)),
    grid="var(--chart-grid)",
    axis="var(--chart-axis)",
    text="var(--text)",
    surface="var(--surface)",
    status={
        "on_track": "var(--good)",
        "at_risk": "var(--warning)",
        "off_track": "var(--bad)",
        "not_started": "var(--neutral-9)",
        "closed": "var(--neutral-11)",
    },
    heat=(
        ("var(--neutral-3)", "var(--text-faint)"),
        ("var(--accent-soft)", "var(--text)"),
        ("var(--accent-line)", "var(--text)"),
        ("var(--warning-soft)", "var(--warning-text)"),
        ("var(--bad-soft)", "var(--bad-text)"),
        ("var(--bad)", "var(--on-status)"),
    ),
    inks={f"var(--chart-{index})": f"var(--chart-ink-{index})" for index in range(1, 7)},
)

# The light half of tokens.css; a test keeps them equal.
PRINT: Final = Palette(
    plan="#a9b2b7",
    actual="#0b6670",
    forecast="#0b6670",
    baseline="#d3d9dc",
    others=("#0b6670", "#ceb44d", "#4449ac", "#a0c2ff", "#ba67a0", "#4c5648"),
    grid="#e9ecee",
    axis="#667177",
    text="#151c20",
    surface="#ffffff",
    status={
        "on_track": "#1c8750",
        "at_risk": "#c27803",
        "off_track": "#c5362e",
        "not_started": "#7c878d",
        "closed": "#4f5a60",
    },
    heat=(
        ("#f1f3f4", "#667177"),
        ("#e4f1f2", "#151c20"),
        ("#a8d0d3", "#151c20"),
        ("#fcf2df", "#855003"),
        ("#fcebea", "#ac2720"),
        ("#c5362e", "#ffffff"),
    ),
    inks={"#ceb44d": "#7d6a17", "#a0c2ff": "#3d66ad", "#ba67a0": "#9c4883"},
)
