"""The work rules of persons: which limits bind them, and what a breach says."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.people.domain.calendar import Calendar
from portfolio.people.domain.work_rules import (
    LEGAL_WEEK,
    WEEK_MINUTES,
    YEARLY_DAYS,
    Breach,
    Regime,
    Rule,
    week_breaches,
)
from portfolio.people.models import Person, WorkCalendar
from tech4value.figures.formats import duration, weekday

MOST_NAMED = 3


def weekly_minutes(person: Person) -> int:
    """Minutes a week that the person's contract allows: its own hours, else the legal 35."""
    return LEGAL_WEEK if person.weekly_hours is None else int(Decimal(person.weekly_hours) * 60)


def yearly_cap(person: Person) -> int:
    """Days a year of the person's package: its own number, else 218."""
    return person.yearly_days or YEARLY_DAYS


def breaches_of(person: Person, calendar: Calendar) -> tuple[Breach, ...]:
    """The rules of `person` that the week of `calendar` breaks."""
    return week_breaches(calendar.week, Regime(person.work_regime), weekly_minutes(person))


def rule_sentences(person: Person, calendar: Calendar) -> list[str]:
    """What the week of `calendar` breaks of the rules of `person`, in words; empty when all is well."""
    return [sentence(one, calendar.name) for one in breaches_of(person, calendar)]


def check_followers(row: WorkCalendar, week: Calendar) -> None:
    """Raise ValidationError on the hours of a calendar that would break the rules of those who follow it."""
    followers = Person.objects.exclude(work_regime=Regime.NONE.value)
    mine = list(followers.filter(calendar=row)) if row.pk and not row._state.adding else []
    if row.is_default:
        mine += list(followers.filter(calendar=None))
    broken: dict[Breach, list[str]] = {}
    for person in mine:
        for breach in breaches_of(person, week):
            broken.setdefault(breach, []).append(person.name)
    if broken:
        raise ValidationError(
            {"week": [f"{sentence(one, row.name)} {_whose(names)}" for one, names in broken.items()]}
        )


def sentence(breach: Breach, calendar: str) -> str:
    """Which rule a calendar breaks, and by how much."""
    language = get_language() or "fr"
    said: dict[str, Any] = {
        "calendar": calendar,
        "actual": in_hours(breach.actual, language),
        "limit": in_hours(breach.limit, language),
        "gap": in_hours(breach.gap, language),
        "day": "" if breach.weekday is None else weekday(breach.weekday, language),
    }
    if breach.rule is Rule.DAILY_REST:
        return _(
            "Repos quotidien : le calendrier « %(calendar)s » laisse %(actual)s de repos après le %(day)s, "
            "%(gap)s de moins que les %(limit)s exigées."
        ) % said  # fmt: skip
    if breach.rule is Rule.WEEKLY_REST:
        return _(
            "Repos hebdomadaire : le calendrier « %(calendar)s » laisse %(actual)s d’affilée au plus, "
            "%(gap)s de moins que les %(limit)s exigées."
        ) % said  # fmt: skip
    return _(
        "Durée hebdomadaire : le calendrier « %(calendar)s » compte %(actual)s par semaine, "
        "%(gap)s de plus que les %(limit)s du contrat."
    ) % said  # fmt: skip


def in_hours(minutes: int, language: str) -> str:
    """Minutes as hours: a rest is never told in working days."""
    return duration(minutes, language, minutes_per_day=WEEK_MINUTES + 1)


def _whose(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    if len(names) <= MOST_NAMED:
        return _("Il est suivi par : %(names)s.") % {"names": shown}
    rest = len(names) - MOST_NAMED
    return ngettext(
        "Il est suivi par : %(names)s et %(n)s autre.", "Il est suivi par : %(names)s et %(n)s autres.", rest
    ) % {"names": shown, "n": rest}
