"""What people are told of risks: new ones, those that become critical, those they answer for."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.projects.concerned import People, of_projects, project_address
from portfolio.risks.domain import Severity, severity
from portfolio.risks.models import ACTIVE, Risk
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register


def _rows(events: Sequence[AuditEvent]) -> dict[UUID | None, Risk]:
    rows = Risk.objects.filter(pk__in=[event.object_id for event in events]).select_related("owner")
    return {row.pk: row for row in rows}


def _owner(risk: Risk) -> tuple[Concerned, ...]:
    member = risk.owner.membership_id if risk.owner else None
    return (Concerned(member, Reason.OWNER),) if member else ()


def _score(event: AuditEvent, risk: Risk, side: int) -> int:
    """The score before (0) or after (1) the event; what it did not change is as it is now."""
    values = {"probability": risk.probability, "impact": risk.impact}
    values |= {name: event.changes[name][side] for name in values if name in event.changes}
    return int(values["probability"] or 0) * int(values["impact"] or 0)


def _tell_critical(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if {"probability", "impact"} & set(event.changes)]
    people, risks = People(event.project_id for event in heard), _rows(heard)
    for event in heard:
        risk = risks.get(event.object_id)
        if risk is None or risk.status not in ACTIVE:
            continue
        before, after = _score(event, risk, 0), _score(event, risk, 1)
        was_critical = before > 0 and severity(before) == Severity.CRITICAL
        if severity(after) == Severity.CRITICAL and not was_critical:
            facts = {"name": risk.title, "before": before, "after": after}
            yield from people.told(event, (*_owner(risk), *people.leaders(event.project_id)), facts)


def _critical_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s risque est devenu critique", "%(n)s risques sont devenus critiques", message.count)
        return of_projects(message, text % {"n": message.counted})
    facts = message.facts
    if not facts["before"]:
        return _("%(who)s a déclaré un risque critique : « %(name)s » (criticité %(after)d)") % {
            "who": message.actor_label,
            **facts,
        }
    return _("Le risque « %(name)s » est devenu critique : criticité %(before)d → %(after)d") % facts


def _tell_owned(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if event.changes.get("owner", [None, None])[1]]
    people, risks = People(event.project_id for event in heard), _rows(heard)
    for event in heard:
        risk = risks.get(event.object_id)
        if risk is not None and str(risk.owner_id) == event.changes["owner"][1]:
            yield from people.told(event, _owner(risk), {"name": risk.title, "score": risk.score})


def _owned_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s risque vous est confié", "%(n)s risques vous sont confiés", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("%(who)s vous confie le risque « %(name)s » (criticité %(score)d)") % {
        "who": message.actor_label,
        **{name: message.facts[name] for name in ("name", "score")},
    }


def _tell_created(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people, risks = People(event.project_id for event in events), _rows(events)
    for event in events:
        risk = risks.get(event.object_id)
        if risk is not None and risk.status in ACTIVE:
            facts = {"name": risk.title, "score": _score(event, risk, 1)}
            yield from people.told(event, people.leaders(event.project_id), facts)


def _created_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s nouveau risque", "%(n)s nouveaux risques", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("%(who)s a déclaré le risque « %(name)s » (criticité %(score)d)") % {
        "who": message.actor_label,
        **{name: message.facts[name] for name in ("name", "score")},
    }


def _register(message: Message) -> str:
    return project_address(message, "risks:project", "risks:register")


def declare() -> None:
    """The kinds of this room."""
    common: dict[str, Any] = {
        "area": Area.RISKS,
        "address": _register,
        "permission": Permission.RISK_VIEW,
        "icon": "shield-exclamation",
    }
    register(
        Kind(
            "risk.critical",
            gettext_lazy("Risque devenu critique"),
            verbs=("risk.created", "risk.updated"),
            tell=_tell_critical,
            sentence=_critical_sentence,
            important=True,
            followed=True,
            email=True,
            teams=True,
            order=20,
            **common,
        ),
        Kind(
            "risk.owned",
            gettext_lazy("Risque qui m’est confié"),
            verbs=("risk.created", "risk.updated"),
            tell=_tell_owned,
            sentence=_owned_sentence,
            important=True,
            email=True,
            order=21,
            **common,
        ),
        Kind(
            "risk.created",
            gettext_lazy("Nouveau risque"),
            verbs=("risk.created",),
            tell=_tell_created,
            sentence=_created_sentence,
            followed=True,
            order=60,
            **common,
        ),
    )
