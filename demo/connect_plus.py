"""Connect Plus: a maker of nautical GPS, the other demo company. Its plans and budgets come in files."""

from demo.story import (
    BudgetStory,
    CompanyStory,
    MilestoneStory,
    Named,
    PhaseStory,
    PoleStory,
    ProjectStory,
    ReportStory,
    RiskStory,
)

DOMAIN = "connect-plus.example"

CAP_HORN = ProjectStory(
    code="CAP",
    name="GPS Cap Horn",
    goal="Un traceur étanche et sobre, prêt pour le salon nautique.",
    pole="RD",
    programme="PRODUITS",
    sponsor="Yves Kermarrec",
    manager="Maïwenn Riou",
    method="hybrid",
    phase="delivery",
    fte=8,
    staff={"RD": 6.0, "PROD": 2.0},
    starts=-53,
    by_files=True,
    phases=(
        PhaseStory(
            "Conception",
            -30,
            -30,
            """
            RD    Dessiner la carte électronique
            RD    Choisir l’écran lisible au soleil
            PROD  Préparer l’outillage du boîtier
        """,
        ),
        PhaseStory(
            "Prototypes",
            -4,
            -2,
            """
            RD    Écrire le logiciel de navigation
            RD    Essayer en mer
            PROD  Mouler la présérie
        """,
        ),
        PhaseStory(
            "Industrialisation",
            20,
            22,
            """
            RD    Passer la certification marine
            PROD  Produire les 200 premiers appareils
        """,
        ),
    ),
    milestones=(
        MilestoneStory("Conception validée", -30, -30, "Revue de conception sans réserve", True),
        MilestoneStory("Essai en mer réussi", -12, -12, "48 heures sans perte de signal", True),
        MilestoneStory("Certification obtenue", 3, 5, "Certificat reçu"),
        MilestoneStory("Présentation au salon", 12, 12, "Dix appareils en démonstration", held=True),
        MilestoneStory("200 appareils livrés", 20, 22, "200 appareils expédiés"),
    ),
    risks=(
        RiskStory("Pénurie d’écrans", 3, 4, -30, 6, "Second fournisseur qualifié.", "treated"),
        RiskStory("Échec à la certification marine", 2, 5, -20, 4, "Essais préalables au laboratoire."),
        RiskStory("Infiltration d’eau du boîtier", 2, 4, -26, -10, "Joint doublé.", "mitigated"),
    ),
    reports=(
        ReportStory(-53, "sunny", "flat", "Lancement du bureau d’études."),
        ReportStory(-29, "sunny", "up", "Conception validée ; les prototypes commencent."),
        ReportStory(-11, "sunny", "flat", "Essai en mer réussi au large de Groix."),
        ReportStory(-3, "cloudy", "flat", "La présérie sort avec deux semaines de retard."),
    ),
    budget=BudgetStory(
        total=640_000,
        shares={("staff", "capex"): 50, ("services", "capex"): 20, ("hardware", "capex"): 30},
        overrun="0.018",
        overrun_on=("hardware", "capex"),
        known=-2,
    ),
)

NAUTILUS = ProjectStory(
    code="NAUTILUS",
    name="Compte VIP Nautilus",
    goal="Porter le chiffre d’affaires de Nautilus de 522 000 € à 750 000 €.",
    pole="COM",
    programme="CLIENTS",
    sponsor="Yves Kermarrec",
    manager="Bastien Cloarec",
    method="waterfall",
    phase="delivery",
    fte=4,
    staff={"COM": 3.0, "PROD": 1.0},
    starts=-53,
    progress="0.9",
    by_files=True,
    phases=(
        PhaseStory(
            "Diagnostic du compte",
            -40,
            -40,
            """
            COM   Rencontrer les six chantiers de Nautilus
            PROD  Analyser les délais de livraison
        """,
        ),
        PhaseStory(
            "Plan d’actions",
            -6,
            -6,
            """
            COM   Négocier le contrat cadre
            COM   Équiper trois chantiers pilotes
            PROD  Réserver un stock de sécurité
        """,
        ),
        PhaseStory(
            "Déploiement",
            22,
            22,
            """
            COM   Équiper tous les chantiers
            COM   Mesurer la satisfaction
            PROD  Tenir le délai de dix jours
        """,
        ),
    ),
    milestones=(
        MilestoneStory("Diagnostic partagé", -40, -40, "Compte rendu signé par Nautilus", True),
        MilestoneStory("Contrat cadre signé", -18, -16, "Trois ans, 45 commandes par mois", True),
        MilestoneStory("Pilotes équipés", -6, -6, "Trois chantiers, satisfaction de 8 sur 10", True),
        MilestoneStory("Tous les chantiers équipés", 10, 10, "Six chantiers sur six"),
        MilestoneStory("Objectif de 750 000 € atteint", 20, 20, "Facturation de l’exercice"),
    ),
    risks=(
        RiskStory("Concurrent mieux placé sur le prix", 3, 4, -30, 8, "Offre de service incluse.", "treated"),
        RiskStory("Rupture de stock en haute saison", 3, 3, -20, 10, "Stock de sécurité de 60 appareils.", "treated"),
    ),
    reports=(
        ReportStory(-53, "sunny", "flat", "Six chantiers à rencontrer avant l’été."),
        ReportStory(-39, "cloudy", "flat", "Diagnostic partagé : les délais déçoivent."),
        ReportStory(-15, "sunny", "up", "Contrat cadre signé pour trois ans."),
        ReportStory(-1, "sunny", "up", "612 000 € facturés sur douze mois ; trois chantiers équipés."),
    ),
    budget=BudgetStory(
        total=180_000,
        shares={("staff", "opex"): 70, ("other", "opex"): 30},
        overrun="-0.02",
        overrun_on=("other", "opex"),
        known=-4,
    ),
)

