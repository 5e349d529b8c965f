"""What of plans can be brought back from the bin: tasks with all that was under them, links, assignments,
and baselines."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.planning import actions
from portfolio.planning.models import Assignment, Baseline, Dependency, Task
from portfolio.planning.project_graph import awake
from portfolio.planning.restoring_actions import restore_assignment, restore_link
from portfolio.projects.bin import deleted_in_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent
from tech4value.web.bin import BinKind, register_kind


def _deleted_tasks(member: Membership) -> QuerySet[Any]:
    """The tasks that were deleted themselves, not those that went with their summary; nor those of an import, which
    is undone as a whole where imports are."""
    rows: QuerySet[Any] = deleted_in_projects(Task, Permission.PLAN_EDIT)(member)
    with_parent = Task.everything.filter(pk=OuterRef("parent"), deleted_at=OuterRef("deleted_at"))
    return rows.exclude(Exists(with_parent))


def _restore_task(actor: Actor, row: Task) -> None:
    event = AuditEvent.objects.filter(object_id=row.pk, verb="task.deleted").order_by("-id").first()
    refusal = ValidationError(
        _(
            "« %(task)s » a été supprimée par un import ou un lot : annulez celui-ci pour la retrouver, "
            "ou créez-la de nouveau."
        )
        % {"task": row.name}
    )
    if event is None or event.batch_id is None:
        raise refusal
    try:
        actions.undo_deletion(actor=actor, project=row.project, batch=event.batch_id)
    except LookupError as error:
        raise refusal from error


def _restore_baseline(actor: Actor, row: Baseline) -> None:
    actions.restore_baseline(actor=actor, baseline=row)


def _deleted_links(member: Membership) -> QuerySet[Any]:
    """The links whose tasks are still there, and not linked again since."""
    rows: QuerySet[Any] = deleted_in_projects(Dependency, Permission.PLAN_EDIT)(member)
    again = Dependency.objects.filter(predecessor=OuterRef("predecessor"), successor=OuterRef("successor"))
    live = rows.filter(awake(), predecessor__deleted_at=None, successor__deleted_at=None)
    return live.exclude(Exists(again)).select_related("project", "predecessor", "successor")


def _deleted_assignments(member: Membership) -> QuerySet[Any]:
    """The assignments whose task and person are still there, the person not on the task again since."""
    rows: QuerySet[Any] = deleted_in_projects(Assignment, Permission.PLAN_EDIT)(member)
    again = Assignment.objects.filter(task=OuterRef("task"), person=OuterRef("person"))
    live = rows.filter(task__deleted_at=None, person__deleted_at=None)
    return live.exclude(Exists(again)).select_related("project", "task", "person")


def _restore_link(actor: Actor, row: Dependency) -> None:
    restore_link(actor=actor, link=row)


def _restore_assignment(actor: Actor, row: Assignment) -> None:
    restore_assignment(actor=actor, assignment=row)


def register_kinds() -> None:
    """Called when the room is ready."""
    # Those of the rooms above too: a letter of the matrix, an estimate, an alert are of the task.
    owned = ("assignment", "dependency", "responsibility", "taskestimate", "driftalert")
    register_kind(BinKind(Task, gettext_lazy("Tâches"), _deleted_tasks, _restore_task, 110, owned))
    register_kind(BinKind(Dependency, gettext_lazy("Liens entre tâches"), _deleted_links, _restore_link, 112))
    register_kind(BinKind(Assignment, gettext_lazy("Affectations"), _deleted_assignments, _restore_assignment, 114))
    baselines = deleted_in_projects(Baseline, Permission.PLAN_EDIT)
    register_kind(
        BinKind(Baseline, gettext_lazy("Plans de référence"), baselines, _restore_baseline, 120, ("baselinetask",))
    )
