"""The rows of the sample workbook: six projects that Tech4Value could start beside its five strategic ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from integrations.imports.domain.template import CellValue, SheetRows

Row = dict[str, CellValue]


class Person(NamedTuple):
    name: str
    email: str
    pole: str
    profile: str
    daily_rate: int
    capacity: str


PEOPLE = (
    Person("Hélène Garnier", "helene.garnier@tech4value.example", "IT", "Directrice des infrastructures", 720, "1"),
    Person("Karim Benali", "karim.benali@tech4value.example", "IT", "Chef de projet réseau", 540, "1"),
    Person("Sophie Lemoine", "sophie.lemoine@tech4value.example", "IT", "Ingénieure réseau", 480, "0.8"),
    Person("Thomas Weber", "thomas.weber@tech4value.example", "SEC", "Architecte sécurité", 610, "1"),
    Person("Inès Caron", "ines.caron@tech4value.example", "SEC", "Analyste sécurité", 430, "1"),
    Person("Julien Maret", "julien.maret@tech4value.example", "DEV", "Responsable produit", 560, "1"),
    Person("Aïcha Diallo", "aicha.diallo@tech4value.example", "RH", "Responsable paie", 450, "0.9"),
    Person("Bruno Keller", "bruno.keller@tech4value.example", "FIN", "Contrôleur de gestion", 520, "1"),
    Person("Maëlle Le Gall", "maelle.legall@tech4value.example", "RSE", "Chargée de mission RSE", 400, "0.5"),
)


class Project(NamedTuple):
    """`start` and `weeks` are in weeks from the anchor; `monthly` is the planned amount by category and month."""

    code: str
    name: str
    pole: str
    programme: str
    sponsor: str
    manager: str
    method: str
    phase: str
    start: int
    weeks: int
    goal: str
    weather: str
    trend: str
    comment: str
    monthly: dict[tuple[str, str], int]
    drift: str  # spent over planned, for the months that are over


PROJECTS = (
    Project("VPN", "Accès distant sécurisé", "IT", "Socle de gestion", "Hélène Garnier", "Karim Benali", "waterfall",
            "delivery", -8, 30, "Que chacun travaille à distance sans incident, avec une double authentification.",
            "cloudy", "down", "La livraison des boîtiers glisse de deux semaines ; le pilote reste tenu.",
            {("staff", "opex"): 14000, ("hardware", "capex"): 9500, ("licences", "opex"): 3200}, "1.08"),
    Project("SOC", "Supervision de sécurité", "SEC", "Confiance numérique", "Hélène Garnier", "Thomas Weber",
            "hybrid", "framing", -3, 40, "Détecter une intrusion en moins d’une heure.",
            "rainy", "flat", "Deux offres reçues sur trois ; le choix du prestataire attend la troisième.",
            {("services", "opex"): 18000, ("staff", "opex"): 8000, ("licences", "opex"): 5400}, "0.95"),
    Project("CRM", "Parcours client dans HubSpot", "DEV", "Nouvelles offres", "Bruno Keller", "Julien Maret", "agile",
            "delivery", -16, 34, "Une seule vue du client, de la piste à la facture.",
            "sunny", "up", "Le rythme est stable et le reste à faire diminue.",
            {("staff", "opex"): 16500, ("services", "capex"): 6000, ("training", "opex"): 1500}, "0.98"),
    Project("PAIE", "Bulletins de paie dématérialisés", "RH", "Socle de gestion", "Aïcha Diallo", "Aïcha Diallo",
            "waterfall", "rollout", -26, 32, "Remettre tous les bulletins dans un coffre-fort numérique.",
            "sunny", "flat", "Quatre sites sur cinq sont passés.",
            {("services", "opex"): 4200, ("staff", "opex"): 3600}, "1.01"),
    Project("CLOT", "Clôture comptable en cinq jours", "FIN", "Socle de gestion", "Bruno Keller",
            "Bruno Keller", "hybrid", "delivery", -12, 44, "Clore les comptes du mois en cinq jours ouvrés.",
            "stormy", "down", "Le rapprochement bancaire automatique ne passe pas la recette.",
            {("staff", "opex"): 7800, ("licences", "opex"): 2600, ("services", "opex"): 5200}, "1.19"),
    Project("CARB", "Bilan carbone annuel", "RSE", "Entreprise responsable", "Maëlle Le Gall", "Maëlle Le Gall",
            "agile", "idea", 4, 26, "Mesurer nos émissions et publier un plan de réduction.",
            "sunny", "flat", "Le cadrage commence le mois prochain.",
            {("services", "opex"): 5000, ("staff", "opex"): 2200}, "1"),
)  # fmt: skip

# For each project: name, share of its length, days late on the baseline, criterion.
MILESTONES = (
    ("Cadrage validé", "0.12", 0, "Note de cadrage signée par le sponsor"),
    ("Pilote accepté", "0.45", 10, "Vingt utilisateurs satisfaits à 8 sur 10"),
    ("Généralisation décidée", "0.7", 14, "Décision du Copil au procès-verbal"),
    ("Bilan présenté", "1", 14, "Bilan et enseignements partagés"),
)

RISKS = (
    ("VPN", "R1", "Livraison tardive des boîtiers", 4, 4, "Karim Benali", "Commander un lot de secours", "treated"),
    ("VPN", "R2", "Refus de la double authentification", 2, 3, "Sophie Lemoine", "Ateliers par site", "open"),
    ("VPN", "R3", "Coupure pendant la bascule", 2, 5, "Karim Benali", "Bascule de nuit et retour arrière", "open"),
    ("SOC", "R1", "Prestataire unique sur le marché", 3, 4, "Thomas Weber", "Élargir l’appel d’offres", "open"),
    ("SOC", "R2", "Trop de fausses alertes", 4, 3, "Inès Caron", "Trois mois de réglage", "treated"),
    ("CRM", "R1", "Doublons de clients", 3, 3, "Julien Maret", "Règles de rapprochement", "mitigated"),
    ("CRM", "R2", "Départ de la développeuse référente", 2, 4, "Julien Maret", "Binôme sur chaque module", "open"),
    ("PAIE", "R1", "Coffre-fort indisponible en fin de mois", 2, 4, "Aïcha Diallo", "Envoi de secours", "closed"),
    (
        "CLOT",
        "R1",
        "Rapprochement bancaire non recetté",
        5,
        4,
        "Bruno Keller",
        "Règles écrites avec la banque",
        "treated",
    ),
    ("CLOT", "R2", "Surcharge de l’équipe en janvier", 4, 3, "Bruno Keller", "Renfort de deux mois", "open"),
    (
        "CARB",
        "R1",
        "Données des fournisseurs absentes",
        4,
        2,
        "Maëlle Le Gall",
        "Estimer par facteur d’émission",
        "open",
    ),
)

# The risk that the tour mends: an impact that is off the scale.
FAULTY_RISK = ("SOC", "R1")
FAULTY_IMPACT = 7


def portfolio(anchor: date, *, faulty: bool) -> SheetRows:
    """The rows of every sheet; with `faulty`, one impact is 7 on a scale of 5."""
    return {
        "projects": [_project(project, anchor) for project in PROJECTS],
        "milestones": [row for project in PROJECTS for row in _milestones(project, anchor)],
        "budget": [row for project in PROJECTS for row in _budget(project, anchor)],
        "risks": [_risk(risk, anchor, faulty=faulty and risk[:2] == FAULTY_RISK) for risk in RISKS],
        "people": [_person(person) for person in PEOPLE],
    }


def _project(project: Project, anchor: date) -> Row:
    started = project.start <= 0
    return {
        "code": project.code,
        "name": project.name,
        "pole": project.pole,
        "programme": project.programme,
        "sponsor": project.sponsor,
        "manager": project.manager,
        "method": project.method,
        "phase": project.phase,
        "starts_on": anchor + timedelta(weeks=project.start),
        "ends_on": _end(project, anchor),
        "goal": project.goal,
        "weather": project.weather,
        "trend": project.trend,
        "comment": project.comment,
        "reported_on": anchor - timedelta(days=4 if started else 11),
    }


def _end(project: Project, anchor: date) -> date:
    return anchor + timedelta(weeks=project.start + project.weeks, days=-3)


def _milestones(project: Project, anchor: date) -> Iterator[Row]:
    start, end = anchor + timedelta(weeks=project.start), _end(project, anchor)
    late = Decimal(project.drift) > 1
    for name, share, slip, criterion in MILESTONES:
        baseline = _weekday(start + timedelta(days=int((end - start).days * Decimal(share))))
        due = _weekday(baseline + timedelta(days=slip)) if late and share != "1" else baseline
        yield {
            "project": project.code,
            "name": name,
            "due_on": due,
            "baseline_on": baseline,
            "actual_on": due if due < anchor - timedelta(days=7) else None,
            "success_criterion": criterion,
            "owner": project.manager,
        }


def _budget(project: Project, anchor: date) -> Iterator[Row]:
    """Planned all along; spent until last month; the forecast follows what was spent."""
    drift = Decimal(project.drift)
    this_month = anchor.replace(day=1)
    month = (anchor + timedelta(weeks=project.start)).replace(day=1)
    while month <= _end(project, anchor):
        for (category, nature), monthly in project.monthly.items():
            # Hardware is bought at the start, training given at the end: amounts vary by season, to the euro.
            planned = Decimal(monthly) * (100 + (month.month * 7 + len(category)) % 21 - 10) / 100
            spent = (planned * drift).quantize(Decimal("0.01"))
            yield {
                "project": project.code,
                "category": category,
                "nature": nature,
                "month": month,
                "planned": planned.quantize(Decimal("0.01")),
                "committed": spent if month <= this_month else None,
                "actual": spent if month < this_month else None,
                "forecast": spent,
            }
        month = (month + timedelta(days=31)).replace(day=1)


def _risk(risk: tuple[str, str, str, int, int, str, str, str], anchor: date, *, faulty: bool) -> Row:
    project, reference, title, probability, impact, owner, mitigation, status = risk
    return {
        "project": project,
        "reference": reference,
        "title": title,
        "probability": probability,
        "impact": FAULTY_IMPACT if faulty else impact,
        "owner": owner,
        "due_on": _weekday(anchor + timedelta(days=14 + 9 * probability * impact)),
        "mitigation": mitigation,
        "status": status,
    }


def _person(person: Person) -> Row:
    # As the demo company knows them already: a project manager may name people, not change them.
    return {
        "name": person.name,
        "email": person.email,
        "pole": person.pole,
        "profile": person.profile,
        "daily_rate": Decimal(person.daily_rate),
        "capacity": Decimal(person.capacity),
    }


def _weekday(day: date) -> date:
    """The same day, or the Monday after a week-end."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day
