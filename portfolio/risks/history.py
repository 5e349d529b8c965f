"""What happened to one risk, in words, from the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.risks.models import Risk
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import history
from tech4value.figures import formats

SHOWN: Final = 10
# Their values are too long, or are keys: that they changed is enough.
WITHOUT_VALUES: Final = {"description", "mitigation", "owner"}


@dataclass(frozen=True, slots=True)
class Change:
    """One event: who, when, and what in a sentence."""

    who: str
    at: datetime
    text: str


def changes_of(risk: Risk) -> tuple[Change, ...]:
    """The last changes, newest first. One query."""
    events: list[AuditEvent] = list(history(risk.pk)[:SHOWN])  # type: ignore[index]  # a queryset
    return tuple(Change(event.actor_label, event.at, _words(event)) for event in events)


def _words(event: AuditEvent) -> str:
    verb = event.verb.rsplit(".", 1)[-1]
    said = {
        "created": _("Risque déclaré"),
        "deleted": _("Risque supprimé"),
        "restored": _("Risque rétabli"),
        "closed": _("Risque clos"),
        "reopened": _("Risque rouvert"),
    }
    return said.get(verb) or " · ".join(_change(name, *pair) for name, pair in event.changes.items())


def _change(name: str, before: Any, after: Any) -> str:
    field: Any = Risk._meta.get_field(name)
    label = str(capfirst(field.verbose_name))
    if name in WITHOUT_VALUES:
        return _("%(field)s modifié") % {"field": label}
    return _("%(field)s : %(before)s → %(after)s") % {
        "field": label,
        "before": _value(field, before),
        "after": _value(field, after),
    }


def _value(field: Any, value: Any) -> str:
    if value in (None, ""):
        return formats.DASH
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name == "due_on":
        return formats.date_short(parse_date(str(value)), get_language() or "fr")
    return str(value)
