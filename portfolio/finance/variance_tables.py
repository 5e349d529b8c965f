"""The table of causes as pages and files show it, and its waterfall."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portfolio.finance.domain.variance import Cause
from portfolio.finance.variance_queries import VarianceTotal
from portfolio.finance.variance_words import LABELS, MEANINGS, message
from tech4value.figures.chart import Step, Waterfall
from tech4value.tables.columns import CellKind, Column


@dataclass(frozen=True, slots=True)
class CauseCell:
    """The money of one cause; `url` leads to what makes it, empty for nothing."""

    cause: Cause
    amount: Decimal
    url: str = ""


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One line of the table: a category of a project, a project of the portfolio, or all of them."""

    name: str
    code: str
    url: str
    total: VarianceTotal
    note: str = ""
    address: Callable[[Cause], str] | None = field(default=None, repr=False, compare=False)

    @property
    def cells(self) -> tuple[CauseCell, ...]:
        """Its amounts by cause, in their order."""
        causes = self.total.causes
        return tuple(
            CauseCell(cause, causes.of(cause), self.address(cause) if self.address and causes.of(cause) else "")
            for cause in Cause
        )


def heads() -> list[tuple[Cause, SafeString]]:
    """Each cause with its name, explained on hover."""
    return [(cause, format_html('<abbr title="{}">{}</abbr>', MEANINGS[cause], LABELS[cause])) for cause in Cause]


def sort_keys() -> dict[str, Callable[[CauseRow], Any]]:
    """What the table is sorted by; a row without a budget has nothing to compare."""

    def held(read: Callable[[VarianceTotal], Decimal]) -> Callable[[CauseRow], Any]:
        return lambda row: None if row.total.is_empty else read(row.total)

    def by(cause: Cause) -> Callable[[CauseRow], Any]:
        return held(lambda total: total.causes.of(cause))

    return {
        "name": lambda row: row.name.casefold(),
        "reference": held(lambda total: total.reference),
        **{cause.value: by(cause) for cause in Cause},
        "forecast": held(lambda total: total.forecast),
        "variance": held(lambda total: total.variance),
    }


def columns(first: Iterable[Column]) -> Sequence[Column]:
    """The columns of a file: `first`, then the amounts."""

    def money(key: str, label: Any, read: Callable[[VarianceTotal], Decimal]) -> Column:
        return Column(
            key=key,
            label=label,
            value=lambda row: None if row.total.is_empty else read(row.total),
            kind=CellKind.MONEY,
        )

    def by(cause: Cause) -> Column:
        return money(cause.value, LABELS[cause], lambda total: total.causes.of(cause))

    return [
        *first,
        money("reference", _("Référence"), lambda total: total.reference),
        *(by(cause) for cause in Cause),
        money("forecast", _("Prévision"), lambda total: total.forecast),
        money("variance", _("Écart"), lambda total: total.variance),
    ]


def waterfall(total: VarianceTotal, currency: str) -> Waterfall:
    """From what was agreed to what is expected; a cause that holds nothing has no step."""
    causes = [Step(str(LABELS[cause]), total.causes.of(cause)) for cause in Cause if total.causes.of(cause)]
    return Waterfall(
        title=message(total, currency),
        steps=(
            Step(_("Référence"), total.reference, "plan"),
            *causes,
            Step(_("Prévision"), total.forecast, "forecast"),
        ),
        unit=f"money:{currency}",
    )
