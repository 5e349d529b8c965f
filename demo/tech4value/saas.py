"""SAAS: the velocity is steady, and the scope grows."""

from demo.story import BudgetStory, MilestoneStory, PhaseStory, ProjectStory, ReportStory, RiskStory

SAAS = ProjectStory(
    code="SAAS",
    name="Plateforme Tech4Value en SaaS",
    goal="Ouvrir notre plateforme de pilotage à des entreprises semblables à la nôtre.",
    pole="DEV",
    programme="CROISSANCE",
    sponsor="Isabelle Marchand",
    manager="Thomas Girard",
    method="agile",
    phase="delivery",
    fte=23,
    staff={"DEV": 16.0, "IT": 4.0, "SEC": 2.0, "PMO": 0.7, "DATA": 0.6},
    starts=-57,
    progress="0.9",
    phases=(
        PhaseStory(
            "Vision et socle",
            -45,
            -45,
            """
            DEV1  Poser l’architecture multi-entreprise
            DEV2  Construire le système de composants
            DEV3  Mettre en place l’intégration continue
            IT    Choisir l’hébergeur
            SEC   Écrire les exigences de sécurité
            PMO   Construire la carte des récits
            DATA  Définir les indicateurs de l’offre
        """,
        ),
        PhaseStory(
            "Incrément 1 : comptes et droits",
            -31,
            -31,
            """
            DEV1  Cloisonner les données des entreprises
            DEV2  Construire les écrans des membres
            DEV3  Brancher l’authentification unique
            IT    Ouvrir les environnements
            SEC   Éprouver le cloisonnement
            PMO   Animer les revues d’incrément
            DATA  Mesurer l’usage
        """,
        ),
        PhaseStory(
            "Incrément 2 : portefeuille",
            -15,
            -14,
            """
            DEV1  Construire le tableau de bord du dirigeant
            DEV2  Construire le planning et ses liens
            DEV3  Importer classeurs et plannings existants
            IT    Automatiser les déploiements
            SEC   Préparer le test d’intrusion
            PMO   Recueillir les retours de la PMO
            DATA  Préparer les jeux de démonstration
        """,
        ),
        PhaseStory(
            "Incrément 3 : finances et ressources",
            4,
            6,
            """
            DEV1  Construire le budget et la prévision
            DEV1  Construire les alertes d’écart
            DEV2  Construire la charge et la capacité
            DEV3  Publier l’API
            IT    Mettre en place la supervision
            SEC   Corriger les failles relevées
            PMO   Arbitrer les demandes nouvelles
            DATA  Alimenter les tableaux de bord
        """,
        ),
        PhaseStory(
            "Incrément 4 : ouverture pilote",
            20,
            24,
            """
            DEV1  Construire la simulation
            DEV2  Construire l’espace client
            DEV3  Brancher la facturation
            IT    Préparer la haute disponibilité
            SEC   Préparer la certification
            PMO   Accompagner les clients pilotes
            DATA  Suivre l’adoption des pilotes
        """,
            pressure="1.03",
        ),
        PhaseStory(
            "Mise sur le marché",
            34,
            40,
            """
            DEV1  Traiter les retours des pilotes
            DEV2  Finaliser le parcours d’arrivée
            DEV3  Durcir les limites des formules
            IT    Ouvrir la production
            SEC   Passer l’audit de certification
            PMO   Préparer le support
            DATA  Publier les indicateurs de service
        """,
        ),
    ),
    milestones=(
        MilestoneStory("Vision partagée", -49, -49, "Carte des récits validée par le sponsor", True),
        MilestoneStory("Socle démontré", -45, -45, "Deux entreprises cloisonnées en démonstration", True),
        MilestoneStory(
            "Comptes et droits démontrés", -31, -31, "Huit profils essayés par leurs futurs utilisateurs", True
        ),
        MilestoneStory("Version interne utilisée par la PMO", -22, -22, "Un Copil tenu avec l’outil", True),
        MilestoneStory("Portefeuille démontré", -15, -14, "Import d’un classeur réel en moins de deux minutes", True),
        MilestoneStory("Test d’intrusion passé", -6, -5, "Aucune faille critique", True),
        MilestoneStory(
            "Finances et ressources démontrées", 4, 6, "Budget et charge d’un projet réel", slips=((-3, 6),)
        ),
        MilestoneStory("Trois clients pilotes signés", 9, 9, "Trois contrats signés"),
        MilestoneStory(
            "Ouverture du pilote",
            20,
            24,
            "Les trois clients travaillent sur la plateforme",
            slips=((-9, 22), (-3, 24)),
        ),
        MilestoneStory("Offre commerciale ouverte", 34, 40, "Première facture émise", slips=((-9, 37), (-3, 40))),
    ),
    risks=(
        RiskStory(
            "Périmètre qui grandit à chaque revue",
            3,
            4,
            -40,
            3,
            "Une demande entre si une autre sort ; arbitrage mensuel du sponsor.",
            "treated",
            ((-16, {"probability": 4}),),
        ),
        RiskStory(
            "Concurrents installés sur le marché", 4, 3, -50, 20, "Offre tournée vers les Copil et la trésorerie."
        ),
        RiskStory(
            "Rareté des développeurs expérimentés",
            3,
            4,
            -30,
            10,
            "Cooptation et partenariat avec une école.",
            "treated",
            ((-8, {"probability": 2}),),
        ),
        RiskStory(
            "Fuite de données entre deux clients",
            1,
            5,
            -45,
            20,
            "Double verrou et tests d’isolation à chaque livraison.",
            "treated",
        ),
        RiskStory(
            "Pilotes qui renoncent avant la signature", 3, 4, -10, 8, "Deux prospects de réserve en discussion."
        ),
        RiskStory(
            "Coût d’hébergement par client trop élevé", 3, 3, -22, 15, "Mesure mensuelle et mutualisation.", "treated"
        ),
        RiskStory("Panne de l’intégration continue", 3, 2, -35, -20, "Second exécuteur installé.", "closed"),
        RiskStory("Certification repoussée par l’auditeur", 2, 3, -6, 30, "Réserver la date six mois à l’avance."),
    ),
    reports=(
        ReportStory(-57, "sunny", "flat", "Trois équipes constituées, première carte des récits."),
        ReportStory(-49, "sunny", "up", "Vision partagée par les huit pôles."),
        ReportStory(-45, "sunny", "flat", "Socle démontré avec deux entreprises cloisonnées."),
        ReportStory(-37, "sunny", "flat", "Vélocité stable : 62 points par sprint depuis trois sprints."),
        ReportStory(-31, "sunny", "up", "Comptes et droits démontrés ; retours très favorables."),
        ReportStory(-23, "sunny", "flat", "La PMO tient son Copil avec l’outil. 28 demandes nouvelles en un mois."),
        ReportStory(
            -17, "cloudy", "down", "Le périmètre grandit plus vite que la vélocité : 11 % de points en plus."
        ),
        ReportStory(-13, "cloudy", "flat", "Portefeuille démontré avec une semaine de retard."),
        ReportStory(
            -9, "cloudy", "down", "Ouverture du pilote repoussée de deux semaines : le périmètre a grandi de 17 %."
        ),
        ReportStory(-5, "cloudy", "up", "Test d’intrusion passé sans faille critique."),
        ReportStory(
            -3, "cloudy", "flat", "Pilote attendu quatre semaines plus tard ; arbitrage du périmètre demandé."
        ),
        ReportStory(
            -1,
            "cloudy",
            "flat",
            "Vélocité stable à 63 points. Le reste à faire grandit de 4 % par sprint : sans arbitrage, "
            "l’offre ouvrira six semaines plus tard.",
        ),
    ),
    budget=BudgetStory(
        total=1_220_000,
        shares={
            ("staff", "capex"): 58,
            ("services", "opex"): 14,
            ("licences", "opex"): 5,
            ("infrastructure", "opex"): 15,
            ("training", "opex"): 3,
            ("other", "opex"): 5,
        },
        overrun="0.027",
        overrun_on=("staff", "capex"),
        known=-3,
    ),
)
