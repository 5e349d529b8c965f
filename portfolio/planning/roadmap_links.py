"""What ties the projects of the roadmap: links between their tasks, and the critical path of the portfolio."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from portfolio.planning.domain import gantt
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.gantt_rows import Row, minutes
from portfolio.planning.models import Dependency, Task
from portfolio.planning.portfolio_path import path_for, visible_projects
from portfolio.planning.project_graph import links_across
from tech4value.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """A task that a link goes from or to: its project, the milestone that it stands for, and when."""

    project: UUID
    milestone: UUID | None
    name: str
    at: datetime

    @property
    def rows(self) -> list[str]:
        """The rows that show it, the closest first."""
        return [str(key) for key in (self.milestone, self.project) if key is not None]


@dataclass(frozen=True, slots=True)
class RoadmapLink:
    """A link from a task of one project to a task of another."""

    before: LinkEnd
    after: LinkEnd
    kind: str
    critical: bool


@dataclass(frozen=True)
class RoadmapLinks:
    """The links between visible projects; the projects and milestones on the portfolio's critical path, and the least
    float of each project in working minutes (nothing of a large portfolio before its first run)."""

    links: tuple[RoadmapLink, ...] = ()
    projects: Collection[UUID] = ()
    milestones: Collection[UUID] = ()
    slack: Mapping[UUID, int] = field(default_factory=dict)

    def marked(self, rows: Sequence[Row]) -> Iterator[Row]:
        """The rows, which are critical, and how much they may slip."""
        critical = {str(key) for key in (*self.projects, *self.milestones)}
        slack = {str(key): size for key, size in self.slack.items()}
        return (row._replace(critical=int(row.id in critical), float=slack.get(row.id)) for row in rows)

    def told(self, text: str) -> str:
        """`text`, a JSON object that the editor reads, with the links: rows and instant of each end, names, whether
        critical."""
        ties: list[list[Any]] = [
            [
                one.before.rows, one.after.rows, minutes(one.before.at), minutes(one.after.at), one.before.name,
                one.after.name, int(one.critical),
            ]
            for one in self.links
        ]  # fmt: skip
        return f'{text[:-1]},"ties":{json.dumps(ties, ensure_ascii=False)}}}'

    def of_projects(self) -> tuple[gantt.GanttLink, ...]:
        """One arrow from a project to another, of the first kind there is."""
        found: dict[tuple[UUID, UUID], str] = {}
        for link in self.links:
            found.setdefault((link.before.project, link.after.project), link.kind)
        return tuple(
            gantt.GanttLink(str(one), str(other), DependencyType(kind)) for (one, other), kind in found.items()
        )


def roadmap_links(member: Membership) -> RoadmapLinks:
    """What `member` may see. Four statements and what the critical path costs: nothing when it is kept."""
    keys = visible_projects(member)
    rows = list(
        links_across()
        .filter(project__in=keys, predecessor_project__in=keys)
        .select_related("predecessor__project", "successor__project")
        .order_by("id")
    )
    try:
        path = path_for(member).path
    except ValidationError:  # its page says why
        path = None
    if path is None:
        return RoadmapLinks(tuple(_link(row, ()) for row in rows))
    critical = set(path.critical)
    tied = Task.objects.filter(pk__in=path.critical, milestone__isnull=False)
    return RoadmapLinks(
        tuple(_link(row, critical) for row in rows),
        {key for key, one in path.by_project.items() if one.critical},
        set(tied.order_by().values_list("milestone_id", flat=True)),
        {key: one.slack for key, one in path.by_project.items() if one.slack is not None},
    )


def _link(row: Dependency, critical: Collection[str]) -> RoadmapLink:
    one, other, kind = row.predecessor, row.successor, row.kind
    return RoadmapLink(
        _end(one, one.ends_at if kind[0] == "F" else one.starts_at),
        _end(other, other.starts_at if kind[1] == "S" else other.ends_at),
        kind,
        str(one.pk) in critical and str(other.pk) in critical,
    )


def _end(task: Task, at: datetime) -> LinkEnd:
    return LinkEnd(task.project_id, task.milestone_id, f"{task.project.code} · {task.name}", at)
