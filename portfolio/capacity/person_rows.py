"""The rows that explain a person's cell: tasks, time booked beyond them, absences."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.capacity.demand import BookedLoad, demand
from portfolio.capacity.domain.load import Grain
from portfolio.capacity.grid import GridCell
from portfolio.capacity.words import amount, day, period
from portfolio.people.models import Person
from portfolio.people.queries import working_calendars
from tech4value.audit.origins import origins
from tech4value.figures.figure import RowRef
from tech4value.web.formats import days


def rows_of_person(
    person: Person, first: date, grain: Grain, projects: Any, cell: GridCell, day_minutes: int, *, reasons: bool
) -> tuple[tuple[RowRef, ...], Decimal]:
    """What a person does in the period, whose values sum to the cell's, then their absences; and the days of these.

    `reasons`: whether the reader may know why somebody is away.
    """
    language = get_language() or "fr"
    found = demand(person, first, grain, projects)
    known = origins(one.task_id for one in found.tasks)

    def share(minutes: int) -> Decimal | None:
        return Decimal(minutes) / cell.capacity if cell.capacity else None

    rows = [
        RowRef(
            f"{one.project}, {one.task} ({days(Decimal(one.minutes) / day_minutes, language)})",
            share(one.minutes),
            url=reverse("planning:project", args=[one.project_id]),
            source=known.get(one.task_id, ""),
        )
        for one in found.tasks
    ]
    rows += [
        RowRef(
            _booked_words(one, day_minutes, language),
            share(one.beyond),
            url=reverse("capacity:project", args=[one.project_id]),
            source=_("Allocations"),
        )
        for one in found.booked
    ]
    last = grain.last(first)
    calendar = working_calendars([person])[person.pk]
    away = 0
    for absence in found.absences:
        start, end = max(absence.starts_on, first), min(absence.ends_on, last)
        away += calendar.working_days_between(start, end)
        kind = absence.get_kind_display() if reasons else _("Absence")
        words = _("%(kind)s du %(first)s au %(last)s") % {
            "kind": kind,
            "first": day(absence.starts_on),
            "last": day(absence.ends_on),
        }
        rows.append(RowRef(words, None, source=_("Absences")))
    return tuple(rows), Decimal(away)


def _booked_words(one: BookedLoad, day_minutes: int, language: str) -> str:
    said = {
        "project": one.project,
        "amounts": ", ".join(f"{amount(row)} {period(row)}" for row in one.allocations[:3]),
        "beyond": days(Decimal(one.beyond) / day_minutes, language),
        "days": days(Decimal(one.minutes) / day_minutes, language),
    }
    if one.beyond == one.minutes:
        return _("%(project)s, allocation %(amounts)s (%(days)s)") % said
    return _("%(project)s, allocation %(amounts)s : %(days)s, dont %(beyond)s au-delà des tâches") % said
