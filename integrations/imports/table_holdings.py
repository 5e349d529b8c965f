"""What a plan holds, by the names that a table gives it: tasks and who is on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from integrations.imports.domain.values import fold
from integrations.imports.holdings import identity
from portfolio.planning.models import Assignment, Task


@dataclass
class PlanHoldings:
    """Tasks by project and folded name, or by project and WBS code; their assignments by task."""

    named: dict[tuple[UUID, str], list[Task]] = field(default_factory=dict)
    coded: dict[tuple[UUID, str], Task] = field(default_factory=dict)
    assignments: dict[UUID, dict[str, Assignment]] = field(default_factory=dict)
    loaded: set[UUID] = field(default_factory=set)

    def load(self, projects: Iterable[UUID]) -> None:
        """Read the plans that have not been read yet; two statements."""
        wanted = set(projects) - self.loaded
        if not wanted:
            return
        self.loaded |= wanted
        for task in Task.objects.filter(project__in=wanted).order_by("position"):
            self.add(task)
        for row in Assignment.objects.filter(project__in=wanted).select_related("person"):
            self.assignments.setdefault(row.task_id, {})[identity(row.person) or ""] = row

    def add(self, task: Task) -> None:
        """Make a task known."""
        self.named.setdefault((task.project_id, fold(task.name)), []).append(task)
        if task.wbs:
            self.coded[task.project_id, task.wbs] = task

    def find(self, project: UUID, text: str) -> list[Task]:
        """The tasks that a text names: by their WBS code, else by their name."""
        task = self.coded.get((project, text.strip()))
        return [task] if task is not None else self.named.get((project, fold(text)), [])
