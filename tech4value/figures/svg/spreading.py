"""Labels beside one another."""

from collections.abc import Sequence
from typing import Final

LABEL_HEIGHT: Final = 15


def spread(wanted: Sequence[float], low: float, high: float, gap: float = LABEL_HEIGHT) -> list[float]:
    """Positions as near as can be to those wanted, at least `gap` apart, within [low, high] when they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        if placed[index] > ceiling:
            placed[index] = ceiling
        ceiling = placed[index] - gap
    return placed
