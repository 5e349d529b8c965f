"""What people are told of budgets: lines that go over, revisions."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from portfolio.finance.models import BudgetLine, BudgetVersion, Category, VersionState
from portfolio.projects.concerned import People, changed, of_projects, project_address
from tech4value.accounts.approval import approvers
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.figures import formats
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register

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


def _versions(events: Sequence[AuditEvent]) -> dict[Any, BudgetVersion]:
    rows = BudgetVersion.objects.filter(pk__in=[event.object_id for event in events])
    return {row.pk: row for row in rows.defer("amounts")}


def _tell_proposed(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """Whoever may approve it, but the one who proposes."""
    people, rows = People(event.project_id for event in events), _versions(events)
    members = list(approvers(Permission.BUDGET_APPROVE).values_list("pk", "user_id"))
    for event in events:
        version = rows.get(event.object_id)
        # One that was decided or taken back before anybody was told is nobody's news.
        if version is None or version.state != VersionState.PROPOSED:
            continue
        to = [Concerned(key, Reason.APPROVER) for key, user in members if user != event.actor_id]
        yield from people.told(event, to, {"number": version.number}, Permission.BUDGET_APPROVE)


def _tell_decided(events: Sequence[AuditEvent]) -> Iterable[Told]:
    people, rows = People(event.project_id for event in events), _versions(events)
    for event in events:
        version = rows.get(event.object_id)
        if version is not None:
            facts = {"number": version.number, "decision": (event.changes.get("decision") or [None, ""])[1] or ""}
            yield from people.told(event, people.leaders(event.project_id), facts)


def _version_name(message: Message) -> str:
    return BudgetVersion(number=message.facts["number"]).name


def _of_versions(message: Message, several: str, one: str) -> str:
    if message.count > 1:
        return of_projects(message, several % {"n": message.counted})
    return one % {
        "who": message.actor_label,
        "version": _version_name(message),
        "reason": message.facts.get("decision", ""),
    }


def _proposed_sentence(message: Message) -> str:
    several = ngettext(
        "%(n)s version de budget attend votre approbation",
        "%(n)s versions de budget attendent votre approbation",
        message.count,
    )
    return _of_versions(message, several, _("%(who)s propose la version « %(version)s » du budget"))


def _approved_sentence(message: Message) -> str:
    several = ngettext(
        "%(n)s version de budget est approuvée", "%(n)s versions de budget sont approuvées", message.count
    )
    return _of_versions(message, several, _("%(who)s a approuvé la version « %(version)s » du budget"))


def _returned_sentence(message: Message) -> str:
    several = ngettext(
        "%(n)s version de budget vous est renvoyée", "%(n)s versions de budget vous sont renvoyées", message.count
    )
    one = _("%(who)s vous renvoie la version « %(version)s » du budget : %(reason)s")
    return _of_versions(message, several, one)


def _version_page(message: Message) -> str:
    return project_address(message, "finance:versions", "finance:portfolio")


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
            # What is spent on a shared envelope reaches a project's lines under a verb of its own.
            verbs=("budgetline.updated", "budgetline.created", "budgetline.shared"),
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
    of_version: dict[str, Any] = {**common, "address": _version_page, "followed": False, "important": True}
    register(
        Kind(
            "budget.version_proposed",
            gettext_lazy("Version de budget à approuver"),
            verbs=("budgetversion.proposed",),
            tell=_tell_proposed,
            sentence=_proposed_sentence,
            email=True,
            order=46,
            **{**of_version, "permission": Permission.BUDGET_APPROVE},
        ),
        Kind(
            "budget.version_approved",
            gettext_lazy("Version de budget approuvée"),
            verbs=("budgetversion.approved",),
            tell=_tell_decided,
            sentence=_approved_sentence,
            order=47,
            **of_version,
        ),
        Kind(
            "budget.version_returned",
            gettext_lazy("Version de budget renvoyée"),
            verbs=("budgetversion.returned",),
            tell=_tell_decided,
            sentence=_returned_sentence,
            email=True,
            order=48,
            **of_version,
        ),
    )
