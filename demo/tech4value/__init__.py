"""Tech4Value: a company of 185 people, its five strategic projects, and one that is about to begin."""

from demo.story import CompanyStory, Named, PoleStory
from demo.tech4value.benefits import BENEFITS
from demo.tech4value.cash import CASH
from demo.tech4value.data import DATA
from demo.tech4value.fields import FIELDS, VIEWS
from demo.tech4value.green import GREEN
from demo.tech4value.intranet import INTRANET
from demo.tech4value.odoo import ODOO
from demo.tech4value.rgpd import RGPD
from demo.tech4value.saas import SAAS
from demo.tech4value.staff import STAFF

DOMAIN = "tech4value.example"
POLES = (
    PoleStory(
        "IT",
        "IT et infrastructure",
        120,
        13,
        3,
        2,
        ("Ingénieur système", "Ingénieur réseau", "Administrateur Odoo", "Technicien d’exploitation"),
        450,
    ),
    PoleStory(
        "DEV",
        "Développement",
        98,
        20,
        4,
        3,
        ("Développeur", "Développeuse", "Testeur", "Concepteur d’interface", "Architecte logiciel"),
        460,
    ),
    PoleStory("DATA", "Data et BI", 70, 12, 2, 2, ("Ingénieur données", "Analyste données", "Consultant BI"), 470),
    PoleStory(
        "SEC",
        "Sécurité et conformité",
        92,
        10,
        2,
        2,
        ("Analyste sécurité", "Juriste données", "Auditeur interne", "Ingénieur sécurité"),
        480,
    ),
    PoleStory(
        "RH",
        "RH et communication",
        80,
        7,
        1,
        1,
        ("Chargé de formation", "Chargé de communication", "Gestionnaire RH"),
        380,
    ),
    PoleStory("FIN", "Finance", 76, 5, 1, 1, ("Comptable", "Contrôleur de gestion", "Acheteur"), 420),
    PoleStory("RSE", "RSE", 64, 5, 1, 0, ("Chargé de mission RSE", "Analyste environnement"), 400),
    PoleStory("PMO", "PMO", 88, 6, 4, 1, ("Analyste portefeuille", "Assistant de projet", "Coach agile"), 430),
)
EXECUTIVES = (
    Named("Isabelle Marchand", "executive", "PMO", "Directrice générale"),
    Named("Laurent Dufour", "executive", "IT", "Directeur des systèmes d’information"),
    Named("Philippe Aubry", "executive", "FIN", "Directeur administratif et financier"),
    Named("Nathalie Royer", "executive", "RH", "Directrice des ressources humaines"),
    Named("Camille Lefèvre", "executive", "PMO", "Directrice de la PMO", "pmo"),
    Named("Olivier Castel", "executive", "IT", "Responsable de la plateforme", "administrator"),
    Named("Marion Delorme", "executive", "SEC", "Directrice juridique et conformité"),
    Named("Stéphane Lambert", "executive", "DEV", "Directeur du développement"),
    Named("Valérie Simon", "executive", "RSE", "Directrice de la responsabilité sociale"),
    Named("Frédéric Hamelin", "executive", "DATA", "Directeur de la donnée"),
)
POLE_MANAGERS = (
    Named("Sylvie Tanneur", "pole_manager", "IT", "Responsable du pôle IT"),
    Named("Mathieu Rousseau", "pole_manager", "DEV", "Responsable du pôle Développement"),
    Named("Leïla Mansouri", "pole_manager", "DATA", "Responsable du pôle Data"),
    Named("Éric Vasseur", "pole_manager", "SEC", "Responsable de la sécurité"),
    Named("Caroline Petit", "pole_manager", "RH", "Responsable du pôle RH"),
    Named("Hervé Blondel", "pole_manager", "FIN", "Responsable de la comptabilité"),
    Named("Anne-Sophie Guyot", "pole_manager", "RSE", "Responsable du pôle RSE"),
    Named("Patrick Morel", "pole_manager", "PMO", "Responsable du portefeuille"),
)
PROJECT_MANAGERS = (
    Named("Nicolas Perrin", "project_manager", "SEC", "Chef de projet conformité"),
    Named("Claire Fontaine", "project_manager", "IT", "Cheffe de projet Odoo"),
    Named("Sofia Belkacem", "project_manager", "DATA", "Responsable produit données"),
    Named("Thomas Girard", "project_manager", "DEV", "Responsable produit SaaS"),
    Named("Antoine Lacombe", "project_manager", "RSE", "Chef de projet RSE"),
)
# Those whom the sample files of the tour name: importing these finds them.
OF_THE_SAMPLES = (
    Named("Hélène Garnier", "project_manager", "IT", "Directrice des infrastructures", capacity="1"),
    Named("Karim Benali", "project_manager", "IT", "Chef de projet réseau", capacity="1"),
    Named("Sophie Lemoine", "team", "IT", "Ingénieure réseau", capacity="0.8"),
    Named("Thomas Weber", "team", "SEC", "Architecte sécurité"),
    Named("Inès Caron", "team", "SEC", "Analyste sécurité"),
    Named("Julien Maret", "project_manager", "DEV", "Responsable produit", capacity="1"),
    Named("Aïcha Diallo", "team", "RH", "Responsable paie", capacity="0.9"),
    Named("Bruno Keller", "team", "FIN", "Contrôleur de gestion"),
    Named(
        "Maëlle Le Gall",
        "team",
        "RSE",
        "Chargée de mission RSE",
        capacity="0.5",
        email="maelle.legall@tech4value.example",
    ),
)
OTHERS = (
    Named("Mehdi Saïdi", "team", "SEC", "Juriste données"),
    Named("Juliette Carpentier", "end_user", "", ""),
    Named("Georges Delcourt", "reader", "", ""),
)

TECH4VALUE = CompanyStory(
    slug="tech4value",
    name="Tech4Value",
    domain=DOMAIN,
    plan="enterprise",
    poles=POLES,
    sites=(
        ("Siège", "09:00-12:00 13:00-17:00"),
        ("Rennes", "08:30-12:00 13:30-17:00"),
        ("Lyon", "09:00-12:30 14:00-17:30"),
    ),
    programmes=(
        ("CONFIANCE", "Confiance numérique", "Marion Delorme"),
        ("SOCLE", "Socle de gestion", "Laurent Dufour"),
        ("CROISSANCE", "Nouvelles offres", "Stéphane Lambert"),
        ("RESPONSABLE", "Entreprise responsable", "Valérie Simon"),
    ),
    people=(*EXECUTIVES, *POLE_MANAGERS, *PROJECT_MANAGERS, *OTHERS, *OF_THE_SAMPLES),
    end_users=99,
    projects=(RGPD, ODOO, DATA, SAAS, GREEN),
    controller="Camille Lefèvre",
    administrator="Olivier Castel",
    fields=FIELDS,
    views=VIEWS,
    from_template=INTRANET,
    channel="Portefeuille – direction",
    cash=CASH,
    benefits=BENEFITS,
    staff=STAFF,
    across=(
        ("DATA", "Exposer les données par API", "SAAS", "Construire l’espace client"),
        ("ODOO", "Première reprise à blanc réussie", "DATA", "Former les référents à Power BI"),
        ("RGPD", "Analyses d’impact validées", "SAAS", "Passer l’audit de certification"),
    ),
)
