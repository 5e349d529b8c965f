"""What a subscribed calendar shows: milestones of projects that its owner may see, at the moment that it is read."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from integrations.exports.domain.icalendar import DayEvent
from integrations.exports.models import CalendarFeed
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.access import persons_of
from portfolio.projects.models import Milestone, Project, ProjectMember
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.web.formats import date_short

# Calendars are read every hour by many programs: when is told to the hour too.
NOTED_EVERY = timedelta(hours=1)
MOST_EVENTS = 5_000


def feed_of(secret: str) -> CalendarFeed | None:
    """The calendar at a secret address; None for one that was taken back, or whose owner is away."""
    rows = CalendarFeed.objects.select_related("member__user", "project")
    present = rows.filter(member__is_active=True, member__user__is_active=True)
    feed: CalendarFeed | None = present.filter(hash=CalendarFeed.digest(secret)).first()
    return feed


def note_reading(feed: CalendarFeed) -> None:
    """Keep when a calendar was last read: its owner sees which ones still serve."""
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at > NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


def name_of(feed: CalendarFeed) -> str:
    """« Jalons · VPN », or « Mes jalons »; nothing is said of a project that the owner has lost."""
    if feed.project is None:
        return _("Mes jalons")
    visible = Project.objects.visible_to(feed.member, Permission.PROJECT_VIEW).filter(pk=feed.project_id)
    return _("Jalons · %(project)s") % {"project": feed.project.name} if visible.exists() else _("Jalons")


def events_of(feed: CalendarFeed, *, address: str) -> list[DayEvent]:
    """The milestones, by date. `address` is the beginning of the product's own addresses."""
    member = feed.member
    promised = Milestone.objects.filter(project__in=_projects(feed, member, Permission.PROJECT_VIEW))
    planned = Task.objects.filter(
        project__in=_projects(feed, member, Permission.PLAN_VIEW), kind=TaskKind.MILESTONE, milestone=None
    )
    found = [*_promised(promised, address), *_planned(planned, address)]
    return sorted(found, key=lambda one: (one.day, one.summary, one.uid))[:MOST_EVENTS]


def _projects(feed: CalendarFeed, member: Membership, permission: Permission) -> QuerySet[Project]:
    visible: QuerySet[Project] = Project.objects.visible_to(member, permission)
    if feed.project_id is not None:
        return visible.filter(pk=feed.project_id)
    mine = persons_of(member)
    worked = ProjectMember.objects.filter(person__in=mine).values("project")
    owned = Milestone.objects.filter(owner__in=mine).values("project")
    return visible.filter(Q(manager__in=mine) | Q(sponsor__in=mine) | Q(pk__in=worked) | Q(pk__in=owned))


def _promised(rows: QuerySet[Milestone], address: str) -> Iterable[DayEvent]:
    language = get_language() or "fr"
    for row in rows.select_related("project", "owner").order_by("due_on")[:MOST_EVENTS]:
        said = [row.project.name]
        if row.actual_on is not None:
            said.append(_("Atteint le %(day)s") % {"day": date_short(row.actual_on, language)})
        elif row.baseline_on is not None and row.baseline_on != row.due_on:
            said.append(_("Promis pour le %(day)s") % {"day": date_short(row.baseline_on, language)})
        if row.owner is not None:
            said.append(_("Responsable : %(person)s") % {"person": row.owner.name})
        if row.success_criterion:
            said.append(row.success_criterion)
        yield _event(row, row.actual_on or row.due_on, said, address)


def _planned(rows: QuerySet[Task], address: str) -> Iterable[DayEvent]:
    for row in rows.select_related("project").order_by("starts_at")[:MOST_EVENTS]:
        said = [row.project.name]
        if row.percent_complete >= 1:
            said.append(_("Atteint"))
        yield _event(row, row.starts_at.date(), said, address)


def _event(row: Milestone | Task, day: date, said: list[str], address: str) -> DayEvent:
    return DayEvent(
        uid=f"{row.pk}@tech4value",
        day=day,
        summary=f"{row.project.code} · {row.name}",
        changed_at=row.updated_at,
        revision=row.version,
        description="\n".join(said),
        url=f"{address}{row.project_id}/",
    )
