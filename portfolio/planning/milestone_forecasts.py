"""When the milestones of projects are forecast, as their plans say: for what draws them and for what watches them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Max

from portfolio.planning.models import Task


def ends_by_milestone(project_ids: Collection[UUID]) -> dict[UUID, date]:
    """When the last of the unfinished tasks that stand for a milestone ends, for each that has any. One statement."""
    rows = Task.objects.filter(project__in=project_ids, milestone__isnull=False, percent_complete__lt=1)
    ends = rows.order_by().values_list("milestone_id").annotate(Max("ends_at"))
    return {milestone: end.date() for milestone, end in ends}


def forecast(due_on: date, end: date | None) -> date:
    """The due date of a milestone that is not met, or the `end` of the tasks that stand for it when that is later."""
    return due_on if end is None else max(due_on, end)
