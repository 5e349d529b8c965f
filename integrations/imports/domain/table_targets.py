"""What a table can be imported as: each target's columns, what they are also called, what makes a row known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from integrations.imports.domain.sheets import (
    BUDGET,
    MILESTONES,
    PEOPLE,
    PROJECTS,
    RISKS,
    ColumnSpec,
    SheetSpec,
    ValueType,
    Words,
)

_PROJECT = next(column for column in MILESTONES.columns if column.key == "project")
_OWNER = next(column for column in RISKS.columns if column.key == "owner")
_NONE = Words("", "")


def _column(
    key: str, french: str, english: str, kind: ValueType, aliases: tuple[str, ...] = (), *,
    required: bool = False, low: int | None = None, high: int | None = None, max_length: int = 160,
) -> ColumnSpec:  # fmt: skip
    return ColumnSpec(
        key, Words(french, english), kind, _NONE, _NONE, required=required, aliases=aliases, max_length=max_length,
        low=None if low is None else Decimal(low), high=None if high is None else Decimal(high),
    )  # fmt: skip


TASKS = SheetSpec(
    key="tasks",
    words=Words("Tâches", "Tasks"),
    unique=("project", "name"),
    period=("starts_on", "ends_on"),
    columns=(
        _PROJECT,
        _column("wbs", "WBS", "WBS", ValueType.TEXT, ("edt", "n° wbs", "numéro hiérarchique", "outline number", "id",
                "n°", "numéro", "ref", "référence"), max_length=60),
        _column("level", "Niveau", "Level", ValueType.INTEGER, ("niveau hiérarchique", "outline level", "indent"),
                low=1, high=20),
        _column("name", "Tâche", "Task", ValueType.TEXT, ("nom", "nom de la tâche", "libellé", "intitulé",
                "task name", "name", "activité", "activity", "titre", "title", "lot"), required=True, max_length=255),
        _column("starts_on", "Début", "Start", ValueType.DATE, ("date de début", "date début", "start date", "du",
                "début prévu", "commence le")),
        _column("ends_on", "Fin", "Finish", ValueType.DATE, ("date de fin", "date fin", "end date", "end", "au",
                "fin prévue", "finish date", "termine le")),
        _column("duration", "Durée", "Duration", ValueType.DURATION, ("durée prévue", "nb jours", "nombre de jours")),
        _column("work", "Charge", "Work", ValueType.DURATION, ("travail", "effort", "charge prévue", "workload")),
        _column("percent_complete", "Avancement", "Progress", ValueType.PERCENT, ("% achevé", "achevé",
                "% avancement", "pourcentage achevé", "% complete", "percent complete", "progression", "taux"),
                low=0, high=1),
        _column("milestone", "Jalon (oui/non)", "Milestone (yes/no)", ValueType.BOOLEAN, ("jalon", "milestone",
                "est un jalon", "is milestone")),
        _column("deadline", "Échéance", "Deadline", ValueType.DATE, ("date limite", "date d’échéance", "due date")),
        replace(_OWNER, key="assignees", words=Words("Personnes affectées", "Assigned people"), max_length=1000,
                aliases=("affecté à", "assigné à", "assigned to", "ressources", "resources", "noms ressources",
                         "resource names", "responsable", "porteur", "acteur", "assignee")),
        _column("notes", "Notes", "Notes", ValueType.TEXT, ("commentaire", "commentaires", "remarques", "comment",
                "description", "détail"), max_length=4000),
    ),
)  # fmt: skip

ASSIGNMENTS = SheetSpec(
    key="assignments",
    words=Words("Affectations", "Assignments"),
    unique=("project", "task", "person"),
    columns=(
        _PROJECT,
        _column("task", "Tâche", "Task", ValueType.TEXT, ("nom de la tâche", "task name", "activité", "lot", "wbs"),
                required=True, max_length=255),
        replace(_OWNER, key="person", words=Words("Personne", "Person"), required=True,
                aliases=("ressource", "collaborateur", "nom", "affecté à", "resource", "assignee", "qui", "e-mail")),
        _column("units", "Affectation", "Units", ValueType.PERCENT, ("taux", "% affectation", "allocation", "unités",
                "taux d’affectation"), low=0, high=10),
        _column("work", "Charge", "Work", ValueType.DURATION, ("travail", "effort", "jours", "workload")),
    ),
)  # fmt: skip

_MORE: Final = {
    "projects": {
        "code": (
            "id",
            "réf",
            "ref",
            "référence",
            "id projet",
            "n° projet",
            "identifiant",
            "project id",
            "clé",
            "key",
        ),
        "name": ("libellé", "titre", "title", "libellé projet", "nom projet", "désignation"),
        "pole": ("département", "direction métier", "entité", "department", "business unit", "bu", "service porteur"),
        "programme": ("portefeuille", "axe"),
        "sponsor": ("direction métier sponsor", "mandant", "owner"),
        "manager": ("chef projet", "pilote", "pm", "project manager", "responsable projet", "chef de projet moe"),
        "starts_on": ("démarrage", "date démarrage", "date de démarrage", "lancement", "début prévu", "from"),
        "ends_on": ("fin prévue", "échéance", "date cible", "livraison", "due date", "target date", "to", "until"),
        "goal": ("description", "enjeux", "finalité"),
        "phase": ("avancement projet", "statut projet"),
    },
    "people": {
        "name": ("collaborateur", "salarié", "ressource", "employee", "prénom nom", "nom prénom", "name"),
        "email": ("adresse mail", "adresse électronique", "login"),
        "pole": ("département", "direction", "équipe", "department", "team", "entité"),
        "profile": ("poste", "emploi", "intitulé de poste", "qualification", "title"),
        "daily_rate": ("taux", "cjm", "coût jour", "tarif journalier", "daily cost"),
        "capacity": ("taux d’activité", "quotité", "temps de travail", "% etp"),
        "joined_on": ("date d’arrivée", "début", "embauche", "date d’embauche", "hire date"),
        "left_on": ("date de départ", "fin", "fin de contrat"),
    },
    "milestones": {
        "name": ("libellé", "titre", "livrable", "étape", "deliverable"),
        "due_on": ("date cible", "échéance prévue", "fin", "target date", "deadline"),
        "baseline_on": ("date contractuelle", "date d’origine", "planned date"),
        "actual_on": ("date réalisée", "réalisé le", "livré le", "completed on"),
        "owner": ("pilote", "resp", "en charge"),
    },
    "budget": {
        "category": ("type de dépense", "nature de dépense", "rubrique", "compte", "expense type", "ligne"),
        "nature": ("capex/opex", "imputation"),
        "month": ("date", "mois comptable", "date comptable", "mois facture", "accounting month", "date facture"),
        "planned": ("budgété", "montant prévu", "budget initial", "montant budget", "budgeted"),
        "committed": ("montant engagé", "commandé", "commande", "purchase orders"),
        "actual": ("montant", "montant réel", "dépensé", "facturé", "montant ht", "consommé réel", "amount", "spent"),
        "forecast": ("reste à faire", "projection", "estimate"),
    },
    "risks": {
        "title": ("libellé", "libellé du risque", "nom", "name", "intitulé du risque", "description courte"),
        "probability": ("proba", "vraisemblance", "occurrence", "likelihood", "p"),
        "impact": ("gravité", "sévérité", "severity", "i", "conséquence"),
        "owner": ("pilote", "resp", "en charge", "assigned to"),
        "mitigation": ("parade", "réponse", "traitement", "plan de réponse", "response"),
        "due_on": ("date cible", "pour le", "target date"),
    },
}


@dataclass(frozen=True)
class TargetSpec:
    """`keys` are the sets of columns by which a row that is there already can be found, the usual one first.

    `of_project`: rows hang on a project, given by a column or chosen for the whole file.
    """

    key: str
    sheet: SheetSpec
    keys: tuple[tuple[str, ...], ...]
    of_project: bool = True

    @property
    def words(self) -> Words:
        return self.sheet.words


def _target(
    sheet: SheetSpec, keys: Sequence[tuple[str, ...]], *, of_project: bool = True, optional: Iterable[str] = ()
) -> TargetSpec:
    more = _MORE.get(sheet.key, {})
    free = {*optional, "project"}
    # Our workbook names a project by its code; anybody else's table may name it otherwise.
    columns = tuple(
        replace(one, type=ValueType.TEXT, max_length=160) if one.key == "project" else one for one in sheet.columns
    )
    columns = tuple(
        replace(one, aliases=(*one.aliases, *more.get(one.key, ())), required=one.required and one.key not in free)
        for one in columns
    )
    return TargetSpec(sheet.key, replace(sheet, columns=columns), tuple(keys), of_project)


TARGETS: Final = (
    _target(PROJECTS, [("code",), ("name",)], of_project=False, optional=("code", "method")),
    _target(PEOPLE, [("email",), ("name",)], of_project=False, optional=("email", "pole")),
    _target(TASKS, [("name",), ("wbs",)]),
    _target(MILESTONES, [("name",)]),
    _target(RISKS, [("reference",), ("title",)], optional=("reference",)),
    _target(BUDGET, [("category", "nature", "month")]),
    _target(ASSIGNMENTS, [("task", "person")]),
)
AMOUNTS: Final = ("planned", "committed", "actual", "forecast")
MONTHLY: Final = "@month"
"""After an amount's key: the column is that amount of the month that its heading names."""


def target_named(key: str) -> TargetSpec:
    """The target. Raises KeyError."""
    found = {target.key: target for target in TARGETS}
    return found[key]
