"""What envelopes give to projects: shares by month, what each project receives, and the lines that say it.

Each part is written as a line of the project's budget (`BudgetLine.envelope`), where every sum, list, export, pack
and earned value reads it. They follow before the commit of what changed an envelope; nobody else writes them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.finance.domain.allocation_keys import allocate, fractions
from portfolio.finance.domain.budget import MEASURES, Amounts, first_of_month, total
from portfolio.finance.envelope_measures import Weights, demand_weights, measured
from portfolio.finance.envelope_models import AllocationKey, Envelope, EnvelopeLine, EnvelopeShare, EnvelopeState
from portfolio.finance.models import BudgetLine
from portfolio.projects.models import Project
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create_many, delete_many, object_type, update_many
from tech4value.figures import formats
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import before_commit, current_tenant

ENVELOPE: Final = object_type(Envelope)
ENVELOPE_LINE: Final = object_type(EnvelopeLine)
VERB: Final = "budgetline.shared"
Place = tuple[UUID, str, str, date]


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """What a key measured, and the month from which its parts hold."""

    since: date
    key: str
    weights: Weights

    @property
    def shares(self) -> dict[UUID, Decimal]:
        """The part of each project, 0 to 1."""
        return fractions(self.weights)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "since": f"{self.since:%Y-%m}",
            "key": self.key,
            "weights": [[str(project), str(weight)] for project, weight in self.weights.items()],
        }


def read_periods(envelope: Envelope) -> tuple[KeyPeriod, ...]:
    """The periods of an envelope, the first first."""
    return tuple(
        KeyPeriod(
            date(int(one["since"][:4]), int(one["since"][5:7]), 1),
            str(one["key"]),
            {UUID(project): Decimal(weight) for project, weight in one["weights"]},
        )
        for one in envelope.periods
    )


def period_at(periods: Sequence[KeyPeriod], month: date) -> KeyPeriod:
    """The period of a month; the first, for a month before it."""
    return next((one for one in reversed(periods) if one.since <= month), periods[0])


def periods_from(
    envelope: Envelope, weights: Weights, lines: Iterable[EnvelopeLine], since: date | None = None
) -> tuple[KeyPeriod, ...]:
    """The periods of an envelope that is shared by `weights` from the month of `since` on. Without it: from its first
    line on when it was never shared, else from this month on."""
    before = read_periods(envelope)
    first = min((line.month for line in lines), default=today())
    month = first_of_month(since or (today() if before else first))
    return (*(one for one in before if one.since < month), KeyPeriod(month, envelope.key, weights))


def parts_of(lines: Iterable[EnvelopeLine], periods: Sequence[KeyPeriod], decimals: int) -> dict[Place, Amounts]:
    """What each project receives of each line, to the cent; parts of zero are left out."""
    found: dict[Place, Amounts] = {}
    for line in lines:
        weights = period_at(periods, line.month).weights
        by_measure = {name: allocate(getattr(line, name), weights, decimals) for name in MEASURES}
        for project in weights:
            amounts = Amounts(**{name: by_measure[name][project] for name in MEASURES})
            if not amounts.is_empty:
                found[project, *line.place] = amounts
    return found


def period_words(period: KeyPeriod) -> str:
    """« À partir de janv. 2026, clé : heures prévues »."""
    return _("À partir de %(month)s, clé : %(key)s") % {
        "month": formats.month(period.since, get_language() or "fr"),
        "key": str(AllocationKey(period.key).label).lower(),
    }


@dataclass(frozen=True, slots=True)
class Part:
    """What a project carries of an envelope: `share` is of the last period, None when the key shares nothing yet;
    `project` is None once it is gone from the bin: its part is in no budget, and stays in the envelope's sum."""

    share: EnvelopeShare | None
    project: Project | None
    weight: Decimal | None
    fraction: Decimal | None
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Sharing:
    """An envelope with what each project receives; before it is shared, with what each would. `refused` says why
    nothing can be shared yet."""

    envelope: Envelope
    lines: tuple[EnvelopeLine, ...]
    parts: tuple[Part, ...]
    periods: tuple[KeyPeriod, ...]
    refused: str

    @property
    def amounts(self) -> Amounts:
        """What the envelope holds."""
        return total(amounts_of_line(line) for line in self.lines)

    @property
    def shared(self) -> Amounts:
        """What the projects receive: the same, to the cent."""
        return total(part.amounts for part in self.parts)


def amounts_of_line(line: EnvelopeLine) -> Amounts:
    """The amounts of one line of an envelope."""
    return Amounts(line.planned, line.committed, line.actual, line.forecast)


