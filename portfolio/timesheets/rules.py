"""What time may be typed where, and the sentence that says why not."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.people.models import Person
from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.projects.models import Project, ProjectMember
from portfolio.timesheets.domain import MOST_MINUTES, MOST_REMAINING, TimeError, Unit, parse_minutes
from portfolio.timesheets.models import PeriodLock, ProjectTimeSettings, SheetState, TimeEntry, Timesheet
from tech4value.figures import formats

YEARS = (2000, 2100)


def language() -> str:
    """Of the page, or of the program that asks."""
    return get_language() or "fr"


def typed_minutes(text: str, unit: Unit, day_minutes: int, *, remaining: bool = False) -> int:
    """The minutes of a cell, or of what is left to do. Raises ValidationError with what to type instead."""
    field = "remaining" if remaining else "minutes"
    try:
        return parse_minutes(text, unit, day_minutes, MOST_REMAINING if remaining else MOST_MINUTES)
    except TimeError as error:
        if error.code == "too_long":
            sentence = (
                _("Ce reste à faire est trop long : vérifiez l’unité (h pour heures, j pour jours).")
                if remaining
                else _("Une journée a 24 heures : vérifiez la saisie et son unité (h pour heures, j pour jours).")
            )
        else:
            sentence = _("« %(text)s » n’est pas un temps. Saisissez par exemple 3,5 ou 3h30 ou 0,5j.") % {
                "text": text[:20]
            }
        raise ValidationError({field: sentence}) from error


def refuse_year(week: date) -> None:
    """Raise ValidationError for a week that is a typing error."""
    if not YEARS[0] <= week.year <= YEARS[1]:
        raise ValidationError({"week": _("Choisissez une semaine entre 2000 et 2100.")})


def refuse_state(sheet: Timesheet) -> None:
    """Raise ValidationError unless the week may be typed in."""
    day = formats.date_short(sheet.week, language())
    if sheet.state == SheetState.APPROVED:
        raise ValidationError(
            _(
                "La semaine du %(day)s est approuvée : elle ne change plus. Demandez à votre responsable de vous la "
                "renvoyer."
            )
            % {"day": day},
            code="approved",
        )
    if sheet.state == SheetState.SUBMITTED:
        raise ValidationError(
            _("La semaine du %(day)s est soumise : reprenez-la avant de la modifier.") % {"day": day},
            code="submitted",
        )


def locked_months(days: Iterable[date]) -> set[date]:
    """The closed months among those of `days`; one statement."""
    months = {day.replace(day=1) for day in days}
    return set(PeriodLock.objects.filter(month__in=months).values_list("month", flat=True))


def refuse_day(person: Person, day: date, locked: set[date]) -> None:
    """Raise ValidationError for a day in a closed month, before the person's arrival or after their departure."""
    if day.replace(day=1) in locked:
        raise ValidationError(
            {
                "minutes": _(
                    "Le mois de %(month)s est clôturé : plus aucun temps n’y change. Demandez au PMO de le rouvrir."
                )
                % {"month": formats.month(day, language())}
            },
            code="locked",
        )
    if person.joined_on is not None and day < person.joined_on:
        raise ValidationError(
            {
                "minutes": _("%(person)s travaille ici depuis le %(day)s : aucun temps ne se saisit avant.")
                % {"person": person.name, "day": formats.date_short(person.joined_on, language())}
            }
        )
    if person.left_on is not None and day > person.left_on:
        raise ValidationError(
            {
                "minutes": _("%(person)s n’est plus là depuis le %(day)s : aucun temps ne se saisit après.")
                % {"person": person.name, "day": formats.date_short(person.left_on, language())}
            }
        )


def refuse_long_days(sheet: Timesheet, days: Iterable[date]) -> None:
    """Raise ValidationError when a day of the sheet holds more than 24 hours; one statement."""
    totals = minutes_by_day(sheet)
    for day in sorted(set(days)):
        if totals.get(day, 0) > MOST_MINUTES:
            raise ValidationError(
                {
                    "minutes": _("Le %(day)s compterait %(hours)s heures : une journée en a 24 au plus.")
                    % {
                        "day": formats.date_short(day, language()),
                        "hours": formats.quantity(totals[day] / 60, language()),
                    }
                }
            )


