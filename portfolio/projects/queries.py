"""Reads on projects in a bounded number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from portfolio.people.models import Person
from portfolio.projects.models import Milestone, Project, ProjectMember, StatusReport
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.figures.chart import Milestone as TimelineMilestone
from tech4value.figures.chart import MilestoneTimeline, StatusName

WEATHER_RANKS = ("sunny", "cloudy", "rainy", "stormy")
PHASE_RANKS = ("idea", "framing", "delivery", "rollout", "closed")


@dataclass(frozen=True, slots=True)
class ProjectFilters:
    """What the address asks of a list of projects; empty fields ask nothing."""

    pole: UUID | None = None
    programme: UUID | None = None
    sponsor: UUID | None = None
    phase: str = ""
    method: str = ""
    words: tuple[str, ...] = ()
    mine_of: Membership | None = None


def filtered(projects: QuerySet[Any], asked: ProjectFilters) -> QuerySet[Any]:
    """The projects that `asked` describes."""
    for name, value in (("pole", asked.pole), ("programme", asked.programme), ("sponsor", asked.sponsor)):
        if value is not None:
            projects = projects.filter(**{f"{name}_id": value})
    if asked.phase:
        projects = projects.filter(phase=asked.phase)
    if asked.method:
        projects = projects.filter(method=asked.method)
    for word in asked.words:
        projects = projects.filter(
            Q(code__icontains=word) | Q(name__icontains=word) | Q(manager__name__icontains=word)
        )
    return mine(projects, asked.mine_of) if asked.mine_of is not None else projects


def mine(projects: QuerySet[Any], member: Membership) -> QuerySet[Any]:
    """The projects that the member manages, sponsors or works in."""
    team = ProjectMember.objects.filter(person__membership=member).values("project_id")
    leads = Q(manager__membership=member) | Q(sponsor__membership=member)
    return projects.filter(leads | Q(pk__in=team))


def with_status(projects: QuerySet[Any]) -> QuerySet[Any]:
    """Each project with its latest report (`weather`, `trend`, `reported_on`), what its list sorts by, and
    `milestone_count`, `reached_count`, `reached_share` (0-1, None without a milestone)."""
    latest = StatusReport.objects.filter(project=OuterRef("pk")).order_by("-reported_on")
    milestones = Milestone.objects.filter(project=OuterRef("pk")).order_by().values("project")
    counted = milestones.annotate(n=Count("pk")).values("n")
    reached = milestones.filter(actual_on__isnull=False).annotate(n=Count("pk")).values("n")
    rows = projects.annotate(
        weather=Subquery(latest.values("weather")[:1]),
        trend=Subquery(latest.values("trend")[:1]),
        reported_on=Subquery(latest.values("reported_on")[:1]),
        milestone_count=Coalesce(Subquery(counted), Value(0)),
        reached_count=Coalesce(Subquery(reached), Value(0)),
    )
    return rows.annotate(
        weather_rank=_rank("weather", WEATHER_RANKS),
        phase_rank=_rank("phase", PHASE_RANKS),
        reached_share=_share(F("reached_count"), F("milestone_count")),
    )


def _rank(name: str, values: Sequence[str]) -> Any:
    cases = [When(**{name: value}, then=Value(rank)) for rank, value in enumerate(values)]
    return Case(*cases, default=Value(None), output_field=IntegerField())


def _share(part: Any, whole: Any) -> Any:
    return ExpressionWrapper(
        Cast(part, FloatField()) / NullIf(Cast(whole, FloatField()), Value(0.0)), output_field=FloatField()
    )


def elapsed_share(project: Project, today: date) -> float:
    """The share 0-1 of the project's time that has gone by: where its progress should be, all else equal."""
    length = (project.ends_on - project.starts_on).days + 1
    return min(max(((today - project.starts_on).days + 1) / length, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Variance:
    """How far a milestone is from its promise, in days (positive: late).

    `overdue`: not met, and the promised or the due date has gone by, as on the dashboard; `expected`: the days run to
    a due date still to come.
    """

    days: int
    met: bool
    overdue: bool
    expected: bool = False

    @property
    def late(self) -> bool:
        """Whether it is beyond its promise, met or not."""
        return self.days > 0


def variance(milestone: Milestone, today: date) -> Variance:
    """The actual date, else the due date (today once it has passed), less the baseline date."""
    promised = milestone.baseline_on or milestone.due_on
    if milestone.actual_on is not None:
        return Variance((milestone.actual_on - promised).days, met=True, overdue=False)
    return Variance(
        (max(milestone.due_on, today) - promised).days,
        met=False,
        overdue=min(milestone.due_on, promised) < today,
        expected=milestone.due_on >= today,
    )


def milestone_chart(milestones: Sequence[Milestone], today: date, title: str) -> MilestoneTimeline | None:
    """The milestones on one scale of time, each against its promise; None without any."""
    if not milestones:
        return None
    return MilestoneTimeline(
        title=title,
        milestones=tuple(
            TimelineMilestone(
                label=one.name,
                due=one.actual_on or one.due_on,
                baseline=one.baseline_on,
                status=milestone_status(one, today),
            )
            for one in milestones
        ),
        today=today,
    )


def milestone_status(milestone: Milestone, today: date) -> StatusName:
    """closed when met, off_track past its promised or due date, at_risk beyond its promise, else not_started."""
    if milestone.actual_on is not None:
        return "closed"
    gap = variance(milestone, today)
    if gap.overdue:
        return "off_track"
    return "at_risk" if gap.late else "not_started"


@dataclass(frozen=True, slots=True)
class Part:
    """A project of a person, and what they are in it."""

    project: Project
    role: str


def parts_of(member: Membership, person: Person) -> list[Part]:
    """The projects of a person, among those that `member` may see; two statements."""
    roles = {row.project_id: row.get_role_display() for row in ProjectMember.objects.filter(person=person)}
    rows = Project.objects.visible_to(member).filter(Q(manager=person) | Q(sponsor=person) | Q(pk__in=list(roles)))
    found = []
    for project in rows.distinct():
        leads = {"manager": project.manager_id, "sponsor": project.sponsor_id}
        names = [str(Project._meta.get_field(name).verbose_name) for name, key in leads.items() if key == person.pk]  # type: ignore[union-attr]  # local fields
        found.append(Part(project, ", ".join(name.capitalize() for name in names) or roles[project.pk]))
    return found


def person_section(member: Membership, person: Person) -> dict[str, Any] | None:
    """The projects on a person's page, for those who may see projects."""
    return {"parts": parts_of(member, person)} if member.can(Permission.PROJECT_VIEW) else None
