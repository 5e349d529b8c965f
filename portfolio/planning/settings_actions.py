"""What governs a plan as a whole."""

from datetime import date, datetime, time

from django.db import transaction

from portfolio.people.models import WorkCalendar
from portfolio.planning.models import PlanSettings, Task
from portfolio.planning.scheduling import lock_plan, reschedule
from portfolio.planning.task_rules import refuse_far
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, update


@transaction.atomic
def set_plan_calendar(
    *,
    actor: Actor,
    project: Project,
    calendar: WorkCalendar | None,
    data_date: date | None = None,
    schedule: bool = True,
) -> PlanSettings:
    """Choose the calendar that the plan's dates are counted on; None is the tenant's default."""
    lock_plan(project)
    settings = PlanSettings.everything.filter(project=project).first()
    if settings is None:
        settings = create(actor, PlanSettings(project=project, calendar=calendar, data_date=data_date))
    else:
        update(actor, settings, {"calendar": calendar, "data_date": data_date or settings.data_date})
    if schedule and Task.objects.filter(project=project).exists():
        reschedule(actor=actor, project=project)
    return settings


@transaction.atomic
def change_plan_settings(
    *,
    actor: Actor,
    project: Project,
    calendar: WorkCalendar | None,
    data_date: date | None,
    version: int | None = None,
) -> PlanSettings:
    """Set the plan's calendar (None: the tenant's default) and its data date: from that day on, what is not done is
    planned at the earliest that day; None takes the data date away. Every date of the plan is computed again."""
    lock_plan(project)
    moment = None if data_date is None else datetime.combine(data_date, time())
    refuse_far(moment, moment, project, "data_date", "data_date")
    settings = PlanSettings.objects.filter(project=project).first()
    if settings is None:
        return set_plan_calendar(actor=actor, project=project, calendar=calendar, data_date=data_date)
    values = {"calendar": calendar, "data_date": data_date}
    if update(actor, settings, values, version=version) and Task.objects.filter(project=project).exists():
        reschedule(actor=actor, project=project)
    return settings
