"""What people are told of scenarios: one to approve, its decision, and what it did to whose projects."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portfolio.projects.models import Project
from portfolio.scenarios.models import Scenario, ScenarioStatus
from tech4value.accounts.approval import approvers
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.notifications.kinds import Area, Concerned, Kind, Message, Reason, Told, register

MOST_NAMED = 3
"""How many projects a message names."""


def _rows(events: Sequence[AuditEvent]) -> dict[UUID, Scenario]:
    """The scenarios of the events; those in the bin are nobody's news."""
    return {row.pk: row for row in Scenario.objects.filter(pk__in=[event.object_id for event in events])}


def _facts(row: Scenario) -> dict[str, Any]:
    return {"name": row.name, "scenario": str(row.pk)}


def _tell_submitted(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """Whoever may approve it, but its author."""
    rows = _rows(events)
    members = list(approvers(Permission.SCENARIO_APPROVE).values_list("pk", flat=True))
    for event in events:
        row = rows.get(event.object_id) if event.object_id else None
        # One that was decided or taken back before anybody was told is nobody's news.
        if row is not None and row.status == ScenarioStatus.SUBMITTED:
            to = tuple(Concerned(key, Reason.DECIDER) for key in members if key != row.owner_id)
            yield Told(event, to, _facts(row))


def _tell_decided(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """Its author; of a refusal, with why."""
    rows = _rows(events)
    for event in events:
        row = rows.get(event.object_id) if event.object_id else None
        if row is not None and row.owner_id is not None:
            reason = (event.changes.get("reason") or [None, ""])[1] or ""
            yield Told(event, (Concerned(row.owner_id, Reason.REQUESTER),), {**_facts(row), "reason": reason})


def _tell_done(events: Sequence[AuditEvent]) -> Iterable[Told]:
    """The managers of the projects whose rows the application wrote, each with the names of their own; and its
    author. Channels, which keep the first that is said, are told of all the projects. Three statements."""
    rows, batches = _rows(events), {event.pk: _batch_of(event) for event in events}
    written = _written(set(batches.values()))
    for event in events:
        row = rows.get(event.object_id) if event.object_id else None
        if row is None:
            continue
        by_member = written.get(batches[event.pk], {})
        yield Told(event, (), _with_projects(row, by_member.get(None, [])))
        for member, names in by_member.items():
            if member is not None:
                yield Told(event, (Concerned(member, Reason.MANAGER),), _with_projects(row, names))
        if row.owner_id is not None:
            yield Told(event, (Concerned(row.owner_id, Reason.REQUESTER),), _facts(row))


def _with_projects(row: Scenario, names: list[str]) -> dict[str, Any]:
    return {**_facts(row), "projects": names[:MOST_NAMED], "count": len(names)}


def _batch_of(event: AuditEvent) -> str:
    """The writes of an application: what it sets when it is done, and takes away when it is undone."""
    before, after = event.changes.get("batch") or (None, None)
    return str(after or before or "")


def _written(batches: set[str]) -> dict[str, dict[UUID | None, list[str]]]:
    """By batch, the projects that it wrote to, by the membership of their manager; under None, all of them."""
    written = AuditEvent.objects.filter(batch_id__in=[key for key in batches if key], project_id__isnull=False)
    pairs = set(written.order_by().values_list("batch_id", "project_id"))
    projects = Project.objects.filter(pk__in={key for _batch, key in pairs})
    known = {row["pk"]: row for row in projects.values("pk", "name", "manager__membership_id")}
    found: dict[str, dict[UUID | None, list[str]]] = defaultdict(lambda: defaultdict(list))
    for batch, key in pairs:
        if key in known:
            for member in {None, known[key]["manager__membership_id"]}:
                found[str(batch)][member].append(known[key]["name"])
    for members in found.values():
        for names in members.values():
            names.sort(key=str.casefold)
    return found


def _words(message: Message) -> dict[str, str]:
    return {"who": message.actor_label, "name": message.facts["name"]}


def _submitted_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s scénario attend votre approbation", "%(n)s scénarios attendent votre approbation", message.count
        )
        return text % {"n": message.counted}
    return _("%(who)s propose le scénario « %(name)s »") % _words(message)


def _approved_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s scénario est approuvé", "%(n)s scénarios sont approuvés", message.count)
        return text % {"n": message.counted}
    return _("%(who)s a approuvé votre scénario « %(name)s » : il peut être appliqué") % _words(message)


def _refused_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext("%(n)s scénario est refusé", "%(n)s scénarios sont refusés", message.count)
        return text % {"n": message.counted}
    return _("%(who)s a refusé votre scénario « %(name)s » : %(reason)s") % {
        **_words(message),
        "reason": message.facts["reason"],
    }


def _projects(message: Message) -> str:
    """« Odoo », « Intranet » et 2 autres projets; empty for the author's message."""
    names = message.facts.get("projects", [])
    said = ", ".join(_("« %(text)s »") % {"text": name} for name in names)
    left = message.facts.get("count", len(names)) - len(names)
    if left <= 0:
        return said
    return ngettext("%(names)s et %(n)s autre projet", "%(names)s et %(n)s autres projets", left) % {
        "names": said,
        "n": left,
    }


def _applied_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "%(n)s scénario est appliqué au plan", "%(n)s scénarios sont appliqués au plan", message.count
        )
        return text % {"n": message.counted}
    projects = _projects(message)
    if not projects and "projects" in message.facts:
        return _("%(who)s a appliqué le scénario « %(name)s » au plan") % _words(message)
    if not projects:
        return _("%(who)s a appliqué votre scénario « %(name)s » au plan") % _words(message)
    return _("%(who)s a appliqué le scénario « %(name)s » au plan de %(projects)s") % {
        **_words(message),
        "projects": projects,
    }


