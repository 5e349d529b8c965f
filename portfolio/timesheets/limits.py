"""What the work rules say of a week as it was worked: told to who fills it and who approves it, never refused, since
what was worked was worked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from portfolio.people.domain.work_rules import Breach, Regime, Rule, worked_breaches
from portfolio.people.models import Person
from portfolio.people.work_rules import in_hours, weekly_minutes, yearly_cap
from portfolio.timesheets.models import TimeEntry
from portfolio.timesheets.rules import language
from tech4value.figures import formats

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Package:
    """Days that somebody under a days package has worked in a year, up to a week of it, and the most there may be."""

    used: Decimal
    cap: int
    year: int

    @property
    def sentence(self) -> str:
        """How far the package is used."""
        return _("Forfait jours : %(used)s jours travaillés sur %(cap)s en %(year)s.") % self._said()

    @property
    def excess(self) -> str:
        """By how much it is passed, in words; empty while it holds."""
        if self.used <= self.cap:
            return ""
        return _(
            "Forfait jours dépassé : %(used)s jours travaillés en %(year)s pour %(cap)s prévus, "
            "soit %(beyond)s de trop."
        ) % {**self._said(), "beyond": formats.quantity(self.used - self.cap, language())}

    def _said(self) -> dict[str, object]:
        return {"used": formats.quantity(self.used, language()), "cap": self.cap, "year": self.year}


def packages(
    weeks: Iterable[tuple[Person, date]], day_minutes: Mapping[UUID, int]
) -> dict[tuple[UUID, date], Package]:
    """The package of each person that has one, from 1 January to the Sunday of the week (its Monday is given). A day
    of at most half of `day_minutes` is half a day. One statement; none when nobody has a package."""
    bound = [(person, week) for person, week in weeks if person.work_regime == Regime.DAYS]
    if not bound:
        return {}
    rows = TimeEntry.objects.filter(
        line__timesheet__person__in={person.pk for person, _week in bound},
        line__timesheet__deleted_at=None,
        line__deleted_at=None,
        minutes__gt=0,
        day__gte=min(_year_of(week) for _person, week in bound),
    ).order_by()
    worked: dict[UUID, dict[date, int]] = {}
    for person_id, day, minutes in rows.values_list("line__timesheet__person", "day").annotate(total=Sum("minutes")):
        worked.setdefault(person_id, {})[day] = minutes
    found = {}
    for person, week in bound:
        first, last = _year_of(week), week + timedelta(days=6)
        days = [minutes for day, minutes in worked.get(person.pk, {}).items() if first <= day <= last]
        used = sum((HALF if 2 * minutes <= day_minutes[person.pk] else Decimal(1) for minutes in days), Decimal(0))
        found[person.pk, week] = Package(used, yearly_cap(person), first.year)
    return found


def limits(person: Person, minutes: Sequence[int], package: Package | None) -> tuple[str, ...]:
    """What a week of seven days breaks of the rules of `person`, a sentence each."""
    regime = Regime(person.work_regime)
    said = [_sentence(one) for one in worked_breaches(minutes, regime, weekly_minutes(person))]
    if package is not None and package.excess:
        said.append(package.excess)
    return tuple(said)


def _year_of(week: date) -> date:
    """1 January of the year in which the week ends."""
    return (week + timedelta(days=6)).replace(month=1, day=1)


def _sentence(one: Breach) -> str:
    if one.rule is Rule.SEVENTH_DAY:
        return _("Repos hebdomadaire : du temps est saisi les sept jours ; un jour au moins doit rester libre.")
    said = {
        "actual": in_hours(one.actual, language()),
        "limit": in_hours(one.limit, language()),
        "gap": in_hours(one.gap, language()),
        "day": "" if one.weekday is None else formats.weekday(one.weekday, language()),
    }
    match one.rule:
        case Rule.DAILY_REST:
            sentence = _("Repos quotidien : le %(day)s laisse %(actual)s de repos, pour %(limit)s exigées.")
        case Rule.LONGEST_DAY:
            sentence = _("Durée quotidienne : le %(day)s compte %(actual)s, pour %(limit)s au plus.")
        case Rule.LONGEST_WEEK:
            sentence = _("Durée maximale : la semaine compte %(actual)s, pour %(limit)s au plus selon la loi.")
        case _:
            sentence = _("Durée hebdomadaire : %(actual)s, soit %(gap)s de plus que les %(limit)s du contrat.")
    return sentence % said
