"""The critical path of the portfolio as people read it: the chain in words, and how each project stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from portfolio.planning.domain.durations import in_days
from portfolio.planning.models import Task
from portfolio.planning.outside import seen_by, told
from portfolio.planning.portfolio_path import PortfolioPath, ProjectSlack
from portfolio.planning.why import Telling, WhyStep
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership

USUAL_DAY = 420


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One task of the chain, with its float in days (None for a task that may not be seen)."""

    step: WhyStep
    float_days: float | None

    @property
    def is_critical(self) -> bool:
        return self.float_days is not None and self.float_days <= 0


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A project: when it ends, and how much it may slip, in days (None: it does not lead there)."""

    project: Project
    standing: ProjectSlack

    @property
    def slack_days(self) -> float | None:
        found = self.standing
        return None if found.slack is None else in_days(found.slack, found.day)


def chain_lines(path: PortfolioPath, member: Membership) -> list[ChainLine]:
    """The chain from what moves by itself to the end. Two statements."""
    keys = {one.task for one in path.steps} | {one.through for one in path.steps if one.through}
    keys |= {one.dependency.predecessor for one in path.steps if one.dependency is not None}
    keys |= {one.dependency.successor for one in path.steps if one.dependency is not None}
    tasks = {str(row.pk): row for row in Task.everything.filter(pk__in=keys).select_related("project")}
    seen = seen_by(member, {row.project_id for row in tasks.values()})
    lines = []
    for one in reversed(path.steps):
        task = tasks.get(one.task)
        if task is None:  # purged since a large portfolio was computed
            continue
        day = path.by_project[task.project_id].day if task.project_id in path.by_project else USUAL_DAY
        telling = Telling(task.project, day, tasks, _names(tasks.values(), task.project, seen))
        if task.project_id not in seen:
            lines.append(ChainLine(telling.hidden(task), None))
        elif one.dependency is None or {one.dependency.predecessor, one.dependency.successor} <= tasks.keys():
            minutes = path.floats.get(one.task)
            lines.append(ChainLine(telling.step(one), None if minutes is None else in_days(minutes, day)))
    return lines


def _names(tasks: Iterable[Task], project: Project, seen: set[UUID]) -> dict[UUID, str]:
    return {task.pk: task.name if task.project_id == project.pk else told(task, task.project, seen) for task in tasks}


def standings(path: PortfolioPath, member: Membership) -> list[StandingLine]:
    """The projects, those that may slip least first. One statement."""
    projects = Project.objects.in_bulk(list(path.by_project))
    shown = seen_by(member, path.by_project) & set(projects)
    lines = [StandingLine(projects[key], one) for key, one in path.by_project.items() if key in shown]
    return sorted(
        lines, key=lambda line: (line.standing.slack is None, line.slack_days or 0.0, line.project.sort_name)
    )
