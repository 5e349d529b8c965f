"""Tasks of other projects that a plan waits for, as each reader may name them.

Whoever reads a plan reads the dates that it waits for. The name of a task is told to those who may see its plan;
to others it is « Tâche d’un autre projet ».
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from portfolio.planning.models import Dependency, Task
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor, ActorKind


def seen_by(member: Membership | None, projects: Iterable[UUID]) -> set[UUID]:
    """Which of these projects' plans `member` may see. One statement, none without projects."""
    keys = set(projects)
    if member is None or not keys:
        return set()
    visible = Project.objects.visible_to(member, Permission.PLAN_VIEW).filter(pk__in=keys)
    return set(visible.values_list("pk", flat=True))


def member_of(actor: Actor) -> Membership | None:
    """The member that a person acting is; None for programs, whose tokens may see less than who made them."""
    if actor.kind != ActorKind.PERSON or actor.user_id is None:
        return None
    found: Membership | None = Membership.objects.filter(user_id=actor.user_id).first()
    return found


def told(task: Task, project: Project, seen: Collection[UUID]) -> str:
    """A task of another project, as it is named to who sees `seen`."""
    if project.pk not in seen:
        return _("Tâche d’un autre projet")
    return f"{project.code} · {task.name}"


def seen_outside(outside: Iterable[Dependency], member: Membership | None) -> set[UUID]:
    """Which of the projects that these links come from `member` may see."""
    return seen_by(member, (link.predecessor.project_id for link in outside))


def names_of(tasks: Iterable[Task], outside: Sequence[Dependency], member: Membership | None) -> Mapping[UUID, str]:
    """How the tasks of a plan, and those of other projects that it waits for, are named to `member`."""
    seen = seen_outside(outside, member)
    others = {link.predecessor_id: told(link.predecessor, link.predecessor.project, seen) for link in outside}
    return {**others, **{task.pk: task.name for task in tasks}}
