"""Months that are closed, and how the organisation keeps time."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, values_of
from portfolio.projects.models import Project
from portfolio.timesheets.actuals import feed_everything
from portfolio.timesheets.models import PeriodLock, ProjectTimeSettings, TimeSettings
from portfolio.timesheets.rules import YEARS, language
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, restore, update
from tech4value.figures import formats


@transaction.atomic
def lock_month(*, actor: Actor, month: date) -> PeriodLock:
    """Close a month (any day of it): no time is entered or changed there any more."""
    month = month.replace(day=1)
    if not YEARS[0] <= month.year <= YEARS[1]:
        raise ValidationError({"month": _("Choisissez un mois entre 2000 et 2100.")})
    if PeriodLock.objects.filter(month=month).exists():
        raise ValidationError(
            {"month": _("Le mois de %(month)s est déjà clôturé.") % {"month": formats.month(month, language())}}
        )
    return create(actor, PeriodLock(month=month))


@transaction.atomic
def unlock_month(*, actor: Actor, lock: PeriodLock) -> None:
    """Open a month again."""
    delete(actor, lock)


@transaction.atomic
def restore_lock(*, actor: Actor, lock: PeriodLock) -> None:
    """Undo of `unlock_month`."""
    if PeriodLock.objects.filter(month=lock.month).exists():
        raise ValidationError(
            _("Le mois de %(month)s est déjà clôturé.") % {"month": formats.month(lock.month, language())}
        )
    restore(actor, lock)


@transaction.atomic
def change_time_settings(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> TimeSettings:
    """Change how time is kept; `staff_costs_from` is any day of its month. Plans follow when other time counts."""
    values = dict(values)
    if values.get("staff_costs_from"):
        values["staff_costs_from"] = values["staff_costs_from"].replace(day=1)
    row = TimeSettings.objects.select_for_update().first()
    if row is None:
        row = create(actor, cleaned(TimeSettings(**values)))
        differs = row.feed != TimeSettings().feed
    else:
        before = row.feed
        update(actor, row, values_of(changed(row, values), values), version=version)
        differs = row.feed != before
    if differs:
        feed_everything(actor)
    return row


@transaction.atomic
def open_project(*, actor: Actor, project: Project, open_to_all: bool, version: int | None = None) -> None:
    """Say whether people who are not on a project may enter time there."""
    row = ProjectTimeSettings.everything.filter(project=project).first()
    if row is None:
        create(actor, ProjectTimeSettings(project=project, open_to_all=open_to_all))
    else:
        update(actor, row, {"open_to_all": open_to_all}, version=version)
