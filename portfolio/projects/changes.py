"""What changed lately in a project, in words: the journal's events as people read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portfolio.projects.access import allows
from portfolio.projects.models import Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.audit.models import AuditEvent
from tech4value.web.field_values import FieldChanges as CustomChanges
from tech4value.web.formats import date_short, date_time, duration, percent, quantity
from tech4value.web.mentions import plain

NOUNS: Final[dict[str, Promise]] = {
    "project": _("Projet"),
    "milestone": _("Jalon"),
    "statusreport": _("Point d’avancement"),
    "projectmember": _("Équipe"),
    "task": _("Tâche"),
    "dependency": _("Lien"),
    "assignment": _("Affectation"),
    "baseline": _("Référence"),
    "driftalert": _("Dérive"),
    "budgetline": _("Ligne de budget"),
    "risk": _("Risque"),
    "teamrole": _("Rôle"),
    "responsibility": _("Responsabilité"),
    "templateuse": _("Modèle"),
    "plansettings": _("Réglages du plan"),
}
VERBS: Final[dict[str, Promise]] = {
    "created": _("création"),
    "updated": _("modification"),
    "deleted": _("suppression"),
    "restored": _("rétablissement"),
    "reached": _("jalon atteint"),
    "rescheduled": _("nouvelles dates"),
    "closed": _("clôture"),
    "reopened": _("réouverture"),
    "moved": _("déplacement"),
    "simulated": _("simulation"),
    "worked": _("temps passé"),
    "time_costed": _("coût du temps"),
    "taken": _("enregistrement"),
    "made_read_only": _("passage en lecture seule"),
    "made_editable": _("retour en modification"),
}
# Rooms whose rows are for those who hold a permission of their own on the project.
READERS: Final[Mapping[str, Permission]] = {
    "portfolio_projects": Permission.PROJECT_VIEW,
    "portfolio_planning": Permission.PLAN_VIEW,
    "portfolio_drift": Permission.PLAN_VIEW,
    "portfolio_finance": Permission.BUDGET_VIEW,
    "portfolio_risks": Permission.RISK_VIEW,
    "portfolio_governance": Permission.PROJECT_VIEW,
}
LIMIT: Final = 8
# What is kept from 0 to 1 and read in percent.
SHARES: Final = {"percent_complete", "units"}
FIELDS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after, as people read them; empty texts where a value means nothing to them."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One event: when, who, what, and the fields that differ (when it is a change)."""

    at: datetime
    effective_on: date | None
    who: str
    noun: str
    label: str
    verb: str
    fields: tuple[FieldChange, ...]


def recent_changes(member: Membership, project: Project, role: str | None, limit: int = LIMIT) -> list[Change]:
    """The latest events of `project` that `member` may read, newest first; one statement."""
    readable = [room for room, permission in READERS.items() if allows(member, permission, project, role)]
    rooms = models.Q()
    for room in readable:
        rooms |= models.Q(object_type__startswith=f"{room}.")
    if not readable:
        return []
    events = AuditEvent.objects.filter(rooms, project_id=project.pk).order_by("-id")[:limit]
    found = list(events)
    custom = CustomChanges(found)
    return [_change(event, custom) for event in found]


def _change(event: AuditEvent, custom: CustomChanges) -> Change:
    kind, verb = event.object_type.rsplit(".", 1)[-1], event.verb.rsplit(".", 1)[-1]
    fields = _fields(event, custom) if verb == "updated" else ()
    return Change(
        at=event.at,
        effective_on=event.effective_on,
        who=event.actor_label,
        noun=str(NOUNS.get(kind, capfirst(kind))),
        label=_label(event.object_label),
        verb=str(VERBS.get(verb, verb)),
        fields=fields,
    )


def _label(label: str) -> str:
    """A report is named by its date: written as people read dates."""
    try:
        return date_short(date.fromisoformat(label), get_language() or "fr")
    except ValueError:
        return label


def _fields(event: AuditEvent, custom: CustomChanges) -> tuple[FieldChange, ...]:
    model = apps.get_model(event.object_type)
    known = {field.name: field for field in model._meta.local_fields}
    found = [
        FieldChange(str(capfirst(str(known[name].verbose_name))), _text(known[name], old), _text(known[name], new))
        for name, (old, new) in event.changes.items()
        if name in known and name != "custom_fields"
    ]
    found += [FieldChange(one.label, one.before or "–", one.after or "–") for one in custom.of(event)]
    return tuple(found[:FIELDS_SHOWN])


def _text(field: models.Field, value: Any) -> str:
    """A journal value in words; empty for keys and structures, whose change is told by the label alone."""
    if value in (None, ""):
        return "–"
    if isinstance(field, models.ForeignKey | models.UUIDField | models.JSONField) or isinstance(value, UUID):
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        return date_time(datetime.fromisoformat(str(value)), get_language() or "fr")
    if isinstance(field, models.DateField):
        return date_short(date.fromisoformat(str(value)), get_language() or "fr")
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if field.name.endswith("_minutes") and isinstance(value, int):
        return duration(value, get_language() or "fr")
    if field.name in SHARES:
        return percent(Decimal(str(value)), get_language() or "fr")
    if isinstance(field, models.DecimalField):
        return quantity(Decimal(str(value)), get_language() or "fr")
    return plain(str(value))
