"""What makes one amount of the table of causes: parts that add up to it, to the cent, each leading to its rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.finance.actions import line_name
from portfolio.finance.domain.budget import ZERO
from portfolio.finance.domain.variance import Cause, RowExplained
from portfolio.finance.models import BudgetLine, BudgetTransfer, BudgetVersion, Category, VersionState
from portfolio.finance.origins import Origin
from portfolio.finance.variance_queries import PricedTime, ProjectVariance
from portfolio.finance.variance_words import language
from portfolio.people.models import Person
from portfolio.projects.models import Project
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class Made:
    """The parts of an amount, over the whole life of the project."""

    amount: Decimal
    parts: tuple[Origin, ...]


def made_of(variance: ProjectVariance, row: RowExplained, cause: Cause, *, rates: bool, times: bool) -> Made:
    """What makes `cause` of `row` (over all its months). `rates`, `times`: whether the reader may see daily rates,
    hence what each person costs, and the times of people."""
    amount = row.causes.of(cause)
    match cause:
        case Cause.SCOPE:
            parts = _scope(variance, row)
        case Cause.RATE:
            parts = _rate(variance, row, rates, _times_url(variance) if times else "")
        case Cause.VOLUME:
            parts = _volume(variance, amount, rates, _times_url(variance) if times else "")
        case _:
            parts = []
    return Made(amount, tuple(parts))


def _scope(variance: ProjectVariance, row: RowExplained) -> list[Origin]:
    """Revisions and transfers since the reference, and the row itself when it is in no budget or was withdrawn."""
    parts: list[Origin] = []
    known = ZERO
    project, reference = variance.project, variance.reference
    planned = _planned(project, row)
    if reference is not None:
        moves = _moves(project, row)
        versions = BudgetVersion.objects.filter(
            project=project, state=VersionState.APPROVED, number__gte=reference.number
        ).order_by("number")
        parts += _revisions(list(versions), moves, row)
        parts += [_transfer(move.transfer, move.amount) for move in moves if _is_live(move, reference)]
        known = sum((part.amount for part in parts), ZERO)
        if rest := planned - row.reference - known:
            parts.append(Origin(_("Autres changements du prévu"), rest, _lines_url(project, row)))
            known += rest
    if rest := row.causes.scope - known:
        label = _("Dépense hors budget : aucun montant prévu") if row.unplanned else _("Ligne retirée")
        parts.append(Origin(label, rest, _lines_url(project, row)))
    return parts


@dataclass(frozen=True, slots=True)
class _Move:
    """A transfer made (or taken back: the amount's sign turns) at an instant, as the row felt it."""

    transfer: BudgetTransfer
    at: datetime
    amount: Decimal
    undone: bool


def _moves(project: Project, row: RowExplained) -> list[_Move]:
    """What transfers brought to the row, and took back."""
    mine = Q(project=project) | Q(target_project=project)
    here = (project.pk, row.category, row.nature)
    found = []
    for one in BudgetTransfer.everything.filter(mine).select_related("source", "target", "project", "target_project"):
        amount = ZERO
        if (one.target_project_id, one.target.category, one.target.nature) == here:
            amount += one.amount
        if (one.project_id, one.source.category, one.source.nature) == here:
            amount -= one.amount
        if not amount:
            continue
        undone = one.deleted_at is not None
        found.append(_Move(one, one.created_at, amount, undone))
        if one.deleted_at is not None:
            found.append(_Move(one, one.deleted_at, -amount, undone))
    return found


def _is_live(move: _Move, reference: BudgetVersion) -> bool:
    return not move.undone and (reference.decided_at is None or move.at > reference.decided_at)


def _revisions(versions: Sequence[BudgetVersion], moves: Sequence[_Move], row: RowExplained) -> list[Origin]:
    """What each approved revision changed by itself: a version is made from what was planned, transfers included."""
    parts = []
    for before, after in pairwise(versions):
        carried = sum((move.amount for move in moves if _between(move.at, before, after)), ZERO)
        own = _agreed(after, row) - _agreed(before, row) - carried
        if own:
            words = _("Version « %(version)s » : %(reason)s") if after.reason else _("Version « %(version)s »")
            label = words % {"version": after.name, "reason": after.reason}
            parts.append(Origin(label, own, reverse("finance:versions", args=[after.project_id])))
    return parts


def _between(at: datetime, before: BudgetVersion, after: BudgetVersion) -> bool:
    return (before.decided_at is None or at > before.decided_at) and (
        after.decided_at is not None and at <= after.decided_at
    )


def _agreed(version: BudgetVersion, row: RowExplained) -> Decimal:
    """What a version plans for the row."""
    places: Iterable[Any] = version.amounts
    return sum((Decimal(one[3]) for one in places if (one[0], one[1]) == (row.category, row.nature)), ZERO)


def _planned(project: Project, row: RowExplained) -> Decimal:
    """What is planned for the row today."""
    lines = BudgetLine.objects.filter(project=project, category=row.category, nature=row.nature)
    return sum(lines.values_list("planned", flat=True), ZERO)


def _transfer(row: BudgetTransfer, amount: Decimal) -> Origin:
    facts = {"source": line_name(row.source), "target": line_name(row.target), "reason": row.reason}
    label = _("Virement de %(source)s vers %(target)s : %(reason)s") % facts
    return Origin(label, amount, reverse("finance:transfers", args=[row.project_id]))


def _rate(variance: ProjectVariance, row: RowExplained, rates: bool, times_url: str) -> list[Origin]:
    """The people whose rate is no longer that of the reference, the invoices whose exchange rate is not that of their
    order, and what is to come at a price already known."""
    parts: list[Origin] = []
    amount = row.causes.rate
    if not amount:
        return parts
    if row.category == Category.STAFF and sum(one.category == Category.STAFF for one in variance.rows) == 1:
        parts += _people(variance, rates, times_url)
    for one in variance.exchanges:
        places = one.places.items()
        effect = sum((part for place, part in places if place[:2] == (row.category, row.nature)), ZERO)
        if effect:
            facts = {
                "order": one.order.number,
                "invoice": one.invoice.number,
                "currency": one.order.currency,
                "amount": formats.money(one.invoice.amount, one.invoice.currency, language()),
            }
            label = _("Cours de %(currency)s : facture %(invoice)s de %(amount)s, commande %(order)s") % facts
            parts.append(Origin(label, effect, reverse("finance:order", args=[one.order.pk])))
    if rest := amount - sum((part.amount for part in parts), ZERO):
        parts.append(Origin(_("Temps passé et à venir, aux taux journaliers connus"), rest))
    return parts


def _people(variance: ProjectVariance, rates: bool, url: str) -> list[Origin]:
    """One part a person and pair of rates; one in all for those who may not see rates."""
    times = [one for one in variance.times if one.repriced]
    if not rates:
        total = sum((one.repriced for one in times), ZERO)
        return [Origin(_("Temps passé à d’autres taux journaliers"), total, url)] if total else []
    names = dict(Person.everything.filter(pk__in={one.time.person_id for one in times}).values_list("pk", "name"))
    grouped: dict[tuple[UUID, Decimal | None, Decimal | None], list[PricedTime]] = defaultdict(list)
    for one in times:
        grouped[one.time.person_id, one.reference_rate, one.time.rate].append(one)
    parts = []
    for (person_id, before, after), found in grouped.items():
        facts = {
            "person": names.get(person_id, ""),
            "days": formats.number(sum((one.time.days for one in found), ZERO), language(), decimals=1),
            "before": _price(before),
            "after": _price(after),
        }
        label = _("%(person)s : %(days)s j à %(after)s au lieu de %(before)s") % facts
        parts.append(Origin(label, sum((one.repriced for one in found), ZERO), url))
    return sorted(parts, key=lambda part: -abs(part.amount))


def _price(rate: Decimal | None) -> str:
    return "" if rate is None else formats.money(rate, current_tenant().currency, language())


def _volume(variance: ProjectVariance, amount: Decimal, rates: bool, times_url: str) -> list[Origin]:
    """The amount as days of the team, at the rates of the reference."""
    priced = [one for one in variance.times if one.reference_rate]
    days = sum((one.time.days for one in priced), ZERO)
    if not amount or not days:
        return []
    if not rates:  # days beside the money would say the rate
        words = _("Plus de jours que prévu") if amount > 0 else _("Moins de jours que prévu")
        return [Origin(words, amount, times_url)]
    rate = sum((one.time.days * (one.reference_rate or ZERO) for one in priced), ZERO) / days
    facts = {
        "days": formats.number(abs(amount) / rate, language(), decimals=1),
        "rate": _price(rate.quantize(Decimal("0.01"))),
    }
    if amount > 0:
        words = _("Environ %(days)s jours de plus, au taux moyen de %(rate)s de la référence")
    else:
        words = _("Environ %(days)s jours de moins, au taux moyen de %(rate)s de la référence")
    return [Origin(words % facts, amount, times_url)]


def _times_url(variance: ProjectVariance) -> str:
    """The times of the project."""
    return f"{reverse('timesheets:entries')}?{urlencode({'project': str(variance.project.pk)})}"


def _lines_url(project: Project, row: RowExplained) -> str:
    """The row's lines in the list of every line."""
    query = urlencode({"project": str(project.pk), "category": row.category, "nature": row.nature})
    return f"{reverse('finance:lines')}?{query}"