def sharing_of(envelope: Envelope) -> Sharing:
    """What an envelope gives. A bounded number of statements."""
    lines = tuple(EnvelopeLine.objects.filter(envelope=envelope))
    shares = list(EnvelopeShare.objects.filter(envelope=envelope).select_related("project"))
    refused = ""
    if envelope.state == EnvelopeState.SHARED:
        periods = read_periods(envelope)
        current = periods[-1].weights
    else:
        current = measured(envelope.key, shares)
        periods = periods_from(envelope, current, lines)
        try:
            demand_weights(envelope.key, current)
        except ValidationError as error:
            refused, periods = " ".join(error.messages), ()
    found = parts_of(lines, periods, money_decimals()) if periods else {}
    sums: dict[UUID, list[Amounts]] = {}
    for (project, *_place), amounts in found.items():
        sums.setdefault(project, []).append(amounts)
    fraction_of = periods[-1].shares if periods else {}
    held = {share.project_id: share for share in shares}
    others = Project.everything.filter(pk__in=[key for key in sums if key not in held])
    projects = {**{share.project_id: share.project for share in shares}, **{row.pk: row for row in others}}
    parts = tuple(
        Part(held.get(key), projects.get(key), current.get(key), fraction_of.get(key), total(sums.get(key, ())))
        for key in dict.fromkeys((*projects, *sums))
    )
    return Sharing(envelope, lines, parts, periods, refused)


def money_decimals() -> int:
    """The decimals of an amount of a budget: those of the organisation's currency, two at most."""
    return min(formats.currency_decimals(current_tenant().currency), 2)


# --- what a project receives


@dataclass(frozen=True, slots=True)
class Received:
    """What a project receives of an envelope; `fraction` is that of the last period."""

    envelope: Envelope
    fraction: Decimal | None
    key: str
    amounts: Amounts

    @property
    def key_label(self) -> str:
        """`Heures prévues`."""
        return str(AllocationKey(self.key).label)


def received_by(project: Project) -> tuple[Received, ...]:
    """The envelopes that a project carries a part of, by name. One statement."""
    rows = BudgetLine.objects.filter(project=project, envelope__isnull=False).select_related("envelope")
    found: dict[Envelope, list[BudgetLine]] = {}
    for row in rows:
        if row.envelope is not None:
            found.setdefault(row.envelope, []).append(row)
    made = []
    for envelope, lines in found.items():
        period = read_periods(envelope)[-1]
        amounts = total(Amounts(*(getattr(line, name) for name in MEASURES)) for line in lines)
        made.append(Received(envelope, period.shares.get(project.pk), period.key, amounts))
    return tuple(sorted(made, key=lambda one: one.envelope.sort_name))


# --- lines that follow


@dataclass
class _Moved:
    """The envelopes that a transaction moved, and the lines of envelopes: written once, at its end."""

    envelopes: set[UUID] = field(default_factory=set)
    lines: set[UUID] = field(default_factory=set)

    def __call__(self) -> None:
        rows = EnvelopeLine.everything.filter(pk__in=self.lines).order_by().values_list("envelope_id", flat=True)
        settle_envelopes(self.envelopes | set(rows))


def follow_envelopes(events: Sequence[AuditEvent]) -> None:
    """Listener of the journal."""
    envelopes = {event.object_id for event in events if event.object_type == ENVELOPE}
    lines = {event.object_id for event in events if event.object_type == ENVELOPE_LINE}
    if envelopes or lines:
        moved: Any = before_commit("finance.envelopes", _Moved())
        moved.envelopes.update(envelopes)
        moved.lines.update(lines)


def settle_envelopes(envelopes: Collection[UUID]) -> None:
    """Write what these envelopes give on the lines of the projects; one in preparation leaves them as they are."""
    rows = Envelope.everything.filter(pk__in=envelopes).select_for_update(no_key=True).order_by("pk")
    for envelope in rows.prefetch_related(Prefetch("lines", EnvelopeLine.objects.all())):
        if envelope.deleted_at is not None:
            _write(envelope, {})
        elif envelope.state == EnvelopeState.SHARED:
            _write(envelope, parts_of(envelope.lines.all(), read_periods(envelope), money_decimals()))


def _write(envelope: Envelope, wanted: Mapping[Place, Amounts]) -> None:
    lines = BudgetLine.objects.filter(envelope=envelope).select_for_update(no_key=True).order_by("pk")
    # One writer of a project's budget at a time, always in one order.
    projects = {place[0] for place in wanted} | set(
        BudgetLine.objects.filter(envelope=envelope).order_by().values_list("project_id", flat=True)
    )
    locked = Project.everything.filter(pk__in=projects).select_for_update(no_key=True).order_by("pk")
    # The periods keep the projects that were measured: one that is gone from the bin has no budget to write in.
    there = set(locked.values_list("pk", flat=True))
    wanted = {place: amounts for place, amounts in wanted.items() if place[0] in there}
    held = {(line.project_id, line.category, line.nature, line.month): line for line in lines}
    delete_many(SYSTEM, [line for place, line in held.items() if place not in wanted])
    changes = [
        (held[place], {name: getattr(amounts, name) for name in MEASURES})
        for place, amounts in wanted.items()
        if place in held
    ]
    update_many(SYSTEM, changes, verb=VERB)
    currency = current_tenant().currency
    fresh = [
        BudgetLine(
            project_id=project,
            category=category,
            nature=nature,
            month=month,
            currency=currency,
            envelope=envelope,
            **{name: getattr(amounts, name) for name in MEASURES},
        )
        for (project, category, nature, month), amounts in wanted.items()
        if (project, category, nature, month) not in held
    ]
    create_many(SYSTEM, fresh)
