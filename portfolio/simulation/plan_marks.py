"""P80 on the bars of a plan: of each milestone that was simulated, and of the line that ends the project."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from portfolio.planning.models import Task, TaskKind
from portfolio.planning.overlays import FinishMark
from portfolio.projects.models import Milestone, Project
from portfolio.simulation.figures import short
from portfolio.simulation.models import ProjectForecast

P80_AT: Final = 4  # in the list of a milestone: planned, held, P10, P50, P80, P90


def finish_marks(project: Project) -> list[FinishMark]:
    """Where each milestone to come of `project` ends with four chances out of five, and the project itself, on its
    last task; none before any simulation. Four statements."""
    row = ProjectForecast.objects.filter(project=project, made_at__isnull=False).first()
    if row is None:
        return []
    held = row.data.get("milestones", {})
    tasks = Task.objects.filter(project=project)
    marks = []
    known = list(tasks.filter(pk__in=list(held), percent_complete__lt=1).order_by("position"))
    promises = _promises(project) if known else {}
    for task in known:
        promised = promises.get(task.milestone_id) if task.milestone_id else None
        promised = promised or (task.deadline_at.date() if task.deadline_at else None)
        marks.append(_mark(task.pk, datetime.fromisoformat(held[str(task.pk)][P80_AT]), promised, stale=row.is_stale))
    last = tasks.exclude(kind=TaskKind.SUMMARY).order_by("-ends_at", "-position").values_list("pk", flat=True).first()
    if last is not None and row.p80_at is not None:
        # The end of the project has the project's promise, also where its last task is a milestone.
        marks = [one for one in marks if one.task != last or one.promised is not None]
        if all(one.task != last for one in marks):
            marks.append(_mark(last, row.p80_at, project.ends_on, stale=row.is_stale))
    return marks


def _promises(project: Project) -> dict[UUID, date]:
    rows = Milestone.objects.filter(project=project).order_by().values_list("pk", "baseline_on", "due_on")
    return {key: promised or due for key, promised, due in rows}


def _mark(task: UUID, p80: datetime, promised: date | None, *, stale: bool) -> FinishMark:
    if promised is None:
        words = _("P80 : %(day)s") % {"day": short(p80)}
    else:
        words = _("P80 : %(day)s, promis le %(promised)s") % {"day": short(p80), "promised": short(promised)}
    if stale:
        words = _("%(note)s ; le plan a changé depuis") % {"note": words}
    return FinishMark(task, p80, promised, words)
