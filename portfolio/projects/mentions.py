"""Mentions: `@[Nom](person:<key>)` in any text of a project, told to the person when it is new there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.models import Person
from portfolio.projects.changes import READERS
from portfolio.projects.concerned import People, day, of_projects, project_address
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told
from tech4value.web.mentions import mentions_in, plain


def mentioned(event: AuditEvent) -> set[UUID]:
    """The persons whom the event newly mentions: those of its texts that were not in the same text before."""
    found: set[UUID] = set()
    for before, after in _texts(event):
        if isinstance(after, str):
            former = _persons(before) if isinstance(before, str) else set()
            found |= _persons(after) - former
    return found


def _texts(event: AuditEvent) -> Iterator[tuple[Any, Any]]:
    """Each value before and after; custom fields one by one."""
    for name, (before, after) in event.changes.items():
        if name == "custom_fields":
            former = before or {}
            yield from ((former.get(key), value) for key, value in (after or {}).items())
        else:
            yield before, after


def _persons(text: str) -> set[UUID]:
    return {mention.person for mention in mentions_in(text)}


def tell(events: Sequence[AuditEvent]) -> Iterable[Told]:
    wanted = {event.pk: found for event in events if (found := mentioned(event))}
    if not wanted:
        return
    keys = set().union(*wanted.values())
    rows = Person.objects.filter(pk__in=keys, membership__isnull=False)
    members = dict(rows.values_list("pk", "membership_id"))
    heard = [event for event in events if event.pk in wanted and event.project_id]
    people = People(event.project_id for event in heard)
    for event in heard:
        to = [Concerned(members[key], Reason.MENTION) for key in sorted(wanted[event.pk]) if key in members]
        facts = {"name": plain(event.object_label), "what": event.object_type}
        permission = READERS.get(event.object_type.split(".")[0], Permission.PROJECT_VIEW)
        yield from people.told(event, to, facts, permission)


def sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s texte vous mentionne", "%(n)s textes vous mentionnent", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("%(who)s vous mentionne dans « %(name)s »") % {
        "who": message.actor_label,
        "name": _named(message.facts["name"]),
    }


def _named(name: str) -> str:
    """A report is named by its date: written as people read dates."""
    try:
        return day(name)
    except ValueError:
        return name


MENTIONED_IN: Final = {
    "portfolio_planning.task": "planning:project",
    "portfolio_risks.risk": "risks:project",
    "portfolio_projects.statusreport": "projects:status",
    "portfolio_projects.milestone": "projects:milestones",
    "portfolio_governance.teamrole": "governance:project",
}


def address(message: Message) -> str:
    return project_address(message, MENTIONED_IN.get(message.facts.get("what", ""), "projects:detail"))


KIND: Final = Kind(
    "mention", gettext_lazy("On me mentionne"), Area.PROJECTS, ("*.created", "*.updated"), tell,
    sentence, address, Permission.PROJECT_VIEW, important=True, email=True, icon="at-symbol", order=10,
)  # fmt: skip
