"""The journal in words: what was done, to what, and each change as a person would say it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tech4value.audit.models import AuditEvent
from tech4value.figures import formats
from tech4value.web.field_values import FieldChanges
from tech4value.web.mentions import plain

# The first part of a verb: what the event is about.
FAMILIES: dict[str, Promise] = {
    "project": _("Projets"),
    "programme": _("Programmes"),
    "statusreport": _("Points d’avancement"),
    "milestone": _("Jalons"),
    "projectmember": _("Équipes de projet"),
    "task": _("Tâches"),
    "dependency": _("Liens entre tâches"),
    "assignment": _("Affectations"),
    "baseline": _("Plans de référence"),
    "baselinetask": _("Plans de référence"),
    "plansettings": _("Réglages de plan"),
    "plan": _("Plans"),
    "driftalert": _("Dérives"),
    "driftrule": _("Règles de dérive"),
    "estimateclass": _("Classes de tâches"),
    "taskestimate": _("Estimations de tâches"),
    "riskeffect": _("Effets de risques sur le plan"),
    "simulationsettings": _("Réglages de simulation"),
    "budgetline": _("Lignes de budget"),
    "benefit": _("Bénéfices"),
    "benefityear": _("Exercices de bénéfices"),
    "returnsettings": _("Réglages de rentabilité"),
    "bankaccount": _("Comptes bancaires"),
    "contract": _("Contrats"),
    "contractinstalment": _("Échéances de contrat"),
    "invoice": _("Factures"),
    "payment": _("Paiements"),
    "payrollrule": _("Paies"),
    "exchangerate": _("Cours de change"),
    "vatrate": _("Taux de TVA"),
    "treasurysettings": _("Réglages de trésorerie"),
    "cashalert": _("Alertes de trésorerie"),
    "scenario": _("Scénarios"),
    "scenariooperation": _("Opérations de scénario"),
    "risk": _("Risques"),
    "projecttemplate": _("Modèles de projet"),
    "templateuse": _("Modèles de projet"),
    "teamrole": _("Rôles de projet"),
    "responsibility": _("Responsabilités"),
    "person": _("Personnes"),
    "pole": _("Pôles"),
    "absence": _("Absences"),
    "workcalendar": _("Calendriers"),
    "calendarexception": _("Exceptions de calendrier"),
    "importrun": _("Imports"),
    "import": _("Imports"),
    "pack": _("Dossiers de Copil"),
    "file": _("Fichiers"),
    "job": _("Traitements"),
    "membership": _("Membres"),
    "invitation": _("Invitations"),
    "apitoken": _("Jetons d’API"),
    "subscription": _("Formule"),
    "tenant": _("Organisation"),
    "access": _("Accès"),
    "fielddefinition": _("Champs personnalisés"),
    "savedview": _("Vues enregistrées"),
}
# The second part: what happened.
DEEDS: dict[str, Promise] = {
    "created": _("Création"),
    "updated": _("Modification"),
    "deleted": _("Suppression"),
    "restored": _("Rétablissement"),
    "purged": _("Suppression définitive"),
    "stored": _("Dépôt"),
    "downloaded": _("Téléchargement"),
    "started": _("Lancement"),
    "done": pgettext_lazy("traitement", "Fin"),
    "failed": _("Échec"),
    "denied": _("Accès refusé"),
    "deactivated": _("Désactivation"),
    "reactivated": _("Réactivation"),
    "second_factor_reset": _("Retrait du second facteur"),
    "made_read_only": _("Passage en lecture seule"),
    "made_editable": _("Retour en modification"),
    "accepted": _("Acceptation"),
    "renewed": _("Renvoi"),
    "revoked": _("Annulation"),
    "expired": _("Expiration"),
    "published": _("Publication"),
    "reached": _("Atteinte"),
    "moved": _("Déplacement"),
    "rescheduled": _("Replanification"),
    "closed": _("Clôture"),
    "reopened": _("Réouverture"),
    "previewed": _("Aperçu"),
    "file_replaced": _("Remplacement"),
    "replaced": _("Remplacement"),
    "taken": _("Prise"),
    "imported": _("Import"),
    "undone": _("Annulation"),
    "archived": _("Archivage"),
    "exported": _("Export"),
    "simulated": _("Simulation"),
    "submitted": _("Soumission"),
    "approved": _("Approbation"),
    "refused": _("Refus"),
    "applied": _("Application"),
}
TONES = {
    "deleted": "warning",
    "failed": "bad",
    "denied": "bad",
    "deactivated": "warning",
    "second_factor_reset": "warning",
}
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an event; empty texts for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as the journal shows it."""

    event: AuditEvent
    deed: str
    tone: str
    family: str
    changes: tuple[Change, ...]
    seal: int | None


