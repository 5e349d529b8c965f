"""What the values of an operation may be. Each raises ScenarioError, with the field concerned."""

from datetime import date
from decimal import Decimal
from typing import Final

from portfolio.scenarios.domain.errors import ScenarioError

FARTHEST_DAYS: Final = 3660
GREATEST_FACTOR: Final = Decimal(10)
GREATEST_AMOUNT: Final = Decimal(10) ** 12
MOST_PEOPLE: Final = Decimal(500)  # full times of one profile
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


def demand_name(value: str, field: str, code: str = "no_subject") -> None:
    """A key or a name is given."""
    if not value.strip():
        raise ScenarioError(code, field)


def demand_one(person: str, profile: str) -> None:
    """A person or a profile, one of the two."""
    if person and profile:
        raise ScenarioError("two_subjects", "person")
    demand_name(person or profile, "person")


def demand_distance(days: int) -> None:
    """A shift that is one, of ten years at most."""
    if not days:
        raise ScenarioError("nothing", "days")
    if abs(days) > FARTHEST_DAYS:
        raise ScenarioError("too_far", "days", days=days, most=FARTHEST_DAYS)


def demand_factor(factor: Decimal, most: Decimal) -> None:
    """A factor that changes something."""
    if factor == 1:
        raise ScenarioError("nothing", "factor")
    if not factor.is_finite() or not 0 <= factor <= most:
        raise ScenarioError("bad_factor", "factor", factor=factor, most=most)


def demand_share(share: Decimal, most: Decimal = Decimal(1)) -> None:
    if not share.is_finite() or not 0 < share <= most:
        raise ScenarioError("bad_share", "share", share=share, most=most)


def demand_amount(amount: Decimal, field: str) -> None:
    """An amount that can be kept."""
    if not amount.is_finite() or not 0 <= amount < GREATEST_AMOUNT:
        raise ScenarioError("bad_amount", field, amount=amount)


def demand_day(day: date, field: str) -> None:
    """A day of this century."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ScenarioError("out_of_range", field, day=day, first=FIRST_DAY, last=LAST_DAY)


def demand_order(starts_on: date, ends_on: date) -> None:
    """Two days in order."""
    demand_day(starts_on, "starts_on")
    demand_day(ends_on, "ends_on")
    if ends_on < starts_on:
        raise ScenarioError("disorder", "ends_on", first=starts_on, last=ends_on)
