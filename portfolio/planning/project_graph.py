"""Which projects wait for which: what their plans' links say, project by project."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from portfolio.planning.models import Dependency
from portfolio.projects.models import Project

Edges = Collection[tuple[UUID, UUID]]
"""(the project that is waited for, the project that waits)"""


def awake() -> Q:
    """Links whose predecessor is in no bin: those of another project's tasks outlast them there."""
    within = Q(predecessor_project=None)
    return within | Q(predecessor__deleted_at=None, predecessor_project__deleted_at=None)


def links_across() -> QuerySet[Dependency]:
    """The links between live tasks of different live projects."""
    rows: QuerySet[Dependency] = Dependency.objects.filter(
        predecessor_project__isnull=False,
        predecessor_project__deleted_at=None,
        predecessor__deleted_at=None,
        project__deleted_at=None,
    )
    return rows


def edges() -> Edges:
    """Who waits for whom in the whole organisation. One statement, on an index of these links alone."""
    rows = links_across().order_by().values_list("predecessor_project_id", "project_id").distinct()
    return set(rows)


def downstream(projects: Iterable[UUID], among: Edges) -> set[UUID]:
    """`projects` and all those that wait for them, directly or not."""
    after: dict[UUID, list[UUID]] = {}
    for one, other in among:
        after.setdefault(one, []).append(other)
    found = set(projects)
    waiting = list(found)
    while waiting:
        for other in after.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def knot(project: UUID, among: Edges) -> set[UUID]:
    """The projects that wait for `project` and that it waits for: a loop of tasks can only be within these."""
    back = [(other, one) for one, other in among]
    return downstream([project], among) & downstream([project], back)


def ranks(projects: Iterable[UUID], among: Edges) -> dict[UUID, int]:
    """An order in which each project comes after those that it waits for, wherever there is one."""
    after: dict[UUID, list[UUID]] = {}
    for one, other in sorted(among):
        after.setdefault(one, []).append(other)
    left: dict[UUID, int] = {}
    for root in sorted(projects):
        trail = [(root, iter(after.get(root, ())))]
        open_ = {root}
        while trail:
            node, rest = trail[-1]
            following = next((one for one in rest if one not in left and one not in open_), None)
            if following is not None:
                open_.add(following)
                trail.append((following, iter(after.get(following, ()))))
            else:
                trail.pop()
                left.setdefault(node, -len(left))
    return left


def lock_downstream(projects: Iterable[UUID], also: Iterable[UUID] = ()) -> None:
    """Lock projects, those that wait for them and the projects of `also`, always in one order: what one plan's writer
    moves, no other writer is moving, and two of them never wait for one another."""
    keys = downstream(projects, edges()) | set(also)
    rows = Project.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(rows.values_list("pk"))
