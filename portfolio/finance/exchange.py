"""Amounts of other currencies, in the organisation's, at the rate of a day. The rates are entered in a room above,
which says how to read them (`register_exchange`, in its `AppConfig.ready`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import to_cents
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant

Steps = Mapping[str, Sequence[tuple[date, Decimal]]]
"""By currency, from which day on one unit of the organisation's buys how many of it; sorted by day."""
_readers: list[Callable[[], Steps]] = []


def register_exchange(read: Callable[[], Steps]) -> None:
    """Say how rates are read; the last who says it is asked."""
    _readers[:] = [read]


class Converter:
    """Converts amounts, with one reading of the rates, and none while every amount is in the organisation's."""

    def __init__(self) -> None:
        self.base = current_tenant().currency
        self.decimals = min(formats.currency_decimals(self.base), 2)
        self._steps: Steps | None = None

    def demand_rate(self, currency: str, day: date) -> None:
        """Raise ValidationError unless there is a rate on that day: what is entered needs one."""
        if currency != self.base and not any(starts_on <= day for starts_on, _rate in self._rates(currency)):
            raise ValidationError({"currency": missing_words(currency, day)})

    def rate_of(self, currency: str, day: date) -> tuple[date, Decimal]:
        """The rate in force on that day (how many units of `currency` one of the organisation's buys), and since
        when. Raises ValidationError: none."""
        self.demand_rate(currency, day)
        return [step for step in self._rates(currency) if step[0] <= day][-1]

    def converted(self, amount: Decimal, currency: str, day: date) -> Decimal:
        """`amount` in the organisation's currency at the rate of `day` (before the first rate, the first: as the
        treasury does), rounded half up. Raises ValidationError: no rate at all."""
        if currency == self.base:
            return to_cents(amount, self.decimals)
        steps = self._rates(currency)
        if not steps:
            raise ValidationError({"currency": missing_words(currency, day)})
        in_force = [rate for starts_on, rate in steps if starts_on <= day]
        return to_cents(amount / (in_force[-1] if in_force else steps[0][1]), self.decimals)

    def _rates(self, currency: str) -> Sequence[tuple[date, Decimal]]:
        if self._steps is None:
            self._steps = _readers[0]() if _readers else {}
        return self._steps.get(currency, ())


def missing_words(currency: str, day: date) -> str:
    """Which rate is missing, and where it is entered."""
    return _(
        "La devise %(currency)s n’a pas de cours au %(day)s : enregistrez-le dans Finances, Comptes et taux, à cette "
        "date ou avant."
    ) % {"currency": currency, "day": formats.date_short(day, get_language() or "fr")}
