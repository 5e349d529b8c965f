"""Permissions, roles, and the one table that joins them. Shown to administrators as a matrix.

A role grants a permission everywhere, or on one's own projects only (those that one manages, sponsors or is a
member of); what a person may do there is then said by the role in the project (portfolio.projects.access).
"""

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    DASHBOARD_VIEW = "dashboard.view"
    PROJECT_VIEW = "project.view"
    PROJECT_CREATE = "project.create"
    PROJECT_EDIT = "project.edit"
    PROJECT_DELETE = "project.delete"
    STATUS_PUBLISH = "status.publish"
    PLAN_VIEW = "plan.view"
    PLAN_EDIT = "plan.edit"
    PEOPLE_VIEW = "people.view"
    PEOPLE_EDIT = "people.edit"
    RATE_VIEW = "rate.view"
    ORGANISATION_EDIT = "organisation.edit"
    CAPACITY_VIEW = "capacity.view"
    TIME_ENTER = "time.enter"
    TIME_VIEW = "time.view"
    TIME_APPROVE = "time.approve"
    TIME_SETTINGS = "time.settings"
    BUDGET_VIEW = "budget.view"
    BUDGET_EDIT = "budget.edit"
    BUDGET_APPROVE = "budget.approve"
    CASH_VIEW = "cash.view"
    CASH_EDIT = "cash.edit"
    RISK_VIEW = "risk.view"
    RISK_EDIT = "risk.edit"
    SCENARIO_VIEW = "scenario.view"
    SCENARIO_EDIT = "scenario.edit"
    SCENARIO_APPROVE = "scenario.approve"
    TEMPLATE_EDIT = "template.edit"
    IMPORT_RUN = "import.run"
    PACK_VIEW = "pack.view"
    PACK_CREATE = "pack.create"
    JOB_VIEW = "job.view"
    MEMBER_VIEW = "member.view"
    MEMBER_EDIT = "member.edit"
    AUDIT_VIEW = "audit.view"
    TENANT_EDIT = "tenant.edit"
    TOKEN_EDIT = "token.edit"  # noqa: S105 - a permission, not a secret
    # Held by every member, whatever the role: own preferences, home, help.
    SELF = "self"
    # Held by everybody, signed in or not: sign-in pages.
    PUBLIC = "public"


class Scope(StrEnum):
    ALL = "all"
    OWN = "own"


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrateur")
    EXECUTIVE = "executive", _("Dirigeant")
    POLE_MANAGER = "pole_manager", _("Responsable de pôle")
    PMO = "pmo", _("PMO")
    PROJECT_MANAGER = "project_manager", _("Chef de projet")
    TEAM_MEMBER = "team_member", _("Membre d’équipe")
    END_USER = "end_user", _("Utilisateur final")
    READER = "reader", _("Lecteur de Copil")


PERMISSION_LABELS: dict[Permission, Promise] = {
    Permission.DASHBOARD_VIEW: _("Voir le tableau de bord"),
    Permission.PROJECT_VIEW: _("Voir les projets"),
    Permission.PROJECT_CREATE: _("Créer un projet"),
    Permission.PROJECT_EDIT: _("Modifier un projet, ses jalons et ses membres"),
    Permission.PROJECT_DELETE: _("Supprimer un projet"),
    Permission.STATUS_PUBLISH: _("Publier un point d’avancement"),
    Permission.PLAN_VIEW: _("Voir les plannings"),
    Permission.PLAN_EDIT: _("Modifier les plannings"),
    Permission.PEOPLE_VIEW: _("Voir les personnes"),
    Permission.PEOPLE_EDIT: _("Modifier les personnes et leurs absences"),
    Permission.RATE_VIEW: _("Voir les taux journaliers"),
    Permission.ORGANISATION_EDIT: _("Modifier les pôles, programmes et calendriers"),
    Permission.CAPACITY_VIEW: _("Voir la charge et la capacité"),
    Permission.TIME_ENTER: _("Saisir ses temps"),
    Permission.TIME_VIEW: _("Voir les temps"),
    Permission.TIME_APPROVE: _("Approuver les temps"),
    Permission.TIME_SETTINGS: _("Clôturer les mois et régler la saisie des temps"),
    Permission.BUDGET_VIEW: _("Voir les budgets"),
    Permission.BUDGET_EDIT: _("Modifier les budgets"),
    Permission.BUDGET_APPROVE: _("Approuver les versions des budgets"),
    Permission.CASH_VIEW: _("Voir la trésorerie"),
    Permission.CASH_EDIT: _("Modifier les contrats, factures et paiements"),
    Permission.RISK_VIEW: _("Voir les risques"),
    Permission.RISK_EDIT: _("Modifier les risques"),
    Permission.SCENARIO_VIEW: _("Voir les scénarios"),
    Permission.SCENARIO_EDIT: _("Construire et proposer des scénarios"),
    Permission.SCENARIO_APPROVE: _("Approuver et appliquer les scénarios"),
    Permission.TEMPLATE_EDIT: _("Modifier les modèles de projet"),
    Permission.IMPORT_RUN: _("Importer des fichiers et annuler un import"),
    Permission.PACK_VIEW: _("Lire les dossiers de Copil"),
    Permission.PACK_CREATE: _("Produire un dossier de Copil"),
    Permission.JOB_VIEW: _("Suivre ses traitements"),
    Permission.MEMBER_VIEW: _("Voir les membres et les droits"),
    Permission.MEMBER_EDIT: _("Gérer les membres et leurs rôles"),
    Permission.AUDIT_VIEW: _("Lire le journal"),
    Permission.TENANT_EDIT: _("Modifier l’organisation et son abonnement"),
    Permission.TOKEN_EDIT: _("Créer ses jetons d’API"),
}