REVENDEURS = ProjectStory(
    code="REV",
    name="Portail des revendeurs",
    goal="Que les revendeurs commandent et suivent leurs livraisons en ligne : 45 commandes par mois.",
    pole="COM",
    programme="CLIENTS",
    sponsor="Solenn Quemener",
    manager="Bastien Cloarec",
    method="agile",
    phase="delivery",
    fte=5,
    staff={"RD": 3.0, "COM": 2.0},
    starts=-51,
    progress="0.8",
    by_files=True,
    phases=(
        PhaseStory(
            "Cadrage",
            -38,
            -38,
            """
            COM  Interroger les revendeurs
            RD   Choisir la solution
        """,
        ),
        PhaseStory(
            "Construction",
            -1,
            3,
            """
            RD   Construire le catalogue et le panier
            RD   Relier la gestion commerciale
            COM  Reprendre les tarifs
            COM  Préparer les modes d’emploi
        """,
        ),
        PhaseStory(
            "Ouverture",
            22,
            26,
            """
            RD   Ouvrir par région
            COM  Accompagner les revendeurs
        """,
        ),
    ),
    milestones=(
        MilestoneStory("Cahier des besoins signé", -38, -38, "Dix revendeurs consultés", True),
        MilestoneStory("Maquette acceptée", -24, -23, "Huit revendeurs sur dix favorables", True),
        MilestoneStory(
            "Première commande en ligne", -1, 3, "Commande livrée sans ressaisie", slips=((-8, 1), (-3, 3))
        ),
        MilestoneStory("Toutes les régions ouvertes", 20, 24, "45 commandes par mois", slips=((-3, 24),)),
    ),
    risks=(
        RiskStory("Tarifs incohérents entre régions", 4, 3, -28, 2, "Une grille unique.", "treated"),
        RiskStory("Revendeurs attachés au téléphone", 3, 3, -20, 16, "Une visite par revendeur."),
        RiskStory("Liaison avec la gestion commerciale instable", 4, 4, -10, 2, "Reprise automatique des échanges."),
    ),
    reports=(
        ReportStory(-51, "sunny", "flat", "Dix revendeurs acceptent de participer."),
        ReportStory(-37, "sunny", "flat", "Solution choisie ; la construction commence."),
        ReportStory(-15, "cloudy", "flat", "Les tarifs demandent plus de reprise que prévu."),
        ReportStory(
            -5, "rainy", "down", "La liaison avec la gestion commerciale est instable : quatre semaines de retard."
        ),
    ),
    budget=BudgetStory(
        total=210_000,
        shares={("staff", "capex"): 55, ("services", "capex"): 35, ("licences", "opex"): 10},
        overrun="0.071",
        overrun_on=("services", "capex"),
        known=-3,
    ),
)

CONNECT_PLUS = CompanyStory(
    slug="connect-plus",
    name="Connect Plus",
    domain=DOMAIN,
    plan="professional",
    poles=(
        PoleStory("RD", "Recherche et développement", 94, 8, 1, 1, ("Ingénieur électronique", "Développeur"), 480),
        PoleStory("PROD", "Production", 86, 4, 0, 0, ("Technicien de production", "Acheteur"), 360),
        PoleStory("COM", "Commerce", 103, 4, 1, 0, ("Commercial", "Assistant commercial"), 400),
    ),
    sites=(("Lorient", "09:00-12:00 13:00-17:00"),),
    programmes=(
        ("PRODUITS", "Nouveaux produits", "Yves Kermarrec"),
        ("CLIENTS", "Clients et réseau", "Solenn Quemener"),
    ),
    people=(
        Named("Yves Kermarrec", "executive", "COM", "Dirigeant"),
        Named("Rozenn Le Bihan", "executive", "PROD", "Directrice administrative", "administrator"),
        Named("Solenn Quemener", "pole_manager", "COM", "Directrice commerciale"),
        Named("Gildas Madec", "executive", "RD", "Responsable des projets", "pmo"),
        Named("Maïwenn Riou", "project_manager", "RD", "Cheffe de projet produit", capacity="0.8"),
        Named("Bastien Cloarec", "project_manager", "COM", "Chef de projet clients", capacity="0.8"),
        Named("Erell Guivarc’h", "team", "RD", "Ingénieure électronique"),
    ),
    end_users=2,
    projects=(CAP_HORN, NAUTILUS, REVENDEURS),
    controller="Gildas Madec",
    administrator="Rozenn Le Bihan",
)
