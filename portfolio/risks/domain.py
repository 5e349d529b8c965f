"""How bad a risk is. Pure: no Django, no clock.

Score = probability x impact, each 1-5 (ISO 31010, consequence/probability matrix). The four bands are ours: the
organisation may live with a low risk, follows a moderate one, treats a high one, and takes a critical one to the
committee.
"""

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


SEVERITY_SCORES: Final[dict[Severity, tuple[int, int]]] = {
    Severity.LOW: (1, 4),
    Severity.MODERATE: (5, 9),
    Severity.HIGH: (10, 14),
    Severity.CRITICAL: (15, 25),
}
LEVELS: Final = range(1, 6)


def severity(score: int) -> Severity:
    """The band of a score, 1-25. Raises ValueError outside."""
    for level, (lowest, highest) in SEVERITY_SCORES.items():
        if lowest <= score <= highest:
            return level
    raise ValueError(f"not a score: {score}")


def next_reference(references: list[str]) -> str:
    """The reference after the highest numbered one: `R-001` first, `R-013` after `R-012`."""
    numbers = [int(found) for name in references if name.startswith("R-") and (found := name[2:]).isdecimal()]
    return f"R-{max(numbers, default=0) + 1:03}"
