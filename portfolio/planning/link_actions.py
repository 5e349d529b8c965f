"""Links between the tasks of a plan, and from tasks of other projects. A loop is refused with its path, before
anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portfolio.people.validation import changed, cleaned, values_of
from portfolio.planning.loops import refuse_loop_across
from portfolio.planning.models import Dependency, DependencyKind, LagUnit, Task
from portfolio.planning.scheduling import Plan, compute, load_plan, lock_plan, reschedule
from tech4value.audit.actor import Actor
from tech4value.audit.writing import create, delete, update

# Ten years of calendar time: a longer lag is a typing error.
LONGEST_LAG = 10 * 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class Link:
    """A predecessor that a task is to have."""

    predecessor: Task
    kind: str = DependencyKind.FS
    lag: int = 0
    lag_unit: str = LagUnit.WORKING


@transaction.atomic
def link_tasks(
    *,
    actor: Actor,
    predecessor: Task,
    successor: Task,
    kind: str = DependencyKind.FS,
    lag: int = 0,
    lag_unit: str = LagUnit.WORKING,
    schedule: bool = True,
) -> Dependency:
    """Make `successor` wait for `predecessor`. `lag` is signed: minutes, or hundredths of a percent.

    The predecessor may be a task of another project: the caller has seen to it that the actor may change the
    successor's plan and see the predecessor's. Raises ValidationError for a second link between the same tasks, or a
    loop (its path is in the sentence; with `schedule=False` the caller's `reschedule` finds it).
    """
    project = successor.project
    across = predecessor.project_id != successor.project_id
    lock_plan(project, also=[predecessor.project_id])
    if across:  # its dates may have moved until now
        predecessor = _still_there(predecessor)
    if predecessor.pk == successor.pk:
        raise ValidationError({"predecessor": _("Une tâche ne peut pas s’attendre elle-même.")})
    if Dependency.objects.filter(predecessor=predecessor, successor=successor).exists():
        raise ValidationError(
            {
                "predecessor": _("« %(one)s » et « %(other)s » sont déjà liées : modifiez leur lien.")
                % {"one": predecessor.name, "other": successor.name}
            }
        )
    row = _checked(
        Dependency(
            project=project,
            predecessor_project=predecessor.project if across else None,
            predecessor=predecessor,
            successor=successor,
            kind=kind,
            lag=lag,
            lag_unit=lag_unit,
        )
    )
    if not schedule:
        return create(actor, row)
    plan = load_plan(project)
    with_link(actor, plan, row)
    compute(plan)
    create(actor, row)
    reschedule(actor=actor, project=project, plan=plan)
    return row


@transaction.atomic
def change_link(
    *,
    actor: Actor,
    link: Dependency,
    values: Mapping[str, Any],
    version: int | None = None,
    schedule: bool = True,
) -> bool:
    """Change the type or the lag of a link."""
    lock_plan(link.project)
    candidate = _checked(
        changed(link, {name: values[name] for name in ("kind", "lag", "lag_unit") if name in values})
    )
    names = {name: value for name, value in values.items() if name in {"kind", "lag", "lag_unit"}}
    if not schedule:
        return update(actor, link, values_of(candidate, names), version=version)
    plan = load_plan(link.project)
    plan.links = [candidate if one.pk == link.pk else one for one in plan.links]
    plan.outside = [candidate if one.pk == link.pk else one for one in plan.outside]
    compute(plan)
    differs = update(actor, link, values_of(candidate, names), version=version)
    if differs:
        reschedule(actor=actor, project=link.project, plan=plan)
    return differs


@transaction.atomic
def unlink(*, actor: Actor, link: Dependency, schedule: bool = True) -> None:
    """Remove a link."""
    lock_plan(link.project)
    delete(actor, link)
    if schedule:
        reschedule(actor=actor, project=link.project)


@transaction.atomic
def set_predecessors(*, actor: Actor, task: Task, links: Sequence[Link], schedule: bool = True) -> None:
    """Leave exactly these predecessors to the task."""
    current = {row.predecessor_id: row for row in Dependency.objects.filter(successor=task).select_related("project")}
    wanted = {link.predecessor.pk for link in links}
    for predecessor_id, row in current.items():
        if predecessor_id not in wanted:
            unlink(actor=actor, link=row, schedule=False)
    for link in links:
        known = current.get(link.predecessor.pk)
        values: dict[str, Any] = {"kind": link.kind, "lag": link.lag, "lag_unit": link.lag_unit}
        if known is None:
            link_tasks(actor=actor, predecessor=link.predecessor, successor=task, schedule=False, **values)
        else:
            change_link(actor=actor, link=known, values=values, schedule=False)
    if schedule:
        reschedule(actor=actor, project=task.project)


def _still_there(task: Task) -> Task:
    """The task as it is now that its plan is locked. Raises ValidationError when it has gone."""
    found: Task | None = Task.objects.select_related("project").filter(pk=task.pk).first()
    if found is None:
        raise ValidationError(
            {"predecessor": _("Cette tâche vient d’être supprimée : choisissez un autre prédécesseur.")}
        )
    return found


def with_link(actor: Actor, plan: Plan, link: Dependency) -> None:
    """Put in `plan` a link that is not written yet. Raises ValidationError for a loop through other projects."""
    if link.predecessor_project_id is None:
        plan.links.append(link)
    else:
        refuse_loop_across(actor=actor, project=plan.project, added=link)
        plan.outside.append(link)


def _checked(link: Dependency) -> Dependency:
    cleaned(link)
    longest = 100_000 if link.lag_unit == LagUnit.PERCENT else LONGEST_LAG
    if abs(link.lag) > longest:
        raise ValidationError({"lag": _("Ce décalage est trop grand : dix ans, ou 1 000 % de la durée, au plus.")})
    return link