def minutes_by_day(sheet: Timesheet) -> dict[date, int]:
    """The whole time of each day of a week."""
    found: dict[date, int] = {}
    rows = TimeEntry.objects.filter(line__timesheet=sheet, line__deleted_at=None).values_list("day", "minutes")
    for day, minutes in rows:
        found[day] = found.get(day, 0) + minutes
    return found


def refuse_subject(person: Person, project: Project, task: Task | None) -> None:
    """Raise ValidationError unless the person may enter time on the task, or on the project as a whole."""
    if project.deleted_at is not None or (task is not None and task.deleted_at is not None):
        raise ValidationError(
            _("« %(name)s » est dans la corbeille : aucun temps ne s’y saisit plus.")
            % {"name": task.name if task is not None and project.deleted_at is None else project.name}
        )
    if project.read_only:
        raise ValidationError(
            _("« %(name)s » est en lecture seule : aucun temps ne s’y saisit.") % {"name": project.name}
        )
    if task is not None and task.kind != TaskKind.TASK:
        raise ValidationError(
            _("« %(task)s » est un récapitulatif ou un jalon : saisissez le temps sur une tâche.")
            % {"task": task.name}
        )
    if ProjectTimeSettings.objects.filter(project=project, open_to_all=True).exists():
        return
    if task is not None:
        if not Assignment.objects.filter(task=task, person=person).exists():
            raise ValidationError(
                _(
                    "« %(task)s » n’est pas une tâche de %(person)s. Demandez une affectation au chef de projet, ou "
                    "l’ouverture du projet à la saisie de tous."
                )
                % {"person": person.name, "task": task.name}
            )
    elif not is_on(person, project):
        raise ValidationError(
            _(
                "%(person)s n’est pas dans l’équipe de « %(project)s ». Demandez une place au chef de projet, ou "
                "l’ouverture du projet à la saisie de tous."
            )
            % {"person": person.name, "project": project.name}
        )


def is_on(person: Person, project: Project) -> bool:
    """Whether the person leads, sponsors, belongs to or is assigned in a project."""
    if person.pk in (project.manager_id, project.sponsor_id):
        return True
    if ProjectMember.objects.filter(project=project, person=person).exists():
        return True
    found: bool = Assignment.objects.filter(project=project, person=person, task__deleted_at=None).exists()
    return found


def long_day_warning(day: date, minutes: int, capacity: int, absence: str) -> str:
    """What is unusual in a day, allowed all the same; empty for nothing."""
    if minutes and absence:
        return _("Le %(day)s est un jour d’absence (%(kind)s).") % {
            "day": formats.date_short(day, language()),
            "kind": absence,
        }
    if minutes <= capacity:
        return ""
    if not capacity:
        return _("Le %(day)s n’est pas un jour travaillé de votre calendrier.") % {
            "day": formats.date_short(day, language())
        }
    return _("Le %(day)s compte %(hours)s heures, au-delà des %(limit)s de votre calendrier.") % {
        "day": formats.date_short(day, language()),
        "hours": formats.quantity(minutes / 60, language()),
        "limit": formats.quantity(capacity / 60, language()),
    }


def refuse_locked_time(sheets: Sequence[Timesheet]) -> None:
    """Raise ValidationError when an approved week with time in a closed month would open again."""
    months = set(PeriodLock.objects.values_list("month", flat=True))
    rows = TimeEntry.objects.filter(line__timesheet__in=sheets, line__deleted_at=None, minutes__gt=0)
    for day in rows.values_list("day", flat=True):
        if day.replace(day=1) in months:
            raise ValidationError(
                _("Le mois de %(month)s est clôturé : rouvrez-le avant de renvoyer une semaine approuvée.")
                % {"month": formats.month(day, language())}
            )
