"""What people are told of budgets: lines that go over, revisions."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portfolio.finance.models import BudgetLine, Category
from portfolio.projects.concerned import People, changed, of_projects, project_address
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.figures import formats
from tech4value.notifications.kinds import Area, Kind, Message, Told, register

SPENT = ("actual", "forecast")


def _amounts(event: AuditEvent, line: BudgetLine, side: int) -> dict[str, Decimal]:
    """The line's amounts before (0) or after (1) the event; what it did not change is as it is now."""
    values = {name: getattr(line, name) for name in ("planned", *SPENT)}
    for name in values:
        if name in event.changes:
            values[name] = Decimal(str(event.changes[name][side] or 0))
    return values


def _excess(amounts: dict[str, Decimal]) -> Decimal:
    """By how much the spending of the month, done or foreseen, goes over what was planned; 0 within it."""
    return max(Decimal(0), max(amounts[name] for name in SPENT) - amounts["planned"])


def _lines(events: Sequence[AuditEvent]) -> dict[Any, BudgetLine]:
    return {row.pk: row for row in BudgetLine.objects.filter(pk__in=[event.object_id for event in events])}


def _facts(line: BudgetLine) -> dict[str, Any]:
    return {"category": line.category, "month": str(line.month), "currency": line.currency}


def _tell_exceeded(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if changed(event, "planned", *SPENT)]
    people, lines = People(event.project_id for event in heard), _lines(heard)
    for event in heard:
        line = lines.get(event.object_id)
        # A line without a budget is an unplanned expense: the revision tells of it.
        if line is None or not line.planned:
            continue
        before, after = _excess(_amounts(event, line, 0)), _excess(_amounts(event, line, 1))
        if after > 0 and before == 0:
            yield from people.told(event, people.leaders(event.project_id), {**_facts(line), "excess": str(after)})


def _tell_revised(events: Sequence[AuditEvent]) -> Iterable[Told]:
    heard = [event for event in events if changed(event, "planned", "forecast")]
    people, lines = People(event.project_id for event in heard), _lines(heard)
    for event in heard:
        line = lines.get(event.object_id)
        if line is not None:
            pairs = {
                name: [str(one or 0) for one in pair] for name, pair in changed(event, "planned", "forecast").items()
            }
            yield from people.told(event, people.leaders(event.project_id), {**_facts(line), **pairs})


def _line(message: Message) -> str:
    """« Licences, mars 2026 »."""
    label = dict(Category.choices).get(message.facts["category"], message.facts["category"])
    return f"{label}, {formats.month(date.fromisoformat(message.facts['month']), get_language() or 'fr')}"


def _money(message: Message, amount: str, *, signed: bool = False) -> str:
    return formats.in_unit(
        Decimal(amount), f"money:{message.facts['currency']}", get_language() or "fr", compact=True, signed=signed
    )


def _exceeded_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s ligne de budget est dépassée", "%(n)s lignes de budget sont dépassées", message.count)
        return of_projects(message, text % {"n": message.counted})
    return _("La ligne « %(line)s » dépasse son budget de %(excess)s") % {
        "line": _line(message),
        "excess": _money(message, message.facts["excess"]),
    }


def _revised_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s ligne de budget a été révisée", "%(n)s lignes de budget ont été révisées", message.count
        )
        return of_projects(message, text % {"n": message.counted})
    measure = "planned" if "planned" in message.facts else "forecast"
    before, after = (_money(message, amount) for amount in message.facts[measure])
    facts = {"who": message.actor_label, "line": _line(message), "before": before, "after": after}
    if measure == "planned":
        return _("%(who)s a révisé la ligne « %(line)s » : prévu %(before)s → %(after)s") % facts
    return _("%(who)s a révisé la ligne « %(line)s » : prévision %(before)s → %(after)s") % facts


def _budget(message: Message) -> str:
    return project_address(message, "finance:project", "finance:portfolio")


def declare() -> None:
    """The kinds of this room."""
    common: dict[str, Any] = {
        "area": Area.MONEY,
        "address": _budget,
        "permission": Permission.BUDGET_VIEW,
        "followed": True,
        "icon": "banknotes",
    }
    register(
        Kind(
            "budget.exceeded",
            gettext_lazy("Ligne de budget dépassée"),
            verbs=("budgetline.updated", "budgetline.created"),
            tell=_tell_exceeded,
            sentence=_exceeded_sentence,
            important=True,
            email=True,
            teams=True,
            order=45,
            **common,
        ),
        Kind(
            "budget.revised",
            gettext_lazy("Budget révisé"),
            verbs=("budgetline.updated",),
            tell=_tell_revised,
            sentence=_revised_sentence,
            order=65,
            **common,
        ),
    )