def family_choices() -> list[tuple[str, str]]:
    """The families, sorted by their word; those of the same word together under the first."""
    words: dict[str, str] = {}
    for key, word in FAMILIES.items():
        words.setdefault(str(word), key)
    return sorted(((key, word) for word, key in words.items()), key=lambda choice: choice[1])


def verbs_of(family: str) -> models.Q:
    """The events of a family, and of those with the same word."""
    wanted = models.Q(pk__in=[])
    for key, word in FAMILIES.items():
        if key == family or str(word) == str(FAMILIES.get(family)):
            wanted |= models.Q(verb__startswith=f"{key}.")
    return wanted


def entries(events: Sequence[AuditEvent]) -> list[Entry]:
    """Events (with their `seal` selected) in words; one query for each table that their changes point at."""
    labels, custom = _labels(events), FieldChanges(events)
    return [_entry(event, labels, custom) for event in events]


def _entry(event: AuditEvent, labels: dict[UUID, str], custom: FieldChanges) -> Entry:
    prefix, _dot, suffix = event.verb.rpartition(".")
    seal = getattr(event, "seal", None)
    return Entry(
        event=event,
        deed=str(DEEDS.get(suffix, suffix)),
        tone=TONES.get(suffix, "neutral"),
        family=str(FAMILIES.get(prefix, prefix)),
        changes=tuple(
            Change(
                _field_label(event, name), _value(event, name, pair[0], labels), _value(event, name, pair[1], labels)
            )
            for name, pair in event.changes.items()
            if name != "custom_fields"
        )
        + tuple(Change(one.label, one.before, one.after) for one in custom.of(event)),
        seal=None if seal is None else seal.seq,
    )


def _field(event: AuditEvent, name: str) -> models.Field | None:
    if not event.object_type:
        return None
    try:
        field = apps.get_model(event.object_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def _field_label(event: AuditEvent, name: str) -> str:
    if name == "path":
        return gettext("Adresse")
    field = _field(event, name)
    text = name if field is None else str(field.verbose_name)
    return text[:1].upper() + text[1:].replace("_", " ")


def _value(event: AuditEvent, name: str, value: Any, labels: dict[UUID, str]) -> str:
    if value is None or value == "":
        return ""
    language = get_language() or "fr"
    field = _field(event, name)
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(field, models.ForeignKey):
        key = _key(value)
        return str(value) if key is None else labels.get(key, gettext("élément supprimé"))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        return formats.date_time(datetime.fromisoformat(str(value)), language)
    if isinstance(field, models.DateField):
        return formats.date_short(date.fromisoformat(str(value)), language)
    if field is not None and field.name.endswith("_minutes") and isinstance(value, int):
        return formats.duration(value, language)
    if isinstance(field, models.DecimalField):
        return formats.quantity(Decimal(str(value)), language)
    if isinstance(value, dict | list):
        size = len(value)
        return gettext("%(n)s éléments") % {"n": size} if size else ""
    text = plain(str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _labels(events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """What the keys in the changes are called today."""
    wanted: dict[type[models.Model], set[UUID]] = {}
    for event in events:
        for name, pair in event.changes.items():
            field = _field(event, name)
            if isinstance(field, models.ForeignKey):
                wanted.setdefault(field.remote_field.model, set()).update(filter(None, map(_key, pair)))
    return {
        row.pk: str(row)
        for model, keys in wanted.items()
        for row in model._base_manager.filter(pk__in=keys).select_related(*_named_through(model))
    }


def _key(value: Any) -> UUID | None:
    """The key that a change holds; None when it holds something else: one bad line must not hide the journal."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _named_through(model: type[models.Model]) -> list[str]:
    """Relations that a row's name reads (a membership is called by its user)."""
    return ["user"] if any(field.name == "user" for field in model._meta.local_fields) else []
