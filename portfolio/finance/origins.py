"""Where the amounts of a budget line come from: each part of each measure, whose sum is the line's, to the cent."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.orders import Weight
from portfolio.finance.envelope_models import AllocationKey, Envelope
from portfolio.finance.envelopes import period_at, read_periods
from portfolio.finance.foreign import typed_words
from portfolio.finance.models import BudgetLine, PurchaseOrder
from portfolio.finance.orders import weighed_orders
from portfolio.finance.staff_costs import follows_time
from portfolio.finance.versions import followed, plan_of
from portfolio.timesheets.costs import time_costs
from tech4value.audit.origins import origins
from tech4value.figures import formats


@dataclass(frozen=True, slots=True)
class Origin:
    """One part of an amount; `url` leads to its rows, empty for none."""

    label: str
    amount: Decimal
    url: str = ""


@dataclass(frozen=True, slots=True)
class MeasureOrigins:
    """What one measure of a line is made of: the parts add up to `amount`."""

    label: str
    amount: Decimal
    parts: tuple[Origin, ...]


def line_origins(line: BudgetLine) -> tuple[MeasureOrigins, ...]:
    """The parts of what a line plans, commits, spends and expects."""
    if line.envelope is not None:
        return _of_envelope(line, line.envelope)
    typed = origins([line.pk]).get(line.pk, _("Saisi à l’écran"))
    weights = _weights(line)

    def source(measure: str) -> str:
        words = typed_words(line, measure)
        return f"{typed} · {words}" if words else typed

    return (
        MeasureOrigins(_("Prévu"), line.planned, _planned(line, source("planned"))),
        MeasureOrigins(_("Engagé"), line.committed, _committed(line, source("committed"), weights)),
        MeasureOrigins(_("Réel"), line.actual, _actual(line, source("actual"), weights)),
        MeasureOrigins(_("Prévision"), line.forecast, (Origin(source("forecast"), line.forecast),)),
    )


def _of_envelope(line: BudgetLine, envelope: Envelope) -> tuple[MeasureOrigins, ...]:
    """A line that is the part of a shared budget: « Enveloppe X, 32,5 %, clé : heures prévues »."""
    period = period_at(read_periods(envelope), line.month)
    words = _("Enveloppe « %(envelope)s », %(share)s, clé : %(key)s") % {
        "envelope": envelope.name,
        "share": formats.percent(period.shares.get(line.project_id), get_language() or "fr", decimals=2),
        "key": str(AllocationKey(period.key).label).lower(),
    }
    url = reverse("finance:envelope", args=[envelope.pk])
    return tuple(
        MeasureOrigins(label, amount, (Origin(words, amount, url),))
        for label, amount in (
            (_("Prévu"), line.planned),
            (_("Engagé"), line.committed),
            (_("Réel"), line.actual),
            (_("Prévision"), line.forecast),
        )
    )


def _weights(line: BudgetLine) -> list[tuple[PurchaseOrder, Weight]]:
    """The orders that weigh on the line."""
    if not (line.ordered or line.invoiced):
        return []
    try:
        found = weighed_orders(list(PurchaseOrder.objects.filter(project=line.project_id)))
    except ValidationError:  # a rate is missing: the line says what was known
        return []
    place = (line.category, line.nature, line.month)
    return [(one.order, one.weights[place]) for one in found if place in one.weights]


def _planned(line: BudgetLine, typed: str) -> tuple[Origin, ...]:
    approved = followed(line.project).approved
    if approved is None:
        return (Origin(typed, line.planned),)
    agreed = plan_of(approved).get((line.category, line.nature, line.month), ZERO)
    version = _("Version « %(version)s »") % {"version": approved.name}
    parts = [Origin(version, agreed, reverse("finance:versions", args=[line.project_id]))]
    if line.planned != agreed:
        moved = line.planned - agreed
        parts.append(Origin(_("Virements"), moved, reverse("finance:transfers", args=[line.project_id])))
    return tuple(parts)


def _committed(line: BudgetLine, typed: str, weights: list[tuple[PurchaseOrder, Weight]]) -> tuple[Origin, ...]:
    parts = [_of_order(order, weight.ordered) for order, weight in weights if weight.ordered]
    return _with_rest(parts, line.committed, typed)


def _actual(line: BudgetLine, typed: str, weights: list[tuple[PurchaseOrder, Weight]]) -> tuple[Origin, ...]:
    parts = [_of_order(order, weight.invoiced) for order, weight in weights if weight.invoiced]
    rest = _("Temps et taux journaliers") if follows_time(line.category, line.month) else typed
    url = _times_url(line) if rest != typed or _has_time(line) else ""
    return _with_rest(parts, line.actual, rest, url)


def _of_order(order: PurchaseOrder, amount: Decimal) -> Origin:
    label = _("Commande %(number)s, %(supplier)s") % {"number": order.number, "supplier": order.supplier}
    return Origin(label, amount, reverse("finance:order", args=[order.pk]))


def _with_rest(parts: list[Origin], amount: Decimal, label: str, url: str = "") -> tuple[Origin, ...]:
    rest = amount - sum((part.amount for part in parts), ZERO)
    return tuple(parts if parts and not rest else [*parts, Origin(label, rest, url)])


def _has_time(line: BudgetLine) -> bool:
    """Whether people entered time on the project in the month of a line of staff."""
    if line.category != "staff":
        return False
    return any(one.month == line.month for one in time_costs([line.project_id], line.month))


def _times_url(line: BudgetLine) -> str:
    """The times of the project and month."""
    last = date(line.month.year, line.month.month, monthrange(line.month.year, line.month.month)[1])
    query = urlencode({"project": str(line.project_id), "day_from": line.month.isoformat(), "day_to": str(last)})
    return f"{reverse('timesheets:entries')}?{query}"
