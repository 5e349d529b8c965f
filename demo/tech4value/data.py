"""DATA: ahead of plan, and people to spare."""

from demo.story import BudgetStory, MilestoneStory, PhaseStory, ProjectStory, ReportStory, RiskStory

DATA = ProjectStory(
    code="DATA",
    name="Socle Data et Power BI",
    goal="Une seule source de chiffres, des tableaux de bord que chaque pôle tient lui-même.",
    pole="DATA",
    programme="SOCLE",
    sponsor="Philippe Aubry",
    manager="Sofia Belkacem",
    method="agile",
    phase="rollout",
    fte=14,
    staff={"DATA": 8.0, "IT": 2.5, "DEV": 1.5, "FIN": 1.0, "PMO": 1.0},
    starts=-55,
    progress="1.05",
    phases=(
        PhaseStory(
            "Cadrage et architecture",
            -47,
            -47,
            """
            DATA1  Choisir l’architecture de l’entrepôt
            DATA2  Recueillir les besoins des pôles
            IT     Dimensionner l’hébergement
            DEV    Choisir l’outil d’intégration
            FIN    Définir les indicateurs financiers
            PMO    Construire la feuille de route
        """,
        ),
        PhaseStory(
            "Socle technique",
            -33,
            -34,
            """
            DATA1  Construire l’entrepôt de données
            DATA2  Écrire le dictionnaire des données
            IT     Ouvrir les flux sécurisés
            DEV    Intégrer les sources Odoo et HubSpot
            FIN    Valider les règles de calcul
            PMO    Animer les revues de sprint
        """,
        ),
        PhaseStory(
            "Premiers domaines",
            -17,
            -19,
            """
            DATA1  Publier le domaine Ventes
            DATA1  Publier le domaine Finance
            DATA2  Mettre en place les contrôles de qualité
            IT     Automatiser les sauvegardes
            DEV    Historiser les données de gestion
            FIN    Rapprocher les chiffres de la comptabilité
            PMO    Mesurer l’usage des tableaux de bord
        """,
        ),
        PhaseStory(
            "Généralisation",
            6,
            3,
            """
            DATA1  Publier les domaines Achats et Stocks
            DATA1  Publier le domaine Ressources humaines
            DATA2  Ouvrir le catalogue de données
            DATA2  Certifier les jeux de données
            IT     Superviser les chargements
            DEV    Exposer les données par API
            FIN    Automatiser les états mensuels
            PMO    Accompagner les référents des pôles
        """,
        ),
        PhaseStory(
            "Autonomie des métiers",
            26,
            23,
            """
            DATA1  Former les référents à Power BI
            DATA2  Transférer la gouvernance aux pôles
            IT     Optimiser les coûts d’hébergement
            DEV    Industrialiser les livraisons
            FIN    Reprendre les états en autonomie
            PMO    Dresser le bilan de la valeur
        """,
            pressure="0.9",
        ),
    ),
    milestones=(
        MilestoneStory("Architecture validée", -47, -47, "Avis favorable des pôles IT et sécurité", True),
        MilestoneStory("Entrepôt en service", -33, -34, "Chargement quotidien terminé avant 7 h", True),
        MilestoneStory(
            "Tableau de bord Ventes publié", -25, -26, "Utilisé chaque semaine par le comité commercial", True
        ),
        MilestoneStory("Tableau de bord Finance publié", -17, -19, "Écart nul avec la balance générale", True),
        MilestoneStory("Catalogue de données ouvert", -4, -6, "200 jeux de données décrits", True),
        MilestoneStory(
            "Tous les domaines publiés", 6, 3, "Huit domaines servis chaque matin", slips=((-6, 4), (-2, 3))
        ),
        MilestoneStory("Cent utilisateurs formés", 12, 9, "Cent personnes autonomes sur Power BI", slips=((-4, 9),)),
        MilestoneStory(
            "Transfert aux pôles prononcé", 26, 23, "Un référent nommé et formé par pôle", slips=((-4, 23),)
        ),
    ),
    risks=(
        RiskStory(
            "Qualité insuffisante des données d’achats",
            3,
            3,
            -24,
            2,
            "Contrôles à la source et relance des pôles.",
            "treated",
        ),
        RiskStory(
            "Coût d’hébergement supérieur au prévu", 3, 2, -40, 8, "Alerte de dépense et arrêt nocturne.", "mitigated"
        ),
        RiskStory(
            "Tableaux de bord parallèles dans les pôles", 3, 3, -18, 10, "Certification des jeux de référence."
        ),
        RiskStory(
            "Données Odoo modifiées par la migration",
            3,
            4,
            -14,
            15,
            "Contrat d’interface signé avec le projet Odoo.",
            "treated",
        ),
        RiskStory("Référents peu disponibles dans les pôles", 2, 3, -12, 6, "Une demi-journée par mois réservée."),
        RiskStory(
            "Accès trop large aux données de paie",
            2,
            5,
            -30,
            -18,
            "Droits par ligne et revue trimestrielle.",
            "closed",
            ((-18, {"probability": 1}),),
        ),
    ),
    reports=(
        ReportStory(-55, "sunny", "flat", "Lancement : deux équipes, six pôles interrogés."),
        ReportStory(-47, "sunny", "flat", "Architecture validée sans réserve."),
        ReportStory(
            -41, "cloudy", "flat", "Les flux sécurisés attendent le pôle IT ; contournement trouvé pour les essais."
        ),
        ReportStory(-35, "sunny", "up", "Entrepôt en service avec une semaine d’avance."),
        ReportStory(-27, "sunny", "up", "Le domaine Ventes est publié ; 40 utilisateurs dès la première semaine."),
        ReportStory(-19, "sunny", "up", "Le domaine Finance est publié : écart nul avec la balance."),
        ReportStory(-13, "sunny", "flat", "Historisation en place. Le catalogue se remplit plus vite que prévu."),
        ReportStory(-7, "sunny", "up", "Catalogue ouvert avec deux semaines d’avance : 214 jeux de données décrits."),
        ReportStory(
            -1,
            "sunny",
            "up",
            "Trois semaines d’avance. Le pôle Data est à 70 % de sa capacité : trois personnes peuvent renforcer "
            "d’autres projets.",
        ),
    ),
    budget=BudgetStory(
        total=990_000,
        shares={
            ("staff", "opex"): 50,
            ("services", "opex"): 15,
            ("licences", "opex"): 13,
            ("infrastructure", "opex"): 14,
            ("training", "opex"): 8,
        },
        overrun="-0.055",
        overrun_on=("services", "opex"),
        known=-8,
        pace="0.97",
    ),
)
