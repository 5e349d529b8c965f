"""What the last simulation of a project found, with the names of its tasks and risks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portfolio.planning.models import Task
from portfolio.projects.models import Milestone
from portfolio.risks.models import Risk
from portfolio.simulation.models import ProjectForecast


@dataclass(frozen=True, slots=True)
class MilestoneForecast:
    """A milestone of the plan: what was promised, what is planned, and with what certainty. `held` is the share of
    runs (0-1) that are done by the planned date."""

    task_id: UUID
    name: str
    promised_on: date | None
    planned_at: datetime
    held: float
    p10: datetime
    p50: datetime
    p80: datetime
    p90: datetime

    @property
    def days_late(self) -> int:
        """Calendar days from the promise to P80; zero when it is held or nothing was promised."""
        return 0 if self.promised_on is None else max((self.p80.date() - self.promised_on).days, 0)


@dataclass(frozen=True, slots=True)
class DriverRow:
    """What moves the end, as `domain.outcome.Driver`, with its name."""

    key: UUID
    name: str
    is_risk: bool
    correlation: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CriticalTask:
    """A task and the share of runs (0-1) in which it is critical."""

    task_id: UUID
    wbs: str
    name: str
    share: float


@dataclass(frozen=True)
class Forecast:
    """A result, read back. `curve` has the date of each percent from 1 to 99; `critical` the tasks that ever are."""

    row: ProjectForecast
    curve: tuple[datetime, ...]
    milestones: tuple[MilestoneForecast, ...]
    drivers: tuple[DriverRow, ...]
    critical: tuple[CriticalTask, ...]

    def share_by(self, day: date) -> float:
        """Share of runs done on that day, to a percent."""
        return sum(1 for moment in self.curve if moment.date() <= day) / 100


def read(row: ProjectForecast) -> Forecast:
    """The result in `row`, without what was deleted since. Three statements. `row` must have a result."""
    data = row.data
    tasks = {str(task.pk): task for task in Task.objects.filter(project=row.project_id).order_by("position")}
    promises = {
        key: promised or due
        for key, promised, due in Milestone.objects.filter(project=row.project_id)
        .order_by()
        .values_list("pk", "baseline_on", "due_on")
    }
    risks = {str(key): f"{ref} {title}" for key, ref, title in _risks(row)}
    milestones = []
    for key, task in tasks.items():
        found = data["milestones"].get(key)
        if found is not None:
            planned, held, *dates = found
            moments = [datetime.fromisoformat(text) for text in dates]
            promised = promises.get(task.milestone_id) if task.milestone_id else None
            promised = promised or (task.deadline_at.date() if task.deadline_at else None)
            milestones.append(
                MilestoneForecast(task.pk, task.name, promised, datetime.fromisoformat(planned), held, *moments)
            )
    drivers = []
    for key, is_risk, correlation, low, high in data["drivers"]:
        name = risks.get(key) if is_risk else (tasks[key].name if key in tasks else None)
        if name is not None:
            drivers.append(DriverRow(UUID(key), name, is_risk, correlation, low, high))
    drivers.sort(key=lambda one: -abs(one.high - one.low))
    parents = {task.parent_id for task in tasks.values()}
    critical = [
        CriticalTask(task.pk, task.wbs, task.name, data["criticality"][key])
        for key, task in tasks.items()
        if task.pk not in parents and key in data["criticality"]
    ]
    critical.sort(key=lambda one: -one.share)
    return Forecast(
        row,
        tuple(datetime.fromisoformat(text) for text in data["end"]),
        tuple(milestones),
        tuple(drivers),
        tuple(critical),
    )


def _risks(row: ProjectForecast) -> list[tuple[UUID, str, str]]:
    return list(Risk.objects.filter(project=row.project_id).order_by().values_list("pk", "reference", "title"))


def p80_dates(project_ids: Sequence[UUID]) -> dict[UUID, date]:
    """P80 of the end of each project that was simulated. One statement."""
    rows = ProjectForecast.objects.filter(project__in=project_ids, p80_at__isnull=False).order_by()
    return {key: moment.date() for key, moment in rows.values_list("project_id", "p80_at")}