_P, _A, _O = Permission, Scope.ALL, Scope.OWN

_READ_ALL = {
    _P.DASHBOARD_VIEW: _A,
    _P.PROJECT_VIEW: _A,
    _P.PLAN_VIEW: _A,
    _P.PEOPLE_VIEW: _A,
    _P.CAPACITY_VIEW: _A,
    _P.BUDGET_VIEW: _A,
    _P.RISK_VIEW: _A,
    _P.PACK_VIEW: _A,
    _P.TIME_ENTER: _A,
    # One’s own, that of the poles that one manages and on the projects that one leads (portfolio.timesheets.access).
    _P.TIME_VIEW: _O,
    _P.JOB_VIEW: _A,
    _P.SELF: _A,
}
_PMO = {
    **_READ_ALL,
    _P.PROJECT_CREATE: _A,
    _P.PROJECT_EDIT: _A,
    _P.PROJECT_DELETE: _A,
    _P.STATUS_PUBLISH: _A,
    _P.PLAN_EDIT: _A,
    _P.PEOPLE_EDIT: _A,
    _P.RATE_VIEW: _A,
    _P.TIME_VIEW: _A,
    _P.TIME_APPROVE: _A,
    _P.TIME_SETTINGS: _A,
    _P.ORGANISATION_EDIT: _A,
    _P.BUDGET_EDIT: _A,
    _P.BUDGET_APPROVE: _A,
    _P.CASH_VIEW: _A,
    _P.CASH_EDIT: _A,
    _P.RISK_EDIT: _A,
    _P.SCENARIO_VIEW: _A,
    _P.SCENARIO_EDIT: _A,
    _P.SCENARIO_APPROVE: _A,
    _P.TEMPLATE_EDIT: _A,
    _P.IMPORT_RUN: _A,
    _P.PACK_CREATE: _A,
    _P.TOKEN_EDIT: _A,
}

ROLE_PERMISSIONS: dict[Role, dict[Permission, Scope]] = {
    Role.ADMINISTRATOR: {
        **_PMO,
        _P.MEMBER_VIEW: _A,
        _P.MEMBER_EDIT: _A,
        _P.AUDIT_VIEW: _A,
        _P.TENANT_EDIT: _A,
    },
    # The finance director is one of them, and keeps the cash.
    Role.EXECUTIVE: {
        **_READ_ALL,
        _P.RATE_VIEW: _A,
        _P.TIME_VIEW: _A,
        _P.TIME_APPROVE: _O,
        _P.BUDGET_APPROVE: _A,
        _P.CASH_VIEW: _A,
        _P.CASH_EDIT: _A,
        _P.SCENARIO_VIEW: _A,
        _P.SCENARIO_EDIT: _A,
        _P.SCENARIO_APPROVE: _A,
        _P.PACK_CREATE: _A,
        _P.TOKEN_EDIT: _A,
    },
    Role.POLE_MANAGER: {
        **_READ_ALL,
        _P.RATE_VIEW: _A,
        # Those that one proposes (portfolio.scenarios): an approval is somebody else's.
        _P.SCENARIO_VIEW: _O,
        _P.SCENARIO_EDIT: _O,
        _P.PEOPLE_EDIT: _A,
        # The persons of the poles that one manages.
        _P.TIME_APPROVE: _O,
        _P.PROJECT_EDIT: _O,
        _P.STATUS_PUBLISH: _O,
        _P.PLAN_EDIT: _O,
        _P.BUDGET_EDIT: _O,
        _P.RISK_EDIT: _O,
        _P.PACK_CREATE: _A,
        _P.TOKEN_EDIT: _A,
    },
    Role.PMO: _PMO,
    Role.PROJECT_MANAGER: {
        **_READ_ALL,
        _P.SCENARIO_VIEW: _O,
        _P.SCENARIO_EDIT: _O,
        _P.PROJECT_CREATE: _A,
        _P.PROJECT_EDIT: _O,
        _P.STATUS_PUBLISH: _O,
        _P.PLAN_EDIT: _O,
        _P.BUDGET_EDIT: _O,
        _P.RISK_EDIT: _O,
        _P.IMPORT_RUN: _A,
        _P.PACK_CREATE: _A,
        _P.TOKEN_EDIT: _A,
    },
    Role.TEAM_MEMBER: {
        _P.PROJECT_VIEW: _O,
        _P.PLAN_VIEW: _O,
        _P.PEOPLE_VIEW: _A,
        _P.TIME_ENTER: _A,
        _P.TIME_VIEW: _O,
        _P.RISK_VIEW: _O,
        _P.RISK_EDIT: _O,
        _P.JOB_VIEW: _A,
        _P.TOKEN_EDIT: _A,
        _P.SELF: _A,
    },
    Role.END_USER: {_P.SELF: _A},
    Role.READER: {_P.PACK_VIEW: _A, _P.SELF: _A},
}


def scope_of(role: str, permission: Permission) -> Scope | None:
    """How far `role` grants `permission`: everywhere, on own projects, or not at all (None)."""
    if permission is Permission.PUBLIC:
        return Scope.ALL
    return ROLE_PERMISSIONS[Role(role)].get(permission)
