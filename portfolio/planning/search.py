"""What the search finds of this room: the tasks."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.planning.models import Task
from portfolio.projects.search import CODE
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Searchable, register
from tech4value.search.words import Words


def task_words(task: Task) -> Words:
    """By name, by the code of its project and by its place in the plan (`1.2.3`, which is one word)."""
    return Words(title=task.name, detail=" · ".join(part for part in (task.project.code, task.wbs) if part))


def task_address(key: UUID, project: UUID | None) -> str:
    return f"{reverse('planning:project', args=[project])}?task={key}"


def register_searchables() -> None:
    register(
        Searchable(
            kind="task",
            label=_("Tâche"),
            plural=_("Tâches"),
            icon="list-bullet",
            model=Task,
            permission=Permission.PLAN_VIEW,
            # The milestone that a task stands for is found by itself.
            rows=lambda: Task.objects.filter(project__deleted_at=None, milestone=None).select_related("project"),
            words=task_words,
            address=task_address,
            fields=frozenset({"name", "wbs", "project", "milestone"}),
            project="project_id",
            related=(CODE,),
            weight=60,
        )
    )