def _undone_sentence(message: Message) -> str:
    if message.count > 1:
        text = ngettext(
            "L’application de %(n)s scénario est annulée",
            "L’application de %(n)s scénarios est annulée",
            message.count,
        )
        return text % {"n": message.counted}
    projects = _projects(message)
    if not projects and "projects" in message.facts:
        return _("%(who)s a annulé l’application du scénario « %(name)s »") % _words(message)
    if not projects:
        return _("%(who)s a annulé l’application de votre scénario « %(name)s »") % _words(message)
    return _(
        "%(who)s a annulé l’application du scénario « %(name)s » : le plan de %(projects)s est celui d’avant"
    ) % {**_words(message), "projects": projects}


def _address(message: Message) -> str:
    if message.count > 1:
        return reverse("scenarios:list")
    return reverse("scenarios:detail", args=[message.facts["scenario"]])


def _undone_address(message: Message) -> str:
    """Its page for its author; the list for managers, who no longer see it: one that is applied was everybody's."""
    return reverse("scenarios:list") if "projects" in message.facts else _address(message)


def declare() -> None:
    """The kinds of this room."""
    common: dict[str, Any] = {
        "area": Area.PLANS,
        "address": _address,
        "permission": Permission.SCENARIO_VIEW,
        "important": True,
        "icon": "beaker",
    }
    register(
        Kind(
            "scenario.submitted",
            gettext_lazy("Scénario à approuver"),
            verbs=("scenario.submitted",),
            tell=_tell_submitted,
            sentence=_submitted_sentence,
            email=True,
            order=42,
            **{**common, "permission": Permission.SCENARIO_APPROVE},
        ),
        Kind(
            "scenario.approved",
            gettext_lazy("Scénario approuvé"),
            verbs=("scenario.approved",),
            tell=_tell_decided,
            sentence=_approved_sentence,
            email=True,
            order=43,
            **common,
        ),
        Kind(
            "scenario.refused",
            gettext_lazy("Scénario refusé"),
            verbs=("scenario.refused",),
            tell=_tell_decided,
            sentence=_refused_sentence,
            email=True,
            order=44,
            **common,
        ),
        Kind(
            "scenario.applied",
            gettext_lazy("Scénario appliqué à vos projets"),
            verbs=("scenario.applied",),
            tell=_tell_done,
            sentence=_applied_sentence,
            email=True,
            teams=True,
            order=14,
            **common,
        ),
        Kind(
            "scenario.undone",
            gettext_lazy("Application d’un scénario annulée"),
            verbs=("scenario.undone",),
            tell=_tell_done,
            sentence=_undone_sentence,
            email=True,
            teams=True,
            order=15,
            **{**common, "address": _undone_address},
        ),
    )
