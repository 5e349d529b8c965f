"""Who is told of a drift: those that its rule names, once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert, DriftRule
from portfolio.drift.rules import rules
from portfolio.drift.watch import watch_every_morning
from portfolio.drift.words import what
from portfolio.planning.models import Assignment
from portfolio.projects.concerned import People, of_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register, register_sweep


def _tell_opened(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people = People(event.project_id for event in events)
    rows = DriftAlert.objects.filter(pk__in=[event.object_id for event in events]).select_related("milestone__owner")
    alerts = {row.pk: row for row in rows}
    in_force = rules()
    everywhere = _by_role()
    assigned = _assigned(row.task_id for row in alerts.values())
    for event in events:
        row = alerts.get(event.object_id) if event.object_id else None
        # One that ended before anybody was told is nobody's news.
        if row is None or row.closed_on is not None:
            continue
        rule = in_force[DriftKind(row.kind)]
        to = [one for one in people.leaders(event.project_id) if _leads(rule, one.reason)]
        if rule.tell_owner:
            to += _owners(row, assigned)
        if rule.tell_pmo:
            to += everywhere[Role.PMO]
        if rule.tell_executives:
            to += everywhere[Role.EXECUTIVE]
        facts = {
            "name": row.name,
            "kind": row.kind,
            "days": row.days,
            "promised_on": _text(row.promised_on),
            "forecast_on": _text(row.forecast_on),
        }
        yield from people.told(event, to, facts)


def _leads(rule: DriftRule, reason: Reason) -> bool:
    return rule.tell_manager if reason is Reason.MANAGER else rule.tell_sponsor


def _by_role() -> dict[str, list[Concerned]]:
    """The PMO and the executives of the organisation."""
    found: dict[str, list[Concerned]] = defaultdict(list)
    rows = Membership.objects.filter(role__in=(Role.PMO, Role.EXECUTIVE), is_active=True)
    for key, role in rows.values_list("pk", "role"):
        found[role].append(Concerned(key, Reason.STEERING))
    return found


def _assigned(tasks: Iterable[UUID | None]) -> dict[UUID, list[Concerned]]:
    keys = [key for key in tasks if key is not None]
    found: dict[UUID, list[Concerned]] = defaultdict(list)
    rows = Assignment.objects.filter(task__in=keys, person__membership__isnull=False)
    for task, member in rows.values_list("task_id", "person__membership_id"):
        found[task].append(Concerned(member, Reason.ASSIGNEE))
    return found


def _owners(row: DriftAlert, assigned: dict[UUID, list[Concerned]]) -> list[Concerned]:
    if row.task_id is not None:
        return assigned.get(row.task_id, [])
    owner = row.milestone.owner if row.milestone is not None else None
    return [Concerned(owner.membership_id, Reason.OWNER)] if owner is not None and owner.membership_id else []


def _text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _opened_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s dérive est apparue", "%(n)s dérives sont apparues", message.count)
        return of_projects(message, text % {"n": message.counted})
    facts = message.facts
    return _("Dérive : « %(name)s », %(what)s") % {
        "name": facts["name"],
        "what": what(facts["kind"], facts["days"], _day(facts["promised_on"]), _day(facts["forecast_on"])),
    }


def _address(message: Message) -> str:
    page = reverse("drift:list")
    return f"{page}?project={message.project_id}" if message.project_id else page


def declare() -> None:
    """The kind of this room, and what time alone makes drift."""
    register_sweep(watch_every_morning)
    common: dict[str, Any] = {"area": Area.PLANS, "address": _address, "permission": Permission.PLAN_VIEW}
    register(
        Kind(
            "drift.opened",
            gettext_lazy("Dérive d’un plan"),
            verbs=("driftalert.created",),
            tell=_tell_opened,
            sentence=_opened_sentence,
            important=True,
            followed=True,
            email=True,
            teams=True,
            icon="exclamation-triangle",
            order=15,
            **common,
        )
    )
