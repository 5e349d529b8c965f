"""Lines of other projects' plans, as people type and read them: `PAIE:12FD+2j`, and as the editor draws them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.planning.domain.network import DependencyType
from portfolio.planning.domain.predecessors import Predecessor, write_predecessor
from portfolio.planning.link_actions import Link
from portfolio.planning.models import Dependency, DependencyKind, Task
from portfolio.planning.outside import seen_by, seen_outside, told
from portfolio.planning.project_graph import links_across
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission

EPOCH: Final = datetime.combine(date(1970, 1, 1), time())  # wall-clock, as the plan's instants are


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task is: the code of its project, and its line there."""

    code: str
    line: int

    def __str__(self) -> str:
        return f"{self.code}:{self.line}"


def places(outside: Sequence[Dependency], member: Membership | None) -> Mapping[Dependency, Place]:
    """The lines that a plan waits for in the projects that `member` may see. Two statements, none without links."""
    seen = seen_outside(outside, member)
    links = [link for link in outside if link.predecessor.project_id in seen]
    if not links:
        return {}
    before = Task.objects.filter(project=OuterRef("project")).filter(
        Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), id__lt=OuterRef("id"))
    )
    counted = before.order_by().values("project").annotate(count=Count("pk")).values("count")
    tasks = Task.objects.filter(pk__in={link.predecessor_id for link in links}).order_by()
    above = dict(tasks.annotate(above=Subquery(counted)).values_list("pk", "above"))
    return {link: Place(link.predecessor.project.code, (above.get(link.predecessor_id) or 0) + 1) for link in links}


def links_of(
    found: Iterable[Predecessor], order: Sequence[Task], project: Project, member: Membership | None
) -> list[Link]:
    """The predecessors that were typed on a line of `project`, whose tasks are `order`. Raises ValidationError for a
    project that `member` may not see, or a line that its plan has not."""
    links = []
    for one in found:
        if one.code.casefold() in ("", project.code.casefold()):
            if not 1 <= one.line <= len(order):
                raise ValidationError(
                    _("Ce plan n’a pas de ligne %(line)s ; il va de 1 à %(lines)s.")
                    % {"line": one.line, "lines": len(order)}
                )
            task = order[one.line - 1]
        else:
            task = line_of(one.code, one.line, member)
        links.append(Link(task, str(one.type), one.lag, one.unit))
    if len({link.predecessor.pk for link in links}) < len(links):
        raise ValidationError(_("Une même ligne est citée deux fois."))
    return links


def line_of(code: str, line: int, member: Membership | None) -> Task:
    """The task of a line of another project that `member` may see. Raises ValidationError in words."""
    visible = Project.objects.none() if member is None else Project.objects.visible_to(member, Permission.PLAN_VIEW)
    project = visible.filter(code__iexact=code).first()
    if project is None:
        raise ValidationError(
            _(
                "Vous ne suivez aucun projet de code « %(code)s » : vérifiez le code, ou choisissez la "
                "tâche dans la fiche de celle qui l’attend."
            )
            % {"code": code}
        )
    tasks = Task.objects.filter(project=project).select_related("project").order_by("position", "id")
    task: Task | None = tasks[line - 1 : line].first() if line > 0 else None
    if task is None:
        raise ValidationError(
            _("« %(place)s » : le plan de %(project)s n’a pas de ligne de ce numéro ; il va de 1 à %(lines)s.")
            % {"place": Place(project.code, line), "project": project.code, "lines": tasks.count()}
        )
    return task


def unnamed(task: Task | None, outside: Sequence[Dependency], member: Membership | None) -> list[Link]:
    """The predecessors of a task that `member` cannot type, not seeing their projects: they stay as they are."""
    if task is None:
        return []
    seen = seen_outside(outside, member)
    return [
        Link(link.predecessor, link.kind, link.lag, link.lag_unit)
        for link in outside
        if link.successor_id == task.pk and link.predecessor.project_id not in seen
    ]


def outside_links(project: Project) -> list[Dependency]:
    """The links into a plan from tasks of other projects, with these. One statement."""
    return list(links_across().filter(project=project).select_related("predecessor__project").order_by("id"))


def with_outside(text: str, project: Project, member: Membership) -> str:
    """`text`, a JSON object that the editor reads, with the tasks of other projects that the plan waits for, as
    `member` may name them: [place to type, name, start, finish, address] by key, in minutes since 1970."""
    links = outside_links(project)
    seen, lines = seen_outside(links, member), places(links, member)
    said: dict[str, list[object]] = {}
    for link in links:
        task = link.predecessor
        visible = task.project_id in seen
        said[str(task.pk)] = [
            str(lines[link]) if visible else "",
            told(task, task.project, seen),
            _minutes(task.starts_at),
            _minutes(task.ends_at),
            f"{reverse('planning:project', args=[task.project_id])}?task={task.pk}" if visible else "",
        ]
    return f'{text[:-1]},"outside":{json.dumps(said, ensure_ascii=False)}}}'


def _minutes(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(minutes=1)


def known_places(task: Task, member: Membership | None) -> dict[str, str]:
    """The places that the links of a task were read with, by the key of the predecessor."""
    rows = links_across().filter(successor=task).select_related("predecessor__project")
    return {str(link.predecessor_id): str(place) for link, place in places(list(rows), member).items()}


# --- in the panel of a task


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """One link to or from another project, as a member reads it: `url` is empty where they may not go."""

    link: Dependency
    name: str
    project: str
    url: str
    kind: str
    starts_at: datetime
    ends_at: datetime


def lines_outside(
    task: Task, member: Membership, *, day: int, french: bool
) -> tuple[list[OutsideLine], list[OutsideLine]]:
    """What `task` waits for in other projects, and what waits for it there. Three statements at most."""
    before = list(links_across().filter(successor=task).select_related("predecessor__project"))
    after = list(links_across().filter(predecessor=task).select_related("successor__project"))
    others = {row.predecessor.project_id for row in before} | {row.successor.project_id for row in after}
    seen = seen_by(member, others)
    return (
        [_line(row, row.predecessor, seen, day, french) for row in before],
        [_line(row, row.successor, seen, day, french) for row in after],
    )


def _line(link: Dependency, other: Task, seen: set[UUID], day: int, french: bool) -> OutsideLine:
    visible = other.project_id in seen
    one = Predecessor(1, DependencyType(link.kind), link.lag, link.lag_unit)
    return OutsideLine(
        link,
        other.name if visible else told(other, other.project, seen),
        f"{other.project.code} · {other.project.name}" if visible else "",
        f"{reverse('planning:project', args=[other.project_id])}?task={other.pk}" if visible else "",
        write_predecessor(one, day=day, french=french)[1:] or str(DependencyKind(link.kind).label),
        other.starts_at,
        other.ends_at,
    )
