"""Who is told of a project, and the words that messages about projects share."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.projects.access import may
from portfolio.projects.models import Project, ProjectMember
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.figures.formats import date_short
from tech4value.notifications.kinds import Concerned, Message, Reason, Told


class ProjectDirectory:
    """The projects, for the room of messages, which stands below."""

    def visible(self, member: Membership, permission: Permission) -> Any:
        """See kinds.Directory."""
        return Project.objects.visible_to(member, permission).values_list("pk", flat=True).order_by()

    def names(self, member: Membership) -> dict[UUID, str]:
        """See kinds.Directory."""
        return dict(Project.objects.visible_to(member).values_list("pk", "name"))

    def may_configure(self, member: Membership, project_id: UUID) -> bool:
        """Who edits a project says where its messages are posted."""
        project = Project.objects.visible_to(member).filter(pk=project_id).first()
        return project is not None and may(member, Permission.PROJECT_EDIT, project)


class People:
    """Who is concerned by each project; two statements for all of them."""

    def __init__(self, project_ids: Iterable[UUID | None], *, team: bool = False) -> None:
        keys = {key for key in project_ids if key is not None}
        rows = Project.objects.filter(pk__in=keys).values_list(
            "pk", "name", "manager__membership_id", "sponsor__membership_id"
        )
        self.names: dict[UUID, str] = {}
        self._leaders: dict[UUID, list[Concerned]] = defaultdict(list)
        self._team: dict[UUID, list[Concerned]] = defaultdict(list)
        for key, name, manager, sponsor in rows:
            self.names[key] = name
            leads = ((manager, Reason.MANAGER), (sponsor, Reason.SPONSOR))
            self._leaders[key] = [Concerned(member, reason) for member, reason in leads if member]
        if team:
            found = ProjectMember.objects.filter(project__in=keys, person__membership__isnull=False)
            for key, member in found.values_list("project_id", "person__membership_id"):
                self._team[key].append(Concerned(member, Reason.TEAM))

    def leaders(self, project_id: UUID | None) -> tuple[Concerned, ...]:
        """Its manager and its sponsor, those who have an account."""
        return tuple(self._leaders[project_id]) if project_id else ()

    def everybody(self, project_id: UUID | None) -> tuple[Concerned, ...]:
        """Its leaders, then its team (asked for at the start)."""
        return (*self.leaders(project_id), *self._team[project_id]) if project_id else ()

    def told(
        self, event: AuditEvent, to: Iterable[Concerned], facts: dict[str, Any], permission: Permission | None = None
    ) -> Iterable[Told]:
        """The event, told with the name of its project; nothing of a project that is gone."""
        if event.project_id in self.names:
            yield Told(event, tuple(to), facts, event.project_id, self.names[event.project_id], permission)


def day(text: str) -> str:
    """A date of the journal as people write it."""
    return date_short(date.fromisoformat(text), get_language() or "fr")


def changed(event: AuditEvent, *names: str) -> dict[str, tuple[Any, Any]]:
    """Which of these fields the event changed, from what to what."""
    return {name: (pair[0], pair[1]) for name, pair in event.changes.items() if name in names}


def dates(pair: Sequence[str | None]) -> dict[str, str]:
    """A date before and after, as people write them."""
    return {"before": day(pair[0]) if pair[0] else "–", "after": day(pair[1]) if pair[1] else "–"}


def project_address(message: Message, name: str, fallback: str = "projects:list") -> str:
    """A page of the message's project; the list when it speaks of several."""
    return reverse(name, args=[message.project_id]) if message.project_id else reverse(fallback)


def shown_names(message: Message) -> str:
    """The first names of a group, in one project: « A », « B »…"""
    names = message.facts.get("names", [])
    if not names:
        return ""
    quoted = ", ".join(_("« %(text)s »") % {"text": name} for name in names)
    return f"{quoted}…" if message.count > len(names) else quoted


def of_projects(message: Message, sentence: str) -> str:
    """The sentence of a group, with the number of its projects or the first of its names."""
    if message.project_id is None and len(message.projects) > 1:
        n = len(message.projects)
        return ngettext("%(sentence)s dans %(n)s projet", "%(sentence)s dans %(n)s projets", n) % {
            "sentence": sentence,
            "n": n,
        }
    names = shown_names(message)
    return _("%(sentence)s : %(names)s") % {"sentence": sentence, "names": names} if names else sentence
