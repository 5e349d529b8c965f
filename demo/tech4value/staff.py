"""What people of Tech4Value know, what they are booked for beside their tasks, and whom the projects look for.

People of Data know the databases, the hosting and the monitoring that keep IT busy beyond its time: they could help.
"""

from demo.story import BookingStory, RequestStory, StaffStory

DATABASES = "SQL et reprise de données"
HOSTING = "Hébergement et nuage"
MONITORING = "Supervision et exploitation"

STAFF = StaffStory(
    skills={
        # IT
        "Ingénieur système": f"{HOSTING} 4; {MONITORING} 4; {DATABASES} 3",
        "Ingénieur réseau": f"Réseau 4; Sécurité des accès 3; {HOSTING} 3",
        "Ingénieure réseau": "Réseau 5; Sécurité des accès 3",
        "Administrateur Odoo": f"Odoo 4; {DATABASES} 4",
        "Technicien d’exploitation": f"{MONITORING} 4; Réseau 2",
        "Directrice des infrastructures": f"{HOSTING} 4; Pilotage de projet 5",
        "Chef de projet réseau": "Réseau 4; Pilotage de projet 4",
        "Cheffe de projet Odoo": "Odoo 4; Pilotage de projet 4",
        # Data
        "Ingénieur données": f"{DATABASES} 5; {HOSTING} 4; {MONITORING} 4",
        "Analyste données": f"{DATABASES} 4; Power BI 4; Statistique 4",
        "Consultant BI": f"Power BI 5; {DATABASES} 3; Animation d’ateliers 3",
        "Responsable produit données": "Power BI 4; Pilotage de projet 4",
        # Development
        "Développeur": "Python 4; Interfaces web 3; Odoo 2",
        "Développeuse": f"Python 4; Interfaces web 4; {DATABASES} 2",
        "Testeur": "Tests et recette 4",
        "Concepteur d’interface": "Ergonomie 4; Accessibilité 3",
        "Architecte logiciel": f"Architecture logicielle 5; Python 4; {HOSTING} 3",
        "Responsable produit": "Pilotage de projet 4; Ergonomie 3",
        "Responsable produit SaaS": "Pilotage de projet 4; Animation d’ateliers 4",
        # Security and compliance
        "Analyste sécurité": "Sécurité des accès 4; Analyse de risques 4",
        "Architecte sécurité": "Sécurité des accès 5; Architecture logicielle 3",
        "Ingénieur sécurité": "Sécurité des accès 4; Réseau 3",
        "Juriste données": "Droit des données 5",
        "Auditeur interne": "Audit 4; Analyse de risques 4",
        "Chef de projet conformité": "Droit des données 4; Pilotage de projet 4",
        # The others
        "Chef de projet": "Pilotage de projet 4",
        "Chargé de formation": "Formation 4; Animation d’ateliers 4",
        "Chargé de communication": "Communication interne 4; Rédaction 4",
        "Gestionnaire RH": "Paie et administration 4",
        "Responsable paie": "Paie et administration 5",
        "Comptable": "Comptabilité 4; Odoo 3",
        "Contrôleur de gestion": "Contrôle de gestion 4; Power BI 3",
        "Acheteur": "Achats 4",
        "Chargé de mission RSE": "Bilan carbone 4; Animation d’ateliers 3",
        "Chargée de mission RSE": "Bilan carbone 3; Accessibilité 4",
        "Chef de projet RSE": "Bilan carbone 4; Pilotage de projet 4",
        "Analyste environnement": "Bilan carbone 4; Statistique 3",
        "Analyste portefeuille": "Contrôle de gestion 3; Power BI 3",
        "Assistant de projet": "Rédaction 4",
        "Coach agile": "Animation d’ateliers 5; Pilotage de projet 4",
    },
    bookings=(
        # Within what their tasks ask: the envelope that was agreed.
        BookingStory("DATA", "0.4", -8, 3, pole="DATA", rank=0, skill=DATABASES, note="Référence du domaine Achats"),
        BookingStory("ODOO", "0.6", -4, 11, pole="IT", rank=0, skill=DATABASES, note="Reprise des comptes de tiers"),
        BookingStory("INTRANET", "0.3", 6, 18, person="Julien Maret", note="Conduite du projet"),
        # Nobody yet.
        BookingStory("INTRANET", "0.5", 8, 20, profile="Chargé de communication", skill="Rédaction"),
        BookingStory("SAAS", "1", 7, 24, profile="Développeur", skill="Python", note="Renfort demandé au comité"),
    ),
    requests=(
        RequestStory(
            "ODOO", "0.3", 3, 11, -1, DATABASES, 4,
            comment="Renfort pour corriger les écarts de reprise : le pôle IT est au-delà de son temps.",
        ),
        RequestStory("SAAS", "0.3", 7, 20, -2, HOSTING, 4, comment="Préparer la haute disponibilité."),
        RequestStory(
            "GREEN", "0.2", 5, 12, -5, profile="Analyste environnement", comment="Mesures d’énergie des serveurs.",
            refused="Les deux analystes sont pris par le bilan annuel jusqu’en fin de trimestre.",
        ),
        RequestStory(
            "INTRANET", "0.2", 8, 14, -2, "Power BI", 4,
            comment="Mesurer l’usage de l’intranet actuel.", given="DATA",
        ),
    ),
)  # fmt: skip
