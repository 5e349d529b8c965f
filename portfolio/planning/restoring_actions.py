"""Links and assignments that come back from the bin, each by itself; those of a deleted task come back with it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.planning.assignment_actions import sum_work
from portfolio.planning.link_actions import with_link
from portfolio.planning.models import Assignment, Dependency, TaskKind
from portfolio.planning.outside import member_of, seen_by, told
from portfolio.planning.scheduling import compute, load_plan, lock_plan, reschedule
from tech4value.audit.actor import Actor
from tech4value.audit.writing import restore


@transaction.atomic
def restore_link(*, actor: Actor, link: Dependency) -> None:
    """Bring a deleted link back; the plan is dated again.

    Raises ValidationError when one of its tasks has gone, when they have been linked again since, or for a loop.
    """
    lock_plan(link.project, also=[link.predecessor_project_id] if link.predecessor_project_id else [])
    link = Dependency.everything.select_related(
        "project", "predecessor__project", "predecessor_project", "successor"
    ).get(pk=link.pk)
    ends = {"one": link.predecessor.name, "other": link.successor.name}
    if link.predecessor_project is not None:  # its name is for those who may see its plan
        seen = seen_by(member_of(actor), [link.predecessor_project.pk])
        ends["one"] = told(link.predecessor, link.predecessor_project, seen)
    if link.predecessor.deleted_at is not None or link.successor.deleted_at is not None:
        raise ValidationError(
            _("Une tâche du lien de « %(one)s » à « %(other)s » est supprimée : rétablissez-la d’abord.") % ends
        )
    if link.predecessor_project is not None and link.predecessor_project.deleted_at is not None:
        raise ValidationError(_("Le projet de « %(one)s » est dans la corbeille : rétablissez-le d’abord.") % ends)
    if Dependency.objects.filter(predecessor=link.predecessor_id, successor=link.successor_id).exists():
        raise ValidationError(_("« %(one)s » et « %(other)s » sont déjà liées : modifiez leur lien.") % ends)
    plan = load_plan(link.project)
    with_link(actor, plan, link)
    compute(plan)
    restore(actor, link)
    reschedule(actor=actor, project=link.project, plan=plan)


@transaction.atomic
def restore_assignment(*, actor: Actor, assignment: Assignment) -> None:
    """Put a person back on a task, with the work that they had.

    Raises ValidationError when the task or the person has gone, or when the person is on the task again.
    """
    lock_plan(assignment.project)
    task, person = assignment.task, assignment.person
    ends = {"person": person.name, "task": task.name}
    if task.deleted_at is not None:
        raise ValidationError(_("« %(task)s » est supprimée : rétablissez-la d’abord.") % ends)
    if person.deleted_at is not None:
        raise ValidationError(_("%(person)s est dans la corbeille : rétablissez cette personne d’abord.") % ends)
    if task.kind == TaskKind.MILESTONE:
        raise ValidationError(_("« %(task)s » est un jalon : personne n’y travaille.") % ends)
    if Assignment.objects.filter(task=task, person=person).exists():
        raise ValidationError(_("%(person)s est déjà sur « %(task)s » : modifiez son affectation.") % ends)
    restore(actor, assignment)
    sum_work(actor, task)
