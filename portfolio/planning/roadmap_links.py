"""What ties the projects of the roadmap: links between their tasks, drawn between projects and milestones, and the
critical path of the portfolio."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError

from portfolio.planning.domain import gantt
from portfolio.planning.domain.network import DependencyType
from portfolio.planning.gantt_rows import Row
from portfolio.planning.models import Task
from portfolio.planning.portfolio_path import path_for, visible_projects
from portfolio.planning.project_graph import links_across
from tech4value.accounts.models import Membership


@dataclass(frozen=True)
class RoadmapLink:
    """From one project (or the milestone that the task stands for) to another."""

    before: tuple[UUID, UUID | None]
    after: tuple[UUID, UUID | None]
    kind: str


@dataclass(frozen=True)
class RoadmapLinks:
    """The links between visible projects; the projects and milestones on the portfolio's critical path, and the least
    float of each project in working minutes (nothing of a large portfolio before its first run)."""

    links: tuple[RoadmapLink, ...] = ()
    projects: Collection[UUID] = ()
    milestones: Collection[UUID] = ()
    slack: Mapping[UUID, int] = field(default_factory=dict)

    def tied(self, rows: Sequence[Row]) -> Iterator[Row]:
        """The rows with their links from one another, and which are critical."""
        shown = {row.id for row in rows}
        before: dict[str, dict[str, str]] = {}
        for link in self.links:
            one, other = _row_of(link.before, shown), _row_of(link.after, shown)
            if one and other:
                before.setdefault(other, {}).setdefault(one, link.kind)
        critical = {str(key) for key in (*self.projects, *self.milestones)}
        slack = {str(key): minutes for key, minutes in self.slack.items()}
        for row in rows:
            links = [[key, kind, ""] for key, kind in before.get(row.id, {}).items()]
            yield row._replace(predecessors=links, critical=int(row.id in critical), float=slack.get(row.id))

    def of_projects(self) -> tuple[gantt.GanttLink, ...]:
        """One arrow from a project to another, of the first kind there is."""
        found: dict[tuple[UUID, UUID], str] = {}
        for link in self.links:
            found.setdefault((link.before[0], link.after[0]), link.kind)
        return tuple(
            gantt.GanttLink(str(one), str(other), DependencyType(kind)) for (one, other), kind in found.items()
        )


def _row_of(end: tuple[UUID, UUID | None], shown: Collection[str]) -> str:
    """The row that stands for a task: its milestone's, else its project's; empty for none."""
    project, milestone = end
    if milestone is not None and str(milestone) in shown:
        return str(milestone)
    return str(project) if str(project) in shown else ""


def roadmap_links(member: Membership) -> RoadmapLinks:
    """What `member` may see. Four statements and what the critical path costs: nothing when it is kept."""
    keys = visible_projects(member)
    rows = links_across().filter(project__in=keys, predecessor_project__in=keys).order_by("id")
    links = tuple(
        RoadmapLink((one, first), (other, second), kind)
        for one, first, other, second, kind in rows.values_list(
            "predecessor_project_id",
            "predecessor__milestone_id",
            "project_id",
            "successor__milestone_id",
            "kind",
        )
    )
    try:
        path = path_for(member).path
    except ValidationError:  # its page says why
        path = None
    if path is None:
        return RoadmapLinks(links)
    tied = Task.objects.filter(pk__in=path.critical, milestone__isnull=False)
    return RoadmapLinks(
        links,
        {key for key, one in path.by_project.items() if one.critical},
        set(tied.order_by().values_list("milestone_id", flat=True)),
        {key: one.slack for key, one in path.by_project.items() if one.slack is not None},
    )
