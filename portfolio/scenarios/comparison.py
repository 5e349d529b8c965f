"""Scenarios beside the live plan: what differs in dates, cost, load, cash and risks, as it is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from portfolio.capacity.domain.load import LoadState
from portfolio.finance.periods import year_name
from portfolio.scenarios.domain.evaluation import Outcome, ProjectOutcome
from portfolio.scenarios.domain.loads import LoadCell, Row
from portfolio.scenarios.words import amount, language
from portfolio.treasury.queries import CashPlan
from portfolio.treasury.words import awaited_sentence, breach_sentence, facts_of_breach, lowest_sentence
from tech4value.figures import formats
from tech4value.figures.chart import LineChart, Series
from tech4value.tenancy.context import current_tenant

WEEKS_SHOWN: Final = 26
MOST_PEOPLE: Final = 20


@dataclass(frozen=True, slots=True)
class Value:
    """What a line says of one plan: `text`, and how far it is from the live plan (`delta`, empty for the same).
    `tone`: good, bad, or neither."""

    text: str
    delta: str = ""
    tone: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.delta)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure over the plans, the live one first."""

    label: str
    values: tuple[Value, ...]

    @property
    def differs(self) -> bool:
        return any(one.differs for one in self.values)


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one thing (a project), that differ."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The load of a pole or a person in each week, a row for each plan, and the peak of each."""

    key: str
    label: str
    rows: tuple[Row, ...]
    peaks: tuple[Value, ...]

    @property
    def same(self) -> bool:
        """Whether all the plans load it as the live one does."""
        return all(row == self.rows[0] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Alert:
    """A run of days under the threshold in one plan: the month in which it begins, and sentences that name what makes
    it."""

    month: date
    sentence: str
    lowest: str
    awaited: str
    new: bool


@dataclass(frozen=True)
class Comparison:
    """All of it. `names` are those of the plans, « Plan en cours » first."""

    names: tuple[str, ...]
    totals: tuple[Line, ...]
    projects: tuple[Group, ...]
    milestones: tuple[Line, ...]
    poles: tuple[Strip, ...]
    people: tuple[Strip, ...]
    weeks: tuple[date, ...]
    chart: LineChart | None
    alerts: tuple[tuple[Alert, ...], ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs at all."""
        lines = (*self.totals, *self.milestones)
        return not (any(one.differs for one in lines) or self.projects or self.people)


@dataclass(frozen=True)
class Shown:
    """A plan to be compared: its name, what it comes to, its cash as the treasury reads it."""

    name: str
    outcome: Outcome
    cash: CashPlan | None


def compare(plans: Sequence[Shown]) -> Comparison:
    """`plans`, the live one first."""
    live = plans[0].outcome
    weeks = live.world.weeks[:WEEKS_SHOWN]
    return Comparison(
        tuple(one.name for one in plans),
        tuple(_totals(plans)),
        tuple(_projects(plans)),
        tuple(_milestones(plans)),
        tuple(_poles(plans, len(weeks))),
        tuple(_people(plans, len(weeks))),
        weeks,
        _chart(plans),
        tuple(alerts_of(one, live) for one in plans),
    )


def _dates(days: Sequence[date | None]) -> tuple[Value, ...]:
    """Later is bad."""
    base = days[0]
    found = []
    for one in days:
        gap = (one - base).days if one is not None and base is not None else 0
        delta = formats.calendar_days(gap, language(), signed=True) if gap else ""
        found.append(Value(formats.date_short(one, language()) if one else "–", delta, _tone(-gap)))
    return tuple(found)


def _amounts(amounts: Sequence[Decimal | None], *, more: int) -> tuple[Value, ...]:
    """`more` is 1 when more is good, -1 when it is bad."""
    base = amounts[0]
    found = []
    for one in amounts:
        gap = (one or Decimal(0)) - (base or Decimal(0)) if one is not None or base is not None else Decimal(0)
        sign = "+" if gap > 0 else ""
        found.append(Value("–" if one is None else amount(one), sign + amount(gap) if gap else "", _tone(gap * more)))
    return tuple(found)


def _counts(counts: Sequence[int], *, more: int = -1) -> tuple[Value, ...]:
    return tuple(
        Value(
            formats.number(one, language()),
            formats.number(one - counts[0], language(), signed=True) if one != counts[0] else "",
            _tone((one - counts[0]) * more),
        )
        for one in counts
    )


def _shares(shares: Sequence[Decimal | None], *, more: int = 1) -> tuple[Value, ...]:
    found = []
    for one in shares:
        # What a percentage does not show does not differ.
        gap = ((one or Decimal(0)) - (shares[0] or Decimal(0))).quantize(Decimal("0.01"))
        text = "–" if one is None else formats.percent(one, language())
        found.append(Value(text, formats.points(gap, language()) if gap else "", _tone(gap * more)))
    return tuple(found)


def _texts(texts: Sequence[str]) -> tuple[Value, ...]:
    return tuple(Value(one or "–", one if one != texts[0] else "") for one in texts)


def _tone(gain: Any) -> str:
    return "good" if gain > 0 else "bad" if gain < 0 else ""


def _totals(plans: Sequence[Shown]) -> list[Line]:
    outcomes = [one.outcome for one in plans]
    lines = [
        Line(_("Fin du dernier projet"), _dates([one.finish for one in outcomes])),
        Line(_("Coût à terminaison"), _amounts([one.cost for one in outcomes], more=-1)),
        Line(_("Retour sur investissement"), _shares([roi_of(one) for one in outcomes])),
    ]
    if all(one.cash is not None for one in outcomes):
        lows = [one.balances[one.lowest_on] if one.lowest_on else None for one in outcomes]
        ends = [one.balances[one.cash.until] if one.cash else None for one in outcomes]
        lines += [
            Line(_("Solde le plus bas"), _amounts(lows, more=1)),
            Line(_("Jour du solde le plus bas"), _dates([one.lowest_on for one in outcomes])),
            Line(_("Solde dans douze mois"), _amounts(ends, more=1)),
            Line(_("Passages sous le seuil"), _counts([len(one.breaches) for one in outcomes])),
        ]
    lines += [
        Line(_("Semaines de personne en surcharge"), _counts([overloads_of(one) for one in outcomes])),
        Line(_("Exposition aux risques"), _counts([one.risks.exposure for one in outcomes])),
        Line(_("Risques critiques"), _counts([one.risks.critical for one in outcomes])),
    ]
    return lines


def roi_of(outcome: Outcome) -> Decimal | None:
    """(benefit - cost) / cost of the projects that have benefits; None without any."""
    sold = [one for one in outcome.projects.values() if one.benefit is not None]
    cost = sum((one.cost for one in sold), Decimal(0))
    if cost <= 0:
        return None
    benefit = sum((one.benefit or Decimal(0) for one in sold), Decimal(0))
    return ((benefit - cost) / cost).quantize(Decimal("0.0001"))


def overloads_of(outcome: Outcome) -> int:
    """How many weeks of people are over 110 % in the weeks shown."""
    return sum(one.state is LoadState.OVER for row in outcome.load.people().values() for one in row[:WEEKS_SHOWN])


def _measures() -> list[tuple[str, Callable[[Sequence[Any]], tuple[Value, ...]], Callable[[ProjectOutcome], Any]]]:
    return [
        (_("Début"), _dates, lambda one: one.start),
        (_("Fin"), _dates, lambda one: one.finish),
        (_("Coût à terminaison"), lambda values: _amounts(values, more=-1), lambda one: one.cost),
        (_("Retour sur investissement"), _shares, lambda one: one.roi),
        (_("Exposition aux risques"), _counts, lambda one: one.risks.exposure),
    ]


def _projects(plans: Sequence[Shown]) -> list[Group]:
    """The projects that differ anywhere, by name."""
    keys = {key for one in plans for key in one.outcome.projects}
    start = current_tenant().fiscal_year_start_month
    by_year = [one.outcome.costs_by_year(start) for one in plans]
    rows = []
    for key in keys:
        outcomes = [one.outcome.projects.get(key) for one in plans]
        known = next(one for one in outcomes if one is not None)
        years = _years([costs.get(key, {}) for costs in by_year])
        if all(one == outcomes[0] for one in outcomes) and not years:
            continue
        lines = []
        for label, written, value in _measures():
            values = [None if one is None else value(one) for one in outcomes]
            if any(one != values[0] for one in values):
                counted = [one or 0 for one in values] if written is _counts else values
                lines.append(Line(label, written(counted)))
        lines += years
        states = [_state(one) for one in outcomes]
        if any(states):
            lines.insert(0, Line(_("État"), _texts(states)))
        if lines:
            rows.append(Group(f"{known.code} · {known.name}", tuple(lines)))
    return sorted(rows, key=lambda one: one.label.casefold())


def _years(costs: Sequence[Mapping[int, Decimal]]) -> list[Line]:
    """What a project costs in each fiscal year that differs; nothing for one whose money is all of one year."""
    years = sorted({year for one in costs for year in one})
    lines = []
    for year in years if len(years) > 1 else ():
        values = [one.get(year, Decimal(0)) for one in costs]
        if any(value != values[0] for value in values):
            # Money that moves from a year to another is neither good nor bad.
            lines.append(Line(_("Coût, exercice %(year)s") % {"year": year_name(year)}, _amounts(values, more=0)))
    return lines


def _state(one: ProjectOutcome | None) -> str:
    if one is None:
        return ""
    if one.added:
        return _("ajouté")
    if one.stopped_on is not None:
        return _("arrêté le %(day)s") % {"day": formats.date_short(one.stopped_on, language())}
    return ""


def _milestones(plans: Sequence[Shown]) -> list[Line]:
    """Those that are met on another day, by their day."""
    base = plans[0].outcome
    found = []
    for key, facts in base.world.milestones.items():
        days = [one.outcome.milestones.get(key) for one in plans]
        if any(one != days[0] for one in days):
            project = base.projects.get(facts.project)
            label = f"{project.code} · {facts.name}" if project is not None else facts.name
            found.append((days[0], Line(label, _dates(days))))
    return [line for _day, line in sorted(found, key=lambda pair: (str(pair[0]), pair[1].label))]


def _strip(key: str, label: str, rows: Sequence[Row], count: int) -> Strip:
    shown = [row[:count] for row in rows]
    peaks = [max((one.ratio or Decimal(0) for one in row), default=Decimal(0)) for row in shown]
    return Strip(key, label, tuple(shown), _shares([one or None for one in peaks], more=-1))


def _poles(plans: Sequence[Shown], count: int) -> list[Strip]:
    names = plans[0].outcome.world.names.poles
    tables = [one.outcome.load.poles() for one in plans]
    keys = {key for table in tables for key in table}
    found = [
        _strip(key, names.get(key) or _("Sans pôle"), [one.outcome.load.pole(key) for one in plans], count)
        for key in keys
    ]
    shown = [one for one in found if any(cell.load for row in one.rows for cell in row)]
    return sorted(shown, key=lambda one: (not one.key, one.label.casefold()))


def _people(plans: Sequence[Shown], count: int) -> list[Strip]:
    """Those whose load differs, the most loaded first."""
    base = plans[0].outcome
    found = []
    for key in {key for one in plans for key in one.outcome.world.people}:
        rows = [
            one.outcome.load.person(key)
            if key in one.outcome.world.people
            else tuple(LoadCell(0, 0) for _week in base.world.weeks)
            for one in plans
        ]
        if any(row[:count] != rows[0][:count] for row in rows):
            known = next(one for one in plans if key in one.outcome.world.people)
            found.append(_strip(key, known.outcome.world.people[key].name, rows, count))
    found.sort(key=lambda one: (-max((cell.ratio or 0) for row in one.rows for cell in row), one.label.casefold()))
    return found[:MOST_PEOPLE]


def alerts_of(plan: Shown, live: Outcome) -> tuple[Alert, ...]:
    """When the balance is under its threshold, and what makes it so; `new`: the live plan holds in that month."""
    if plan.cash is None:
        return ()
    known = {breach.month for breach in live.breaches}
    found = []
    for breach in plan.cash.breaches:
        facts = facts_of_breach(breach, plan.cash)
        found.append(
            Alert(
                breach.month,
                breach_sentence(facts),
                lowest_sentence(facts),
                awaited_sentence(facts),
                breach.month not in known,
            )
        )
    return tuple(found)


def _chart(plans: Sequence[Shown]) -> LineChart | None:
    """The balances of all the plans on one scale: in each week the lowest day of the live plan's."""
    cash = plans[0].outcome.cash
    if cash is None or any(one.outcome.cash is None for one in plans):
        return None
    days = _sampled([one.outcome.balances for one in plans], cash.today)
    series = [Series(_("Seuil d’alerte"), tuple(cash.threshold for _day in days), "plan")]
    series.append(Series(plans[0].name, _values(plans[0], days), "actual"))
    roles: tuple[Any, ...] = ("forecast", "other", "other", "other")
    for one, role in zip(plans[1:], roles, strict=False):
        series.append(Series(one.name, _values(one, days), role))
    return LineChart(
        title=_message(plans),
        categories=tuple(formats.date_short(day, language()) for day in days),
        series=tuple(series),
        unit=f"money:{plans[0].cash.ledger.books.rates.base}" if plans[0].cash else "count",
        from_zero=False,
    )


def _values(plan: Shown, days: Sequence[date]) -> tuple[Decimal | None, ...]:
    return tuple(plan.outcome.balances.get(day) for day in days)


def _sampled(balances: Sequence[dict[date, Decimal]], today: date) -> list[date]:
    """In each week to come, the day on which one of the plans is at its lowest: no dip is left out."""
    found: dict[date, date] = {}
    for day in balances[0]:
        if day < today:
            continue
        monday = day - timedelta(days=day.weekday())
        known = found.get(monday)
        lowest = min(one.get(day, Decimal(0)) for one in balances)
        if known is None or lowest < min(one.get(known, Decimal(0)) for one in balances):
            found[monday] = day
    return list(found.values())


def _message(plans: Sequence[Shown]) -> str:
    lows = []
    for one in plans:
        day = one.outcome.lowest_on
        if day is not None:
            lows.append((one.outcome.balances[day], day, one.name))
    value, day, name = min(lows, key=lambda one: one[:2])  # of equals the live plan, which comes first
    return _("Trésorerie : au plus bas %(amount)s le %(day)s, dans « %(name)s »") % {
        "amount": amount(value),
        "day": formats.date_short(day, language()),
        "name": name,
    }
