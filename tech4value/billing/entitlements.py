"""What each plan allows. Pure data: prices and limits live here and nowhere else.

What peers sell as extras (single sign-on, baselines, Gantt PDF, portfolio view) is in every plan.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class PlanCode(StrEnum):
    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Limits of a plan; None is unlimited. Storage in megabytes, price in euros a month without tax, calls of the API
    a minute for each token and each session."""

    members: int | None
    projects: int | None
    connectors: int | None
    storage_mb: int
    price_per_month: Decimal
    api_calls_per_minute: int = 600


ENTITLEMENTS: dict[PlanCode, Entitlements] = {
    PlanCode.STARTER: Entitlements(50, 15, 1, 5_000, Decimal(500), 120),
    PlanCode.PROFESSIONAL: Entitlements(200, 80, 4, 50_000, Decimal(2000), 600),
    PlanCode.ENTERPRISE: Entitlements(None, None, None, 500_000, Decimal(5000), 3_000),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a tenant uses of one limit."""

    used: int
    limit: int | None

    @property
    def share(self) -> float | None:
        """Used over limit, 0-1 and above; None when unlimited."""
        return None if self.limit is None else self.used / self.limit

    def allows(self, more: int = 1) -> bool:
        """Whether `more` still fit."""
        return self.limit is None or self.used + more <= self.limit
