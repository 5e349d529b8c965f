"""What the examples of each collection show: values of its own kind, the fields that a creation and a change send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

_KEY: Final = "01963a5e-7c1d-7b52-9f0a-3d1f6c2b8e4{}"


def key(name: str) -> str:
    """A row's key in an example, by the name of the field that holds it."""
    return _KEY.format(len(name) % 10)


@dataclass(frozen=True, slots=True)
class Shown:
    """`values` are by field, in bodies and in answers; `created` are the optional fields that a creation shows beside
    those that it must give, `changed` the fields that a change shows."""

    values: Mapping[str, Any] = field(default_factory=dict)
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


NOTHING: Final = Shown()
# By collection, else by the path of one operation.
SHOWN: Final[Mapping[str, Shown]] = {
    "absences": Shown({"starts_on": "2027-03-01", "ends_on": "2027-03-12"}, ("kind",), ("ends_on",)),
    "allocations": Shown(
        {"starts_on": "2027-03-01", "ends_on": "2027-04-30", "share": "0.5000"}, ("person", "share"), ("share",)
    ),
    "assignments": Shown({"units": "0.50"}, ("units",), ("units",)),
    "bank-accounts": Shown(
        {
            "name": _("Compte courant"),
            "opening_on": "2026-01-01",
            "opening_balance": "150000.00",
            "threshold": "50000.00",
        },
        ("threshold",),
        ("threshold",),
    ),
    "baselines": Shown({"name": _("Plan validé au Copil de mars")}, ("name",)),
    "benefit-years": Shown({"year": 2027, "expected": "48000.00", "realised": None}, ("expected",), ("realised",)),
    "benefits": Shown(
        {
            "name": _("Heures de saisie évitées"),
            "kind": "saving",
            "source": "typed",
            "measure": _("Heures relevées chaque trimestre, contre celles de 2026"),
            "unit": "",
        },
        ("kind", "measure"),
        ("measure",),
    ),
    "budget-lines": Shown({}, ("planned", "forecast"), ("committed", "forecast")),
    "budget-transfers": Shown(
        {
            "category": "services",
            "nature": "opex",
            "amount": "2500.00",
            "reason": _("Formation des métiers avancée d’un trimestre."),
        }
    ),
    "budget-versions": Shown({"reason": _("Reprise des données plus longue.")}, ("reason",), ("reason",)),
    "budget-versions/{id}/approve": Shown({"text": _("Conforme à l’enveloppe de l’exercice.")}, ("text",)),
    "budget-versions/{id}/propose": Shown({"text": _("Budget arrêté au comité de lancement.")}, ("text",)),
    "budget-versions/{id}/return": Shown({"text": _("Étalez les licences sur deux exercices.")}, ("text",)),
    "calendar-exceptions": Shown(
        {"starts_on": "2027-05-07", "ends_on": "2027-05-07", "label": _("Pont de l’Ascension")},
        ("label",),
        ("label",),
    ),
    "calendars": Shown({"name": _("Semaine de quatre jours")}, ("country",), ("name",)),
    "completion-choices": Shown(
        {"method": "manager", "amount": "118000.00", "reason": _("Deux prestataires de plus jusqu’à la recette.")},
        ("amount", "reason"),
    ),
    "contract-instalments": Shown(
        {
            "name": _("Acompte à la signature"),
            "share": "0.3000",
            "trigger_kind": "date",
            "starts_on": "2027-01-15",
            "amount": None,
        },
        ("share", "trigger_kind", "starts_on"),
        ("share",),
    ),
    "contracts": Shown(
        {
            "name": _("Intégration de l’ERP"),
            "reference": "C-2027-014",
            "direction": "supplier",
            "counterparty": "Novatec Conseil",
            "net_amount": "120000.00",
        },
        ("reference", "project", "net_amount"),
        ("net_amount",),
    ),
    "dependencies": Shown({"kind": "FS", "lag": 420}, ("kind", "lag"), ("kind", "lag")),
    "drift-rules": Shown({"threshold_days": 5}, (), ("is_active", "threshold_days")),
    "estimate-classes": Shown(
        {"name": _("Développement"), "optimistic": "0.80", "likely": "1.00", "pessimistic": "1.60"},
        ("optimistic", "likely", "pessimistic"),
        ("pessimistic",),
    ),
    "estimates": Shown(
        {
            "optimistic_minutes": 1680,
            "likely_minutes": 2100,
            "pessimistic_minutes": 3780,
            "rows": [{"task": key("task"), "estimate_class": key("estimate_class")}],
        },
        ("optimistic_minutes", "likely_minutes", "pessimistic_minutes"),
        ("pessimistic_minutes",),
    ),
    "exchange-rates": Shown({"currency": "USD", "starts_on": "2026-01-01", "rate": "1.0850"}, (), ("rate",)),
    "fields": Shown(
        {
            "label": _("Priorité"),
            "label_en": "Priority",
            "kind": "choice",
            "unit": "",
            "options": [
                {"key": "haute", "label": _("Haute"), "label_en": "High"},
                {"key": "basse", "label": _("Basse"), "label_en": "Low"},
            ],
            "help_text": _("L’ordre dans lequel le Copil arbitre."),
        },
        ("label_en", "options"),
        ("label", "help_text"),
    ),
    "imports": Shown({"kind": "table", "file": "projets.csv"}),
    "imports/{id}/reading": Shown(
        {"target": "projects", "header_row": 1}, ("target", "header_row", "encoding", "separator")
    ),
    "imports/{id}/columns": Shown(
        {
            "columns": [
                {"index": 0, "field": "code"},
                {"index": 1, "field": "name"},
                {"index": 2, "field": "pole"},
                {"index": 3, "field": "starts_on"},
                {"index": 4, "field": "ends_on"},
            ],
            "remember_as": _("Nos projets"),
        },
        ("columns", "date_order", "decimal", "remember_as"),
    ),
    "imports/{id}/run": Shown({"skip_faulty": True}, ("skip_faulty",)),
    "imports/{id}/undo": Shown({"keep_changed": True}, ("keep_changed",)),
    "invitations": Shown({"role": "project_manager"}),
    "invoices": Shown(
        {"number": "F-2027-0142", "net_amount": "36000.00", "due_on": "2027-04-30"}, ("due_on",), ("due_on",)
    ),
    "members": Shown(
        {"name": "Chloé Martin", "role": "project_manager", "is_active": True}, (), ("role", "is_active")
    ),
    "milestones": Shown(
        {"name": _("Pilote dans trois services")},
        ("success_criterion", "owner"),
        ("due_on", "success_criterion"),
    ),
    "notification-preferences": Shown(
        {"rhythm": "daily", "digest_hour": 8, "time_zone": "Europe/Paris"}, (), ("rhythm", "digest_hour")
    ),
    "notifications": Shown({"read": True}, (), ("read",)),
    "optimisations": Shown(
        {
            "name": _("Que faire l’an prochain"),
            "first_month": "2027-01-01",
            "months": 12,
            "grouping": "profile",
            "seconds": 10,
            "budgets": {"2027": "250000.00", "2028": "180000.00"},
            "rules": [{"kind": "exclusive", "project": key("project"), "other": key("other"), "months": 0}],
        },
        ("months", "grouping", "budgets"),
        ("budgets", "seconds"),
    ),
    "packs": Shown({"title": _("Copil de mars")}, ("title", "meeting_on", "projects")),
    "payments": Shown(
        {
            "kind": "other",
            "paid_on": "2026-01-30",
            "amount": "-1200.00",
            "label": _("Frais bancaires"),
            "invoice": None,
            "payroll": None,
        },
        ("kind", "label"),
        ("label",),
    ),
    "payroll-rules": Shown(
        {
            "name": _("Équipe produit"),
            "net_amount": "42000.00",
            "charges_amount": "18000.00",
            "pay_day": 28,
            "charges_day": 15,
        },
        ("charges_amount", "pay_day", "charges_day"),
        ("net_amount",),
    ),
    "people": Shown(
        {"name": "Chloé Martin"}, ("email", "pole", "daily_rate", "capacity"), ("daily_rate", "capacity")
    ),
    "person-skills": Shown({"level": 3}, ("level",), ("level",)),
    "poles": Shown({"code": "SI", "name": _("Systèmes d’information")}, (), ("name", "manager")),
    "profiles": Shown(
        {
            "name": _("Analyste fonctionnel"),
            "description": _("Recueille les besoins et rédige les spécifications."),
        },
        ("description",),
        ("description",),
    ),
    "programmes": Shown(
        {"code": "FIN-2027", "name": _("Transformation de la finance")}, ("manager",), ("name", "manager")
    ),
    "project-members": Shown({"role": "contributor"}, ("role",), ("role",)),
    "project-templates": Shown(
        {
            "name": _("Déploiement d’un progiciel"),
            "method": "waterfall",
            "description": _("Du cadrage à la mise en service, en trois phases."),
            "when_to_use": _("Quand le périmètre est connu et l’éditeur choisi."),
            "lines": [
                {"key": "L1", "name": _("Cadrage"), "kind": "phase", "level": 1},
                {"key": "L2", "name": _("Recueillir les besoins"), "kind": "task", "level": 2, "days": 10},
            ],
        },
        ("method", "description", "when_to_use", "lines"),
        ("description", "when_to_use"),
    ),
    "project-templates/from-project": Shown({"name": _("Notre façon de faire")}),
    "projects": Shown({"phase": "framing"}, ("manager", "goal"), ("phase", "goal")),
    "projects/from-template": Shown({"code": "CRM-2027", "name": _("Nouveau CRM")}, ("library", "manager")),
    "purchase-order-lines": Shown({"category": "training", "nature": "opex", "amount": "3600.00"}, (), ("amount",)),
    "purchase-orders": Shown(
        {
            "number": "BC-2027-014",
            "supplier": "Novatec Conseil",
            "subject": _("Licences à la mise en production"),
            "ordered_on": "2027-01-15",
            "lines": [{"category": "licences", "nature": "capex", "month": "2027-03-01", "amount": "24000.00"}],
        },
        ("subject", "lines"),
        ("subject",),
    ),
    "proposals": Shown(
        {
            "subject": "pole",
            "way": "shift",
            "operations": [{"kind": "shift_task", "params": {"task": key("task"), "days": 5}}],
        }
    ),
    "rates": Shown({}, ("profile",), ("daily_rate",)),
    "risk-effects": Shown({"probability": "0.200", "days": "5.00"}, (), ("probability", "days")),
    "risks": Shown({"due_on": "2027-03-31"}, ("owner", "due_on", "mitigation"), ("probability", "mitigation")),
    "scenario-operations": Shown({"kind": "move_milestone", "params": {"milestone": key("milestone"), "days": 42}}),
    "scenarios": Shown(
        {
            "name": _("La mise en production glisse de six semaines"),
            "description": _("Et si la recette n’était signée que fin avril ?"),
        },
        ("description",),
        ("description",),
    ),
    "scenarios/{id}/apply": Shown({"choices": [{"operation": key("operation"), "choice": "take"}]}, ("choices",)),
    "scenarios/{id}/refuse": Shown({"reason": _("Trop cher cette année.")}),
    "simulation-settings": Shown({"runs": 5000}, (), ("law", "runs")),
    "skills": Shown(
        {"name": "SQL", "description": _("Écrire et relire des requêtes.")}, ("description",), ("description",)
    ),
    "staffing-requests": Shown(
        {
            "starts_on": "2027-03-01",
            "ends_on": "2027-04-30",
            "share": "0.5000",
            "level": 2,
            "reason": _("Personne n’est disponible avant mai."),
        },
        ("skill", "level"),
        ("share",),
    ),
    "status-reports": Shown({"reported_on": "2026-01-30"}, ("comment",), ("weather", "comment")),
    "tasks": Shown(
        {
            "name": _("Rédiger le cahier de recette"),
            "starts_at": "2027-01-11T09:00:00",
            "duration_minutes": 2100,
        },
        ("starts_at", "duration_minutes"),
        ("percent_complete", "notes"),
    ),
    "team-roles": Shown(
        {"name": _("Responsable de la recette"), "mission": _("Dit si la solution peut être mise en service.")},
        ("mission", "person"),
        ("mission", "person"),
    ),
    "time-entries": Shown({"day": "2026-01-15", "minutes": 210}, ("task",), ("minutes",)),
    "return-settings": Shown({"discount_rate": "0.0800", "base_year": None}, (), ("discount_rate",)),
    "vat-rates": Shown({"rate": "0.2000"}, (), ("rate",)),
    "vat-settings": Shown({"vat_return_day": 20, "vat_credit": "0.00"}, (), ("vat_return_day",)),
}
# What a list cannot be asked without.
QUERY: Final[Mapping[str, str]] = {"q": "erp", "month": "2027-03-01", "subject": "pole", "key": key("key")}


def shown(path: str) -> Shown:
    """What the examples of an operation show; `path` is within the API, as « tasks/{id}/ »."""
    return SHOWN.get(path.strip("/")) or SHOWN.get(path.split("/")[0], NOTHING)
