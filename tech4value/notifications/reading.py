"""From the sealed journal to messages: a cursor per tenant, at least once, exactly once in effect.

The cursor moves in the transaction that writes the messages, under its row's lock: a reader killed in the middle
leaves neither. Were the journal read again from an earlier place, no message would be doubled nor counted twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import DatabaseError, transaction

from tech4value.accounts.models import Membership
from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.notifications.kinds import Concerned, Kind, Reason, Told, all_kinds
from tech4value.notifications.models import (
    Channel,
    Delivery,
    JournalCursor,
    Level,
    MessageSettings,
    Notification,
    ProjectLevel,
    TeamsWebhook,
)
from tech4value.notifications.preferences import Chosen, chosen, default_settings, wishes
from tech4value.notifications.schedule import next_moment
from tech4value.notifications.visibility import Sight
from tech4value.tenancy.clock import now, today
from tech4value.tenancy.context import current_tenant
from tech4value.web.live import bump, own_topic

log = structlog.get_logger(__name__)
AT_ONCE: Final = 1000
# What was loaded with an older date of effect is history, not news.
NEWS: Final = timedelta(days=14)
# An act's events may be sealed in several rounds: its message is sent when they have settled.
SETTLES: Final = timedelta(seconds=20)
NAMES_KEPT: Final = 3
PROJECTS_KEPT: Final = 50


def read_journal(limit: int = AT_ONCE) -> int:
    """Make the messages of the next sealed events, at most `limit`; returns how many events were read.

    One reader a tenant at a time; 0 when another is at work.
    """
    with transaction.atomic():
        JournalCursor.objects.get_or_create()
        cursor = JournalCursor.objects.select_for_update(skip_locked=True).first()
        if cursor is None:
            return 0
        seals = list(AuditSeal.objects.filter(seq__gt=cursor.seq).order_by("seq").select_related("event")[:limit])
        if not seals:
            return 0
        _Round({seal.event_id: seal.seq for seal in seals}).tell([seal.event for seal in seals])
        cursor.seq = seals[-1].seq
        cursor.save(update_fields=["seq"])
    return len(seals)


def act_of(event: AuditEvent) -> str:
    """What groups events: their import, else their request, else their transaction; and their date of effect."""
    act = str(event.batch_id or event.request_id or event.transaction_id)
    return f"{act}:{event.effective_on}" if event.effective_on else act


def _is_news(event: AuditEvent) -> bool:
    return event.effective_on is None or event.effective_on >= today() - NEWS


def _happened_at(event: AuditEvent) -> datetime:
    """The instant of an event; of one that took effect on an earlier day, the morning of that day."""
    zone = ZoneInfo(current_tenant().time_zone)
    if event.effective_on is None or event.effective_on >= event.at.astimezone(zone).date():
        return event.at
    return datetime.combine(event.effective_on, time(9), tzinfo=zone)


def _told(kind: Kind, events: Sequence[AuditEvent]) -> list[Told]:
    """What the kind makes of the events. An event that it does not understand costs this kind's messages of the
    round, and is logged: it must not hold back the others' for ever."""
    try:
        with transaction.atomic():
            return list(kind.tell(events))
    except DatabaseError:
        raise
    except Exception:
        log.exception("notifications.kind_failed", kind=kind.key, first=str(events[0].pk), last=str(events[-1].pk))
        return []


