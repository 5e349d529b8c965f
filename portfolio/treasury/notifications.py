"""Who is told that the balance is to go under its threshold: those who steer the money, once a month that breaks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from portfolio.treasury.models import CashAlert
from portfolio.treasury.watch import watch_every_morning
from portfolio.treasury.words import awaited_sentence, breach_sentence
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission, Role
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register, register_sweep


def _tell(events: Sequence[AuditEvent]) -> Iterable[Told]:
    alerts = {row.pk: row for row in CashAlert.objects.filter(pk__in=[event.object_id for event in events])}
    rows = Membership.objects.filter(role__in=(Role.EXECUTIVE, Role.PMO), is_active=True)
    to = tuple(Concerned(key, Reason.CASH) for key in rows.values_list("pk", flat=True))
    for event in events:
        row = alerts.get(event.object_id) if event.object_id else None
        # One that was over before anybody was told is nobody's news.
        if row is not None and row.closed_on is None:
            yield Told(event, to, {**row.facts, "month": f"{row.month:%Y-%m}"})


def _sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "La trésorerie passe sous son seuil dans %(n)s mois à venir",
            "La trésorerie passe sous son seuil dans %(n)s mois à venir",
            message.count,
        )
        return text % {"n": message.counted}
    facts: Any = message.facts
    awaited = awaited_sentence(facts)
    return f"{breach_sentence(facts)}. {awaited}" if awaited else breach_sentence(facts)


def _address(message: Message) -> str:
    month = message.facts.get("month", "")
    if message.count > 1 or not month:
        return reverse("treasury:plan")
    return reverse("treasury:projects", args=[month])


def declare() -> None:
    """The kind of this room, and what time alone makes break."""
    register_sweep(watch_every_morning)
    register(
        Kind(
            "cash.threshold",
            gettext_lazy("Trésorerie sous le seuil"),
            Area.MONEY,
            ("cashalert.created",),
            tell=_tell,
            sentence=_sentence,
            address=_address,
            permission=Permission.CASH_VIEW,
            important=True,
            email=True,
            teams=False,
            icon="banknotes",
            order=12,
        )
    )
