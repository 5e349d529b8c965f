"""The sheets of the workbook that people fill in: their columns, said once for the reader and the template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class ValueType(StrEnum):
    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    DATE = "date"
    MONTH = "month"
    MONEY = "money"
    PERCENT = "percent"
    INTEGER = "integer"
    EMAIL = "email"
    DURATION = "duration"
    NUMBER = "number"
    BOOLEAN = "boolean"
    SKILLS = "skills"


class Reference(StrEnum):
    """What the value of a column must name, in the file or already known."""

    PROJECT = "project"
    POLE = "pole"
    PERSON = "person"


@dataclass(frozen=True)
class Words:
    """The same thing in both languages."""

    french: str
    english: str

    def in_language(self, language: str) -> str:
        """French for "fr" and its variants, English for any other."""
        return self.french if language.startswith("fr") else self.english


@dataclass(frozen=True)
class Choice:
    """One of the values of a column; `key` is what is stored."""

    key: str
    words: Words
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnSpec:
    """A column; `key` is the field of the row. `low` and `high` bound a number, `max_length` a text."""

    key: str
    words: Words
    type: ValueType
    example: Words
    hint: Words
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    reference: Reference | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    max_length: int = 160


@dataclass(frozen=True)
class SheetSpec:
    """A sheet: its columns, the fields that make a row unique, those whose order is checked."""

    key: str
    words: Words
    columns: tuple[ColumnSpec, ...]
    unique: tuple[str, ...]
    period: tuple[str, str] | None = None
    one_of: tuple[str, ...] = ()
    together: Mapping[str, str] = field(default_factory=dict)  # a field, and the one that it needs
    aliases: tuple[str, ...] = ()

    def column(self, key: str) -> ColumnSpec:
        return next(column for column in self.columns if column.key == key)


_DATE_HINT = Words("Une date : 12/03/2026, 2026-03-12 ou 12 mars 2026.", "A date: 2026-03-12 or 12 Mar 2026.")
_PERSON_HINT = Words(
    "Le nom ou l’adresse e-mail d’une personne connue, ou de la feuille Personnes.",
    "The name or e-mail address of a known person, or of the sheet People.",
)
_POLE_HINT = Words("Le code ou le nom d’un pôle existant.", "The code or the name of an existing department.")
_AMOUNT_HINT = Words(
    "Un montant en euros. Au moins un des quatre montants est attendu.",
    "An amount in euros. At least one of the four amounts is expected.",
)


def _text(
    key: str, french: str, english: str, example: str, example_en: str, hint: str, hint_en: str,
    *, required: bool = False, aliases: tuple[str, ...] = (), max_length: int = 160,
) -> ColumnSpec:  # fmt: skip
    return ColumnSpec(
        key, Words(french, english), ValueType.TEXT, Words(example, example_en), Words(hint, hint_en),
        required=required, aliases=aliases, max_length=max_length,
    )  # fmt: skip


def _date(
    key: str, french: str, english: str, example: str = "12/03/2026", *, required: bool = False,
    aliases: tuple[str, ...] = (),
) -> ColumnSpec:  # fmt: skip
    english_example = "-".join(reversed(example.split("/")))
    return ColumnSpec(
        key, Words(french, english), ValueType.DATE, Words(example, english_example), _DATE_HINT,
        required=required, aliases=aliases,
    )  # fmt: skip


def _person(key: str, french: str, english: str, aliases: tuple[str, ...] = ()) -> ColumnSpec:
    return ColumnSpec(
        key, Words(french, english), ValueType.TEXT, Words("Claire Martin", "Claire Martin"), _PERSON_HINT,
        aliases=aliases, reference=Reference.PERSON, max_length=254,
    )  # fmt: skip


def _choice(
    key: str, french: str, english: str, choices: tuple[Choice, ...], *, required: bool = False,
    aliases: tuple[str, ...] = (),
) -> ColumnSpec:  # fmt: skip
    return ColumnSpec(
        key, Words(french, english), ValueType.CHOICE, choices[0].words,
        Words(
            "Au choix : " + ", ".join(choice.words.french for choice in choices) + ".",
            "One of: " + ", ".join(choice.words.english for choice in choices) + ".",
        ),
        required=required, aliases=aliases, choices=choices,
    )  # fmt: skip


def _amount(key: str, french: str, english: str, aliases: tuple[str, ...] = ()) -> ColumnSpec:
    return ColumnSpec(
        key, Words(french, english), ValueType.MONEY, Words("12 500,00", "12,500.00"), _AMOUNT_HINT,
        aliases=aliases, low=Decimal(-(10**11)), high=Decimal(10**11),
    )  # fmt: skip


def _level(key: str, french: str, english: str) -> ColumnSpec:
    return ColumnSpec(
        key, Words(french, english), ValueType.INTEGER, Words("3", "3"),
        Words("De 1 (très faible) à 5 (très fort).", "From 1 (very low) to 5 (very high)."),
        required=True, low=Decimal(1), high=Decimal(5),
    )  # fmt: skip


def _pole() -> ColumnSpec:
    return ColumnSpec(
        "pole", Words("Pôle", "Department"), ValueType.TEXT, Words("IT", "IT"), _POLE_HINT,
        required=True, aliases=("pole", "direction", "service"), reference=Reference.POLE,
    )  # fmt: skip


def _project() -> ColumnSpec:
    return ColumnSpec(
        "project", Words("Projet (code)", "Project (code)"), ValueType.CODE, Words("VPN", "VPN"),
        Words(
            "Le code d’un projet existant, ou de la feuille Projets.",
            "The code of an existing project, or of the sheet Projects.",
        ),
        required=True, aliases=("projet", "code projet", "project", "project code"),
        reference=Reference.PROJECT, max_length=20,
    )  # fmt: skip


METHODS = (
    Choice("agile", Words("Agile", "Agile"), ("scrum", "kanban")),
    Choice("waterfall", Words("Cascade", "Waterfall"), ("cycle en v", "predictive")),
    Choice("hybrid", Words("Hybride", "Hybrid")),
)
PHASES = (
    Choice("idea", Words("Idée", "Idea")),
    Choice("framing", Words("Cadrage", "Framing")),
    Choice("delivery", Words("Réalisation", "Delivery"), ("en cours", "build")),
    Choice("rollout", Words("Déploiement", "Rollout"), ("deployment",)),
    Choice("closed", Words("Clôturé", "Closed"), ("clôture", "clos", "closure", "terminé")),
)
WEATHERS = (
    Choice("sunny", Words("Ensoleillé", "Sunny"), ("soleil",)),
    Choice("cloudy", Words("Nuageux", "Cloudy"), ("nuage",)),
    Choice("rainy", Words("Pluvieux", "Rainy"), ("pluie",)),
    Choice("stormy", Words("Orageux", "Stormy"), ("orage",)),
)
TRENDS = (
    Choice("up", Words("En amélioration", "Improving"), ("hausse", "en hausse", "up")),
    Choice("flat", Words("Stable", "Steady"), ("flat",)),
    Choice("down", Words("En dégradation", "Worsening"), ("baisse", "en baisse", "down")),
)
CATEGORIES = (
    Choice("staff", Words("Personnel", "Staff"), ("salaires", "personnel interne", "people")),
    Choice("services", Words("Prestations", "Services"), ("prestation", "conseil", "consulting")),
    Choice("licences", Words("Licences", "Licences"), ("licence", "licenses", "license")),
    Choice("infrastructure", Words("Infrastructure", "Infrastructure"), ("infra", "cloud")),
    Choice("hardware", Words("Matériel", "Hardware"), ("equipment",)),
    Choice("training", Words("Formation", "Training"), ("formations",)),
    Choice("other", Words("Autre", "Other"), ("autres", "divers")),
)
NATURES = (
    Choice("capex", Words("Capex", "Capex"), ("investissement",)),
    Choice("opex", Words("Opex", "Opex"), ("fonctionnement", "exploitation")),
)
RISK_STATUSES = (
    Choice("open", Words("Ouvert", "Open")),
    Choice("treated", Words("En traitement", "In treatment"), ("en cours", "in progress", "en cours de traitement")),
    Choice("mitigated", Words("Maîtrisé", "Mitigated"), ("sous contrôle",)),
    Choice("closed", Words("Clos", "Closed"), ("fermé", "clôturé")),
)

PROJECTS = SheetSpec(
    key="projects",
    words=Words("Projets", "Projects"),
    unique=("code",),
    period=("starts_on", "ends_on"),
    together={"trend": "weather", "comment": "weather", "reported_on": "weather"},
    aliases=("projet", "project", "portefeuille"),
    columns=(
        ColumnSpec(
            "code", Words("Code", "Code"), ValueType.CODE, Words("VPN", "VPN"),
            Words(
                "Unique, 20 caractères au plus : lettres, chiffres, tiret, point.",
                "Unique, at most 20 characters: letters, digits, dash, dot.",
            ),
            required=True, aliases=("code projet", "project code"), max_length=20,
        ),
        _text("name", "Nom", "Name", "Accès distant sécurisé", "Secure remote access",
              "Le nom du projet.", "The project’s name.", required=True,
              aliases=("projet", "nom du projet", "project", "project name", "intitulé")),
        _pole(),
        _text("programme", "Programme", "Programme", "Modernisation", "Modernisation",
              "Le programme auquel le projet appartient, s’il y en a un.",
              "The programme that the project belongs to, if any.", aliases=("program",), max_length=120),
        _person("sponsor", "Sponsor", "Sponsor", ("commanditaire",)),
        _person("manager", "Chef de projet", "Project manager", ("cp", "manager", "responsable", "cheffe de projet")),
        _choice("method", "Méthode", "Method", METHODS, required=True, aliases=("methodologie", "methodology")),
        _choice("phase", "Phase", "Phase", PHASES, aliases=("étape", "stage")),
        _date("starts_on", "Début", "Start", "05/01/2026", required=True,
              aliases=("date de début", "date début", "start date")),
        _date("ends_on", "Fin", "End", "30/09/2026", required=True,
              aliases=("date de fin", "date fin", "end date", "finish")),
        _text("goal", "Objectif", "Goal", "Télétravail sans incident", "Remote work without incidents",
              "Ce que le projet doit apporter.", "What the project must bring.",
              aliases=("objectifs", "objective", "but"), max_length=4000),
        _choice("weather", "Météo", "Weather", WEATHERS, aliases=("statut", "état", "status")),
        _choice("trend", "Tendance", "Trend", TRENDS),
        _text("comment", "Commentaire", "Comment", "Recette en cours", "Acceptance under way",
              "Le point en une ou deux phrases.", "The status in a sentence or two.",
              aliases=("commentaires", "comments"), max_length=4000),
        _date("reported_on", "Date du point", "Status date", "02/03/2026", aliases=("date météo", "report date")),
    ),
)  # fmt: skip

MILESTONES = SheetSpec(
    key="milestones",
    words=Words("Jalons", "Milestones"),
    unique=("project", "name"),
    aliases=("jalon", "milestone"),
    columns=(
        _project(),
        _text("name", "Jalon", "Milestone", "Mise en service", "Go-live", "Le nom du jalon.",
              "The milestone’s name.", required=True, aliases=("nom", "nom du jalon", "name")),
        _date("due_on", "Date prévue", "Due date", "15/06/2026", required=True,
              aliases=("échéance", "prévue", "date", "forecast date")),
        _date("baseline_on", "Date de référence", "Baseline date", "01/06/2026",
              aliases=("référence", "date initiale", "baseline")),
        _date("actual_on", "Date réelle", "Actual date", "18/06/2026", aliases=("réelle", "actual")),
        _text("success_criterion", "Critère de réussite", "Success criterion", "95 % des postes équipés",
              "95% of workstations equipped", "À quoi l’on verra que le jalon est tenu.",
              "How one will see that the milestone is met.",
              aliases=("critères de réussite", "critère", "success criteria"), max_length=4000),
        _person("owner", "Responsable", "Owner", ("porteur",)),
    ),
)  # fmt: skip

BUDGET = SheetSpec(
    key="budget",
    words=Words("Budget", "Budget"),
    unique=("project", "category", "nature", "month"),
    one_of=("planned", "committed", "actual", "forecast"),
    aliases=("budgets",),
    columns=(
        _project(),
        _choice("category", "Catégorie", "Category", CATEGORIES, required=True, aliases=("poste",)),
        _choice("nature", "Nature", "Nature", NATURES, required=True, aliases=("type", "capex opex")),
        ColumnSpec(
            "month", Words("Mois", "Month"), ValueType.MONTH, Words("03/2026", "2026-03"),
            Words("Un mois : 03/2026, 2026-03 ou mars 2026.", "A month: 2026-03, 03/2026 or March 2026."),
            required=True, aliases=("période", "period"),
        ),
        _amount("planned", "Prévu", "Planned", ("budget", "budget prévu", "plan")),
        _amount("committed", "Engagé", "Committed", ("engagement", "engagements")),
        _amount("actual", "Réel", "Actual", ("réalisé", "consommé", "actuals")),
        _amount("forecast", "Prévision", "Forecast", ("atterrissage", "reprévision")),
    ),
)  # fmt: skip

RISKS = SheetSpec(
    key="risks",
    words=Words("Risques", "Risks"),
    unique=("project", "reference"),
    aliases=("risque", "risk", "registre des risques", "risk register"),
    columns=(
        _project(),
        ColumnSpec(
            "reference", Words("Référence", "Reference"), ValueType.CODE, Words("R1", "R1"),
            Words("Unique dans le projet.", "Unique within the project."),
            required=True, aliases=("réf", "ref", "id", "n°", "numéro"), max_length=20,
        ),
        _text("title", "Titre", "Title", "Livraison tardive du matériel", "Late delivery of hardware",
              "Le risque en une ligne.", "The risk in one line.", required=True,
              aliases=("risque", "intitulé", "risk")),
        _level("probability", "Probabilité", "Probability"),
        _level("impact", "Impact", "Impact"),
        _person("owner", "Responsable", "Owner", ("porteur", "propriétaire")),
        _date("due_on", "Échéance", "Due date", "30/04/2026", aliases=("date d’échéance", "deadline")),
        _text("mitigation", "Mitigation", "Mitigation", "Commander dès février", "Order in February",
              "Ce qui est fait pour réduire le risque.", "What is done to reduce the risk.",
              aliases=("plan de maîtrise", "actions", "plan d’action"), max_length=4000),
        _choice("status", "Statut", "Status", RISK_STATUSES, aliases=("état", "state")),
        _text("description", "Description", "Description", "Le fournisseur annonce des retards",
              "The supplier announces delays", "Causes et conséquences.", "Causes and consequences.",
              max_length=4000),
    ),
)  # fmt: skip

PEOPLE = SheetSpec(
    key="people",
    words=Words("Personnes", "People"),
    unique=("email",),
    period=("joined_on", "left_on"),
    aliases=("personne", "équipe", "person", "ressources", "resources"),
    columns=(
        _text("name", "Nom", "Name", "Claire Martin", "Claire Martin", "Prénom et nom.", "First and last name.",
              required=True, aliases=("nom complet", "personne", "full name", "nom et prénom"), max_length=120),
        ColumnSpec(
            "email", Words("E-mail", "E-mail"), ValueType.EMAIL,
            Words("claire.martin@exemple.fr", "claire.martin@example.com"),
            Words("L’adresse professionnelle, unique.", "The professional address, unique."),
            required=True, aliases=("email", "mail", "courriel", "adresse e-mail", "e-mail address"), max_length=254,
        ),
        _pole(),
        _text("profile", "Profil", "Profile", "Ingénieure réseau", "Network engineer", "Le métier ou le rôle.",
              "The profession or the role.", aliases=("métier", "fonction", "role", "job title"), max_length=80),
        ColumnSpec(
            "skills", Words("Compétences", "Skills"), ValueType.SKILLS,
            Words("Réseau 4; SQL 3", "Networks 4; SQL 3"),
            Words("Des noms et des niveaux de 1 à 5.", "Names and levels from 1 to 5."),
            aliases=("compétence", "savoir-faire", "skill", "expertise"), max_length=1000,
        ),
        ColumnSpec(
            "daily_rate", Words("Taux journalier", "Daily rate"), ValueType.MONEY, Words("480,00", "480.00"),
            Words("Le coût d’un jour de travail, en euros.", "The cost of a day of work, in euros."),
            aliases=("tjm", "coût journalier", "rate"), low=Decimal(0), high=Decimal(100_000),
        ),
        ColumnSpec(
            "capacity", Words("Capacité (% ETP)", "Capacity (% FTE)"), ValueType.PERCENT, Words("80 %", "80%"),
            Words("De 0 à 100 % d’un temps plein.", "From 0 to 100% of a full time."),
            aliases=("capacité", "etp", "fte", "capacity"), low=Decimal(0), high=Decimal(1),
        ),
        _date("joined_on", "Entrée", "Joined", "01/09/2023", aliases=("date d’entrée", "start date", "arrivée")),
        _date("left_on", "Sortie", "Left", "31/12/2026", aliases=("date de sortie", "end date", "départ")),
    ),
)  # fmt: skip

SHEETS = (PROJECTS, MILESTONES, BUDGET, RISKS, PEOPLE)
GUIDE = Words("Mode d’emploi", "How to")
