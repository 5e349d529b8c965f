"""Who is told of weeks: whoever approves one that is submitted, the person of one that was decided, and on Monday
morning those whose last week was not submitted."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.people.models import Person
from portfolio.people.queries import capacities
from portfolio.projects.concerned import day
from portfolio.timesheets.domain import monday_of
from portfolio.timesheets.models import SheetState, Timesheet
from portfolio.timesheets.settings import time_settings
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role, scope_of
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import record
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register, register_sweep


def _sheets(events: Sequence[AuditEvent]) -> dict[UUID, Timesheet]:
    rows = Timesheet.objects.filter(pk__in=[event.object_id for event in events])
    return {row.pk: row for row in rows.select_related("person__pole__manager")}


def _tell_submitted(events: Sequence[AuditEvent]) -> Iterable[Told]:
    sheets = _sheets(events)
    pmo: list[UUID] = []
    for event in events:
        sheet = sheets.get(event.object_id) if event.object_id else None
        # One that was decided before anybody was told is nobody's news.
        if sheet is None or sheet.state != SheetState.SUBMITTED:
            continue
        manager = _manager(sheet.person)
        if manager is None and not pmo:
            pmo = list(Membership.objects.filter(role=Role.PMO, is_active=True).values_list("pk", flat=True))
        keys = pmo if manager is None else [manager]
        to = tuple(Concerned(key, Reason.REVIEWER) for key in keys if key != sheet.person.membership_id)
        yield Told(event, to, {"person": sheet.person.name, "week": sheet.week.isoformat()})


def _manager(person: Person) -> UUID | None:
    """Who approves a person's weeks: the manager of their pole, unless that is the person."""
    manager = person.pole.manager if person.pole is not None else None
    if manager is None or manager.pk == person.pk or manager.deleted_at is not None:
        return None
    return manager.membership_id


def _submitted_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s semaine attend votre approbation", "%(n)s semaines attendent votre approbation", message.count
        )
        return text % {"n": message.counted}
    facts = message.facts
    return _("%(person)s a soumis ses temps de la semaine du %(day)s") % {
        "person": facts["person"],
        "day": day(facts["week"]),
    }


def _tell_decided(events: Sequence[AuditEvent]) -> Iterable[Told]:
    sheets = _sheets(events)
    for event in events:
        sheet = sheets.get(event.object_id) if event.object_id else None
        if sheet is None or sheet.person.membership_id is None:
            continue
        facts = {"week": sheet.week.isoformat(), "reason": (event.changes.get("reason") or [None, ""])[1] or ""}
        yield Told(event, (Concerned(sheet.person.membership_id, Reason.OWNER),), facts)


def _returned_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s semaine vous est renvoyée", "%(n)s semaines vous sont renvoyées", message.count)
        return text % {"n": message.counted}
    return _("%(who)s vous renvoie la semaine du %(day)s : %(reason)s") % {
        "who": message.actor_label,
        "day": day(message.facts["week"]),
        "reason": message.facts["reason"],
    }


def _approved_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s de vos semaines est approuvée", "%(n)s de vos semaines sont approuvées", message.count)
        return text % {"n": message.counted}
    return _("%(who)s a approuvé votre semaine du %(day)s") % {
        "who": message.actor_label,
        "day": day(message.facts["week"]),
    }


def _tell_missing(events: Sequence[AuditEvent]) -> Iterable[Told]:
    persons = dict(
        Person.objects.filter(pk__in=[event.object_id for event in events]).values_list("pk", "membership_id")
    )
    for event in events:
        member = persons.get(event.object_id) if event.object_id else None
        if member is not None:
            yield Told(event, (Concerned(member, Reason.OWNER),), {"week": event.changes["week"][1]})


def _missing_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s semaine n’est pas soumise", "%(n)s semaines ne sont pas soumises", message.count)
        return text % {"n": message.counted}
    return _("Vos temps de la semaine du %(day)s ne sont pas soumis") % {"day": day(message.facts["week"])}


def remind(since: date, until: date) -> None:
    """The sweep of the morning: on the Monday after a week, those who worked in it and did not submit it are
    reminded. Nobody is where nobody has ever entered time."""
    mondays = [one for one in _days(since, until) if one.weekday() == 0]
    if not mondays or not time_settings().reminds or not Timesheet.objects.exists():
        return
    week = monday_of(mondays[-1] - timedelta(days=1))
    last = week + timedelta(days=6)
    entering = [role for role in Role if _enters(role)]
    persons = list(
        Person.objects.filter(membership__is_active=True, membership__role__in=entering).exclude(
            timesheets__in=Timesheet.objects.filter(week=week, state__in=(SheetState.SUBMITTED, SheetState.APPROVED))
        )
    )
    able = capacities(persons, [(week, last)]) if persons else {}
    for person in persons:
        if able[person.pk][0]:
            record(SYSTEM, "timesheet.missing", person, {"week": [None, week.isoformat()]})


def _enters(role: Role) -> bool:
    return scope_of(role, Permission.TIME_ENTER) is not None and role is not Role.EXECUTIVE


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=index) for index in range((until - since).days + 1)]


def _own_week(message: Message) -> str:
    if message.count > 1 or "week" not in message.facts:
        return reverse("timesheets:mine")
    return reverse("timesheets:week", args=[message.facts["week"]])


def _review(_message: Message) -> str:
    return reverse("timesheets:review")


def declare() -> None:
    """The kinds of this room, and the reminder of the morning."""
    register_sweep(remind)
    own: dict[str, Any] = {
        "area": Area.TIME,
        "address": _own_week,
        "permission": Permission.TIME_ENTER,
        "icon": "clock",
    }
    register(
        Kind(
            "timesheet.submitted",
            gettext_lazy("Semaine à approuver"),
            verbs=("timesheet.submitted",),
            tell=_tell_submitted,
            sentence=_submitted_sentence,
            area=Area.TIME,
            address=_review,
            permission=Permission.TIME_APPROVE,
            icon="clock",
            email=True,
            order=40,
        ),
        Kind(
            "timesheet.returned",
            gettext_lazy("Semaine renvoyée"),
            verbs=("timesheet.returned",),
            tell=_tell_decided,
            sentence=_returned_sentence,
            important=True,
            email=True,
            order=41,
            **own,
        ),
        Kind(
            "timesheet.approved",
            gettext_lazy("Semaine approuvée"),
            verbs=("timesheet.approved",),
            tell=_tell_decided,
            sentence=_approved_sentence,
            order=42,
            **own,
        ),
        Kind(
            "timesheet.missing",
            gettext_lazy("Semaine non soumise"),
            verbs=("timesheet.missing",),
            tell=_tell_missing,
            sentence=_missing_sentence,
            important=True,
            email=True,
            order=43,
            **own,
        ),
    )