@dataclass
class _Round:
    """One run of events on its way to its messages."""

    seqs: dict[UUID, int]
    sight: Sight = field(default_factory=Sight)
    members: dict[UUID, Membership] = field(default_factory=dict)
    settings: dict[UUID, MessageSettings] = field(default_factory=dict)
    levels: dict[tuple[UUID, UUID], str] = field(default_factory=dict)
    webhooks: list[TeamsWebhook] = field(default_factory=list)
    held: dict[tuple[UUID, str, str], Notification] = field(default_factory=dict)
    told: set[tuple[UUID, UUID]] = field(default_factory=set)
    new: list[Notification] = field(default_factory=list)
    grown: dict[UUID, Notification] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    def tell(self, events: Sequence[AuditEvent]) -> None:
        """Write the messages of `events`, in their order."""
        news = [event for event in events if _is_news(event)]
        found: list[tuple[Kind, Told]] = []
        for kind in all_kinds():
            heard = [event for event in news if kind.hears(event.verb)]
            if heard:
                found += [(kind, told) for told in _told(kind, heard)]
        if not found:
            return
        self._load(found)
        # By event, then by the kinds' order: the first to reach somebody is the one.
        for kind, told in sorted(found, key=lambda pair: self.seqs[pair[1].event.pk]):
            for concerned in self._concerned(kind, told):
                self._tell_member(kind, told, concerned)
            for webhook in self.webhooks:
                self._tell_webhook(kind, told, webhook)
        self._write()

    def _load(self, found: list[tuple[Kind, Told]]) -> None:
        projects = {told.project_id for _kind, told in found if told.project_id}
        rows = ProjectLevel.objects.filter(project_id__in=projects)
        self.levels = {(row.member_id, row.project_id): row.level for row in rows}
        wanted = {one.member_id for _kind, told in found for one in told.to}
        wanted |= {member for (member, _project), level in self.levels.items() if level == Level.FOLLOW}
        members = Membership.objects.filter(pk__in=wanted, is_active=True, user__is_active=True)
        self.members = {row.pk: row for row in members.select_related("user")}
        chosen_rows = MessageSettings.objects.filter(member__in=self.members).select_related("tenant")
        self.settings = {row.member_id: row for row in chosen_rows}
        self.webhooks = list(TeamsWebhook.objects.filter(is_active=True))
        acts = {act_of(told.event) for _kind, told in found}
        for row in Notification.objects.filter(act__in=acts):
            self.held[row.member_id or row.webhook_id, row.kind, row.act] = row
        events = Notification.objects.filter(event__in=list(self.seqs))
        self.told = {(row.member_id or row.webhook_id, row.event_id) for row in events}

    def _concerned(self, kind: Kind, told: Told) -> Iterable[Concerned]:
        yield from told.to
        if kind.followed and told.project_id is not None:
            for (member, project), level in self.levels.items():
                if project == told.project_id and level == Level.FOLLOW:
                    yield Concerned(member, Reason.FOLLOWER)

    def _tell_member(self, kind: Kind, told: Told, concerned: Concerned) -> None:
        member = self.members.get(concerned.member_id)
        if member is None or (member.user_id == told.event.actor_id and not kind.own):
            return
        settings = self.settings.get(member.pk) or default_settings(member)
        level = self.levels.get((member.pk, told.project_id), Level.CONCERNED) if told.project_id else ""
        channels = chosen(settings, kind, level)
        if not (channels.app or channels.email):
            return
        if not self.sight.sees(member, told.permission or kind.permission, told.project_id):
            return
        row = self._add(kind, told, member.pk, concerned.reason, channels)
        if row is None:
            return
        row.member = member
        if channels.email:
            due = next_moment(now() + SETTLES, wishes(settings))
            self.deliveries.append(Delivery(notification=row, channel=Channel.EMAIL, next_at=due))

    def _tell_webhook(self, kind: Kind, told: Told, webhook: TeamsWebhook) -> None:
        if not kind.teams or (webhook.only_important and not kind.important):
            return
        if webhook.project_id is not None and webhook.project_id != told.project_id:
            return
        row = self._add(kind, told, webhook.pk, Reason.CHANNEL, Chosen(app=False, email=False))
        if row is not None:
            row.webhook = webhook
            due = now() + SETTLES
            self.deliveries.append(Delivery(notification=row, channel=Channel.TEAMS, next_at=due))

    def _add(self, kind: Kind, told: Told, recipient: UUID, reason: Reason, channels: Chosen) -> Notification | None:
        """Count the event in the message of its act, or begin that message and return it."""
        event, seq, act = told.event, self.seqs[told.event.pk], act_of(told.event)
        if (recipient, event.pk) in self.told:
            return None
        self.told.add((recipient, event.pk))
        held = self.held.get((recipient, kind.key, act))
        if held is not None:
            if seq > held.last_seq:
                self._count(held, told, seq)
            return None
        facts = dict(told.facts)
        row = Notification(
            kind=kind.key,
            event=event,
            act=act,
            last_seq=seq,
            at=_happened_at(event),
            actor_label=event.actor_label,
            reason=reason,
            permission=told.permission or kind.permission,
            project_id=told.project_id,
            project_name=told.project_name[:160],
            projects=[str(told.project_id)] if told.project_id else [],
            facts=facts | {"names": [facts["name"]]} if "name" in facts else facts,
            in_app=channels.app,
        )
        self.held[recipient, kind.key, act] = row
        self.new.append(row)
        return row

    def _count(self, held: Notification, told: Told, seq: int) -> None:
        held.count += 1
        held.last_seq = seq
        name, names = told.facts.get("name"), held.facts.get("names", [])
        if name is not None and len(names) < NAMES_KEPT and name not in names:
            held.facts = {**held.facts, "names": [*names, name]}
        project = str(told.project_id) if told.project_id else None
        if project and project not in held.projects:
            if len(held.projects) < PROJECTS_KEPT:
                held.projects = [*held.projects, project]
            # Of several projects: none is named, since the right to see each may be lost.
            held.project_id, held.project_name = None, ""
        self.grown[held.pk] = held

    def _write(self) -> None:
        Notification.objects.bulk_create(self.new, batch_size=500)
        Delivery.objects.bulk_create(self.deliveries, batch_size=500)
        new = {row.pk for row in self.new}
        grown = [row for row in self.grown.values() if row.pk not in new]
        fields = ["count", "last_seq", "facts", "projects", "project_id", "project_name"]
        Notification.objects.bulk_update(grown, fields, batch_size=500)
        rung = {own_topic(row.member_id) for row in [*self.new, *grown] if row.member_id}
        if rung:
            transaction.on_commit(partial(bump, current_tenant().pk, rung), robust=True)
