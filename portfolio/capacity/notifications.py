"""What people are told of: overloads to come, requests for staff and their answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.capacity.models import LoadWeek, OverloadAlert, StaffingRequest
from portfolio.capacity.overload_rule import rule_in_force
from portfolio.capacity.overload_watch import watch_every_morning
from portfolio.capacity.overload_words import what
from portfolio.capacity.rollup import complete_weeks
from portfolio.capacity.words import wanted
from portfolio.projects.concerned import People, of_projects
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register, register_sweep


def _tell_overloads(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """To the manager of the person's pole, and to those of the projects that load them then: once."""
    keys = [event.object_id for event in events]
    found = OverloadAlert.objects.filter(pk__in=keys, closed_on=None, person__deleted_at=None)
    alerts = {row.pk: row for row in found.select_related("person__pole__manager")}
    rule = rule_in_force()
    managers = _project_managers(alerts.values()) if rule.tell_project_managers else {}
    for event in events:
        row = alerts.get(event.object_id) if event.object_id else None
        if row is None:  # gone before anybody was told
            continue
        to: list[Concerned] = []
        pole = row.person.pole
        if rule.tell_pole_manager and pole is not None and pole.manager is not None and pole.manager.membership_id:
            to.append(Concerned(pole.manager.membership_id, Reason.OWNER))
        to += managers.get(row.person_id, [])
        facts = {
            "name": row.person.name,
            "pole": str(row.person.pole_id or "none"),
            "first": row.first_week.isoformat(),
            "last": row.last_week.isoformat(),
            "peak": None if row.peak is None else str(row.peak),
        }
        yield Told(event, tuple(to), facts)


def _project_managers(alerts: Iterable[OverloadAlert]) -> dict[UUID, list[Concerned]]:
    """The managers of the projects that load each person in the weeks of the alert."""
    spans = {row.person_id: (row.first_week, row.last_week) for row in alerts}
    rows = LoadWeek.objects.filter(person__in=list(spans), project__manager__membership__isnull=False)
    found: dict[UUID, dict[UUID, Concerned]] = defaultdict(dict)
    for person, week, member in rows.order_by().values_list("person_id", "week", "project__manager__membership_id"):
        first, last = spans[person]
        if first <= week <= last:
            found[person][member] = Concerned(member, Reason.MANAGER)
    return {person: list(members.values()) for person, members in found.items()}


def _overload_sentence(message: Message) -> str:
    if message.count > 1:
        words = ngettext("%(n)s surcharge à venir", "%(n)s surcharges à venir", message.count)
        return words % {"n": message.counted}
    facts = message.facts
    peak = None if facts["peak"] is None else Decimal(facts["peak"])
    first, last = date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"])
    return _("Surcharge à venir de %(name)s : %(what)s") % {"name": facts["name"], "what": what(first, last, peak)}


def _tell_asked(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """To those who keep the people: the managers of poles, and the PMO."""
    people = People(event.project_id for event in events)
    roles = (Role.POLE_MANAGER, Role.PMO)
    to = [
        Concerned(key, Reason.STEERING)
        for key in Membership.objects.filter(role__in=roles, is_active=True).values_list("pk", flat=True)
    ]
    rows = _requests(events)
    for event in events:
        row = rows.get(event.object_id) if event.object_id else None
        if row is not None:
            yield from people.told(event, to, {"wanted": wanted(row)})


def _tell_answered(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """To those who lead the project that asked."""
    people = People(event.project_id for event in events)
    rows = _requests(events)
    for event in events:
        row = rows.get(event.object_id) if event.object_id else None
        if row is None:
            continue
        person = row.allocation.person if row.allocation is not None else None
        facts = {
            "wanted": wanted(row),
            "person": person.name if person is not None else "",
            "reason": row.reason,
            "accepted": event.verb.endswith(".accepted"),
        }
        yield from people.told(event, people.leaders(event.project_id), facts)


def _requests(events: Sequence[AuditEvent]) -> dict[UUID, StaffingRequest]:
    rows = StaffingRequest.objects.filter(pk__in=[event.object_id for event in events])
    return {row.pk: row for row in rows.select_related("skill", "profile", "allocation__person")}


def _asked_sentence(message: Message) -> str:
    if message.count > 1:
        words = ngettext("%(n)s demande de ressource", "%(n)s demandes de ressources", message.count)
        return of_projects(message, words % {"n": message.counted})
    return _("Demande de ressource : %(wanted)s") % message.facts


def _answered_sentence(message: Message) -> str:
    if message.count > 1:
        words = ngettext("%(n)s réponse à vos demandes", "%(n)s réponses à vos demandes", message.count)
        return of_projects(message, words % {"n": message.counted})
    if message.facts["accepted"]:
        return _("Demande acceptée (%(wanted)s) : %(person)s") % message.facts
    return _("Demande refusée (%(wanted)s) : %(reason)s") % message.facts


def _requests_address(message: Message) -> str:
    return reverse("capacity:requests")


def _project_address(message: Message) -> str:
    return (
        reverse("capacity:project", args=[message.project_id]) if message.project_id else reverse("capacity:requests")
    )


def _overloads_address(message: Message) -> str:
    return reverse("capacity:overloads")


def declare() -> None:
    """The kinds of this room, and what time alone makes."""
    register_sweep(complete_weeks)
    register_sweep(watch_every_morning)
    common: dict[str, Any] = {
        "area": Area.PLANS,
        "permission": Permission.CAPACITY_VIEW,
        "email": True,
        "teams": True,
    }
    register(
        Kind(
            "capacity.overload",
            gettext_lazy("Surcharge à venir"),
            verbs=("overloadalert.created",),
            tell=_tell_overloads,
            sentence=_overload_sentence,
            address=_overloads_address,
            important=True,
            icon="fire",
            order=16,
            **common,
        ),
        Kind(
            "capacity.asked",
            gettext_lazy("Demande de ressource"),
            verbs=("staffingrequest.created", "staffingrequest.reopened"),
            tell=_tell_asked,
            sentence=_asked_sentence,
            address=_requests_address,
            icon="user-plus",
            order=40,
            **common,
        ),
        Kind(
            "capacity.answered",
            gettext_lazy("Réponse à une demande de ressource"),
            verbs=("staffingrequest.accepted", "staffingrequest.declined"),
            tell=_tell_answered,
            sentence=_answered_sentence,
            address=_project_address,
            important=True,
            icon="user-plus",
            order=41,
            **common,
        ),
    )
