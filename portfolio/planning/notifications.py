"""What people are told of plans: their tasks, new dates, lateness."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.planning.models import Assignment, Task, TaskKind
from portfolio.projects.concerned import People, changed, dates, day, of_projects, project_address
from portfolio.projects.models import Phase
from tech4value.accounts.permissions import Permission
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import record
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register, register_sweep


def _tell_assigned(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people = People(event.project_id for event in events)
    rows = Assignment.objects.filter(
        pk__in=[event.object_id for event in events], person__membership__isnull=False, task__deleted_at=None
    ).select_related("task")
    found = {row.pk: row for row in rows}
    members = dict(rows.values_list("pk", "person__membership_id"))
    for event in events:
        row = found.get(event.object_id) if event.object_id else None
        if row is not None:
            facts = {
                "name": row.task.name,
                "from": str(row.task.starts_at.date()),
                "to": str(row.task.ends_at.date()),
            }
            yield from people.told(event, (Concerned(members[row.pk], Reason.ASSIGNEE),), facts)


def _assigned_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s tâche vous est affectée", "%(n)s tâches vous sont affectées", message.count)
        return of_projects(message, text % {"n": message.counted})
    facts = message.facts
    return _("%(who)s vous a affecté « %(name)s », du %(from)s au %(to)s") % {
        "who": message.actor_label,
        "name": facts["name"],
        "from": day(facts["from"]),
        "to": day(facts["to"]),
    }


def _assignees(task_ids: Iterable[UUID | None]) -> dict[UUID, list[Concerned]]:
    """The members who work on each task; one statement."""
    keys = [key for key in task_ids if key is not None]
    rows = Assignment.objects.filter(task__in=keys, person__membership__isnull=False)
    found: dict[UUID, list[Concerned]] = defaultdict(list)
    for task, member in rows.values_list("task_id", "person__membership_id"):
        found[task].append(Concerned(member, Reason.ASSIGNEE))
    return found


def _moves(event: AuditEvent) -> dict[str, list[str]]:
    """The days that the event changed: a task that moves within its day has not moved for anybody."""
    moved = {}
    for name, (before, after) in changed(event, "starts_at", "ends_at").items():
        pair = [str(before)[:10], str(after)[:10]]
        if before and after and pair[0] != pair[1]:
            moved[name] = pair
    return moved


def _tell_moved(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [(event, moved) for event in events if (moved := _moves(event))]
    people = People(event.project_id for event, _moved in heard)
    assignees = _assignees(event.object_id for event, _moved in heard)
    for event, moved in heard:
        if event.object_id in assignees:
            yield from people.told(event, assignees[event.object_id], {"name": event.object_label, **moved})


def _moved_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s de vos tâches a de nouvelles dates", "%(n)s de vos tâches ont de nouvelles dates", message.count
        )
        return of_projects(message, text % {"n": message.counted})
    said = []
    if "starts_at" in message.facts:
        said.append(_("début : %(before)s → %(after)s") % dates(message.facts["starts_at"]))
    if "ends_at" in message.facts:
        said.append(_("fin : %(before)s → %(after)s") % dates(message.facts["ends_at"]))
    return _("Votre tâche « %(name)s » a de nouvelles dates (%(what)s)") % {
        "name": message.facts["name"],
        "what": " ; ".join(said),
    }


def _tell_late(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people = People(event.project_id for event in events)
    assignees = _assignees(event.object_id for event in events)
    ends = dict(Task.objects.filter(pk__in=[event.object_id for event in events]).values_list("pk", "ends_at"))
    for event in events:
        if event.object_id is not None and event.object_id in ends:
            facts = {"name": event.object_label, "to": str(ends[event.object_id].date())}
            to = (*assignees.get(event.object_id, []), *people.leaders(event.project_id)[:1])
            yield from people.told(event, to, facts)


def _late_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s tâche est en retard", "%(n)s tâches sont en retard", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("La tâche « %(name)s », prévue jusqu’au %(day)s, n’est pas terminée") % {
        "name": message.facts["name"],
        "day": day(message.facts["to"]),
    }


def tell_late_tasks(since: date, until: date) -> None:
    """Journal, as the system, the tasks that were to end on those days and are not done."""
    late = Task.objects.filter(
        kind=TaskKind.TASK,
        ends_at__gte=datetime.combine(since, time()),
        ends_at__lt=datetime.combine(until, time()),
        percent_complete__lt=1,
        project__deleted_at=None,
    )
    for task in late.exclude(project__phase=Phase.CLOSED):
        record(SYSTEM, "task.late", task)


def _plan(message: Message) -> str:
    return project_address(message, "planning:project", "work")


def declare() -> None:
    """The kinds of this room, and what it finds late."""
    register_sweep(tell_late_tasks)
    common: dict[str, Any] = {"area": Area.PLANS, "address": _plan, "permission": Permission.PLAN_VIEW}
    register(
        Kind(
            "task.assigned",
            gettext_lazy("Tâche qui m’est affectée"),
            verbs=("assignment.created",),
            tell=_tell_assigned,
            sentence=_assigned_sentence,
            important=True,
            email=True,
            icon="clipboard-document-check",
            order=30,
            **common,
        ),
        Kind(
            "task.moved",
            gettext_lazy("Nouvelles dates de mes tâches"),
            verbs=("task.rescheduled", "task.updated"),
            tell=_tell_moved,
            sentence=_moved_sentence,
            icon="calendar-days",
            order=70,
            **common,
        ),
        Kind(
            "task.late",
            gettext_lazy("Tâche en retard"),
            verbs=("task.late",),
            tell=_tell_late,
            sentence=_late_sentence,
            important=True,
            email=True,
            icon="exclamation-triangle",
            order=31,
            **common,
        ),
    )
