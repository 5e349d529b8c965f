"""Loops of tasks that go through several projects: refused, with their path, before anything is written."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portfolio.planning.domain.network import find_loop
from portfolio.planning.models import Dependency, DependencyKind, Task
from portfolio.planning.outside import member_of, seen_by, told
from portfolio.planning.project_graph import edges, knot, links_across
from portfolio.projects.models import Project
from tech4value.audit.actor import Actor

# A link to the end of a summary is left out by the engine: it holds nothing.
INTO_END = {DependencyKind.FF, DependencyKind.SF}


def refuse_loop_across(*, actor: Actor, project: Project, added: Dependency | None = None) -> None:
    """Raise ValidationError when tasks of `project` wait for one another through other projects, once `added` is
    there. Its path names each task with its project's code, as far as the actor may see them.

    Only the projects that both wait for `project` and are waited for by it are read: none, ordinarily.
    """
    among = set(edges())
    if added is not None and added.predecessor_project_id is not None:
        among.add((added.predecessor_project_id, added.project_id))
    keys = knot(project.pk, among)
    if len(keys) < 2:
        return
    tasks = list(Task.objects.filter(project__in=keys).values_list("pk", "parent_id"))
    held = {parent for _key, parent in tasks if parent is not None}
    links = set(Dependency.objects.filter(project__in=keys, predecessor_project=None).values_list(*_LINK))
    links |= set(links_across().filter(project__in=keys, predecessor_project__in=keys).values_list(*_LINK))
    if added is not None:
        links.add((added.predecessor_id, added.successor_id, added.kind))
    live = {key for key, _parent in tasks}
    path = find_loop(
        {str(key): str(parent) if parent else None for key, parent in tasks},
        [
            (str(one), str(other))
            for one, other, kind in sorted(links)
            if one in live and other in live and not (kind in INTO_END and other in held)
        ],
    )
    if path:
        raise ValidationError(_sentence(actor, project, path), code="loop")


_LINK = ("predecessor_id", "successor_id", "kind")


def _sentence(actor: Actor, project: Project, path: tuple[str, ...]) -> str:
    rows = {str(row.pk): row for row in Task.objects.filter(pk__in=set(path)).select_related("project")}
    seen = seen_by(member_of(actor), {row.project_id for row in rows.values()}) | {project.pk}
    words = " → ".join(_("« %(text)s »") % {"text": told(rows[key], rows[key].project, seen)} for key in path)
    return _(
        "Ces tâches s’attendent les unes les autres, d’un projet à l’autre : %(path)s. Retirez l’un de ces liens."
    ) % {"path": words}
