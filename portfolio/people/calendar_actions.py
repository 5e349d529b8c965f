"""Every write on working calendars and their exceptions."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.people.domain.calendar import (
    Calendar,
    CalendarError,
    HolidayRegion,
    Intervals,
    public_holidays,
    standard_calendar,
)
from portfolio.people.models import CalendarException, Person, WorkCalendar
from portfolio.people.validation import changed, cleaned, refuse_disorder, refuse_twin, values_of
from portfolio.people.work_rules import check_followers
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update

Week = dict[str, list[list[int]]]


def standard_week() -> Week:
    """Monday to Friday, 9-12 and 13-17, as `WorkCalendar.week` keeps it."""
    return {str(day): [list(pair) for pair in hours] for day, hours in enumerate(standard_calendar().week) if hours}


def create_calendar(*, actor: Actor, name: str, week: Week | None = None, **fields: Any) -> WorkCalendar:
    """A new calendar; 35 hours a week unless `week` says otherwise. `is_default=True` takes over from the former."""
    week = standard_week() if week is None else week
    _refuse_idle(week)
    calendar = _checked(cleaned(WorkCalendar(name=name.strip(), week=week, **fields)))
    if calendar.is_default:
        check_followers(calendar, Calendar(calendar.name, week_intervals(calendar.week)))
        _retire_default(actor, calendar)
    return create(actor, calendar)


def change_calendar(
    *, actor: Actor, calendar: WorkCalendar, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change a calendar; returns whether anything differed."""
    _refuse_idle(values.get("week", calendar.week))
    candidate = _checked(changed(calendar, values))
    if calendar.is_default and not candidate.is_default:
        raise ValidationError(
            {"is_default": _("Il faut un calendrier par défaut : désignez-en un autre, celui-ci cessera de l’être.")}
        )
    if candidate.week != calendar.week or candidate.is_default != calendar.is_default:
        check_followers(candidate, Calendar(candidate.name, week_intervals(candidate.week)))
    if candidate.is_default and not calendar.is_default:
        _retire_default(actor, calendar)
    return update(actor, calendar, values_of(candidate, values), version=version)


def delete_calendar(*, actor: Actor, calendar: WorkCalendar) -> None:
    """Delete a calendar that nobody follows."""
    if calendar.is_default:
        raise ValidationError(_("Le calendrier par défaut ne peut pas être supprimé : désignez-en un autre d’abord."))
    persons = Person.objects.filter(calendar=calendar).count()
    if persons:
        raise ValidationError(
            ngettext(
                "%(n)s personne suit ce calendrier : donnez-lui-en un autre d’abord.",
                "%(n)s personnes suivent ce calendrier : donnez-leur-en un autre d’abord.",
                persons,
            )
            % {"n": persons}
        )
    delete(actor, calendar)


def restore_calendar(*, actor: Actor, calendar: WorkCalendar) -> None:
    """Bring a deleted calendar back."""
    _checked(calendar)
    restore(actor, calendar)


def _refuse_idle(week: Any) -> None:
    if isinstance(week, Mapping) and not any(week.values()):
        raise ValidationError(
            {"week": _("Un calendrier a au moins un jour travaillé : donnez les horaires d’un jour.")}
        )


def _retire_default(actor: Actor, calendar: WorkCalendar) -> None:
    for former in WorkCalendar.objects.filter(is_default=True).exclude(pk=calendar.pk):
        update(actor, former, {"is_default": False})


def _checked(calendar: WorkCalendar) -> WorkCalendar:
    refuse_twin(calendar, _("Un calendrier porte déjà ce nom : choisissez-en un autre."), "name")
    try:
        week = week_intervals(calendar.week)
        Calendar(calendar.name, week)
    except (CalendarError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError(
            {"week": _("Les horaires d’un jour se suivent sans se chevaucher, entre 00:00 et 24:00.")}
        ) from error
    if calendar.subdivision and not calendar.country:
        raise ValidationError({"country": _("Choisissez le pays de cette subdivision.")})
    if calendar.country:
        try:
            public_holidays(HolidayRegion(calendar.country, calendar.subdivision or None), 2025)
        except CalendarError as error:
            field = "subdivision" if calendar.subdivision else "country"
            raise ValidationError({field: _("Les jours fériés de ce territoire ne sont pas connus.")}) from error
    return calendar


def week_intervals(week: Mapping[str, Any]) -> tuple[Intervals, ...]:
    """`WorkCalendar.week` as the domain's seven days. Raises ValueError or TypeError when it is not one."""
    if any(str(day) not in "0123456" for day in week):
        raise ValueError("days of the week are 0 to 6")
    return tuple(intervals_of(week.get(str(day), [])) for day in range(7))


def intervals_of(pairs: Any) -> Intervals:
    """[[540, 720], …] as the domain's intervals."""
    return tuple((int(start), int(end)) for start, end in pairs)


def add_exception(*, actor: Actor, calendar: WorkCalendar, **fields: Any) -> CalendarException:
    """Days that differ: closed without `intervals`, else open at those hours."""
    return create(actor, _checked_exception(cleaned(CalendarException(calendar=calendar, **fields))))


def change_exception(
    *, actor: Actor, exception: CalendarException, values: Mapping[str, Any], version: int | None = None
) -> bool:
    """Change an exception; returns whether anything differed."""
    candidate = _checked_exception(changed(exception, values))
    return update(actor, exception, values_of(candidate, values), version=version)


def delete_exception(*, actor: Actor, exception: CalendarException) -> None:
    """These days are as the week says again."""
    delete(actor, exception)


def restore_exception(*, actor: Actor, exception: CalendarException) -> None:
    """Bring a deleted exception back."""
    restore(actor, exception)


def _checked_exception(exception: CalendarException) -> CalendarException:
    message = _("La fin précède le début : corrigez l’une des deux dates.")
    refuse_disorder(exception.starts_on, exception.ends_on, "ends_on", message)
    try:
        Calendar("", ((),) * 6 + (intervals_of(exception.intervals),))
    except (CalendarError, TypeError, ValueError) as error:
        raise ValidationError(
            {"intervals": _("Les horaires d’un jour se suivent sans se chevaucher, entre 00:00 et 24:00.")}
        ) from error
    return exception
