"""RGPD: a delay of four weeks that nobody saw in time. Milestones slipped for three months under a sunny weather."""

from demo.story import BudgetStory, MilestoneStory, PhaseStory, ProjectStory, ReportStory, RiskStory

RGPD = ProjectStory(
    code="RGPD",
    name="Conformité RGPD",
    goal="Que chaque traitement de données personnelles soit connu, justifié et protégé, preuves à l’appui.",
    pole="SEC",
    programme="CONFIANCE",
    sponsor="Isabelle Marchand",
    manager="Nicolas Perrin",
    method="waterfall",
    phase="delivery",
    fte=13,
    staff={"SEC": 6.5, "RH": 1.5, "IT": 1.5, "PMO": 1.7, "DATA": 1.0, "FIN": 0.8},
    starts=-56,
    progress="0.75",
    phases=(
        PhaseStory(
            "Cadrage et cartographie",
            -44,
            -44,
            """
            SEC   Recenser les traitements de chaque pôle
            SEC   Qualifier les bases légales
            PMO   Organiser les ateliers de recensement
            IT    Dresser la carte des applications
            DATA  Localiser les données personnelles
            RH    Recenser les fichiers du personnel
            FIN   Recenser les fichiers de paie et de facturation
        """,
        ),
        PhaseStory(
            "Registre et durées de conservation",
            -26,
            -26,
            """
            SEC   Rédiger le registre des traitements
            SEC   Fixer les durées de conservation
            PMO   Faire valider le registre par les pôles
            IT    Programmer la purge des données échues
            DATA  Masquer les données des environnements de test
            RH    Réviser les mentions d’information du personnel
            FIN   Archiver les pièces au-delà du délai légal
        """,
        ),
        PhaseStory(
            "Droits des personnes et sous-traitants",
            -3,
            1,
            """
            SEC   Mettre en service le portail d’exercice des droits
            SEC   Négocier les avenants des sous-traitants
            PMO   Suivre les réponses des sous-traitants
            IT    Outiller l’effacement dans les applications
            DATA  Extraire les données d’une personne sur demande
            RH    Former les managers aux demandes d’accès
            FIN   Revoir les contrats des prestataires
        """,
        ),
        PhaseStory(
            "Analyses d’impact et sécurisation",
            10,
            14,
            """
            SEC   Conduire les analyses d’impact
            SEC   Traiter les mesures de sécurité retenues
            PMO   Piloter le plan d’actions des analyses d’impact
            IT    Chiffrer les postes et les sauvegardes
            DATA  Tracer les accès aux données sensibles
            RH    Former l’ensemble des collaborateurs
            FIN   Mettre à jour les procédures comptables
        """,
        ),
        PhaseStory(
            "Audit à blanc et clôture",
            18,
            22,
            """
            SEC   Conduire l’audit à blanc
            SEC   Corriger les écarts de l’audit
            PMO   Constituer le dossier de preuves
            IT    Tester la notification d’une violation
            DATA  Contrôler les purges
            RH    Mesurer la sensibilisation
            FIN   Clore les engagements du projet
        """,
            pressure="0.9",
        ),
    ),
    milestones=(
        MilestoneStory("Lettre de mission du DPO signée", -53, -53, "Lettre signée par la direction générale", True),
        MilestoneStory("Cartographie validée", -44, -44, "Les huit pôles ont signé leur inventaire", True),
        MilestoneStory(
            "Registre des traitements complet", -33, -32, "112 traitements décrits, aucun sans base légale", True
        ),
        MilestoneStory("Durées de conservation adoptées", -26, -26, "Décision du comité de direction", True),
        MilestoneStory(
            "Portail d’exercice des droits en service",
            -14,
            -11,
            "Une demande traitée en moins de dix jours",
            True,
            ((-17, -13), (-14, -11)),
        ),
        MilestoneStory(
            "Avenants des sous-traitants signés",
            -3,
            1,
            "42 sous-traitants sur 42 engagés par écrit",
            slips=((-14, -2), (-11, -1), (-7, 0), (-2, 1)),
        ),
        MilestoneStory(
            "Managers formés aux demandes d’accès",
            -1,
            3,
            "90 % des managers ont réussi le questionnaire",
            slips=((-10, 1), (-6, 2), (-2, 3)),
        ),
        MilestoneStory(
            "Analyses d’impact validées",
            4,
            8,
            "Avis du DPO rendu sur les six traitements sensibles",
            slips=((-9, 6), (-2, 8)),
        ),
        MilestoneStory("Audit à blanc réussi", 14, 18, "Aucun écart majeur", slips=((-2, 18),)),
        MilestoneStory("Conformité prononcée", 18, 22, "Procès-verbal du comité de direction", slips=((-2, 22),)),
    ),
    risks=(
        RiskStory(
            "Des sous-traitants refusent l’avenant",
            3,
            4,
            -30,
            3,
            "Relance par les achats, puis plan de remplacement des trois refus fermes.",
            "treated",
            ((-8, {"probability": 4}), (-2, {"probability": 5})),
        ),
        RiskStory(
            "Contrôle de la CNIL avant la fin des analyses d’impact",
            2,
            5,
            -50,
            12,
            "Dossier de preuves tenu à jour chaque mois.",
        ),
        RiskStory(
            "Purge qui efface des données encore utiles",
            3,
            4,
            -32,
            6,
            "Essai sur une copie et accord du métier avant chaque purge.",
            "treated",
            ((-12, {"probability": 2}),),
        ),
        RiskStory(
            "Départ du référent sécurité en plein audit", 2, 4, -20, 16, "Binôme désigné et documentation partagée."
        ),
        RiskStory(
            "Faible participation aux formations",
            3,
            3,
            -18,
            5,
            "Sessions de trente minutes et relance par les responsables de pôle.",
            "treated",
        ),
        RiskStory(
            "Applications sans fonction d’effacement",
            4,
            3,
            -40,
            -6,
            "Développement d’un script d’anonymisation.",
            "mitigated",
            ((-10, {"probability": 2}),),
        ),
        RiskStory(
            "Registre non tenu à jour après le projet",
            3,
            2,
            -24,
            20,
            "Revue trimestrielle inscrite au calendrier des pôles.",
        ),
    ),
    reports=(
        ReportStory(
            -56, "sunny", "flat", "Lancement : la lettre de mission est en signature, les ateliers sont planifiés."
        ),
        ReportStory(
            -49, "sunny", "up", "Cinq pôles sur huit ont terminé leur recensement, avec une semaine d’avance."
        ),
        ReportStory(-43, "sunny", "flat", "Cartographie validée par les huit pôles. Le registre commence."),
        ReportStory(
            -37, "cloudy", "flat", "Le registre révèle 30 traitements non déclarés ; la charge reste absorbable."
        ),
        ReportStory(-31, "sunny", "up", "Registre complet : 112 traitements, tous rattachés à une base légale."),
        ReportStory(
            -25, "sunny", "flat", "Durées de conservation adoptées. La campagne des sous-traitants est lancée."
        ),
        ReportStory(-19, "sunny", "flat", "14 avenants signés sur 42. Le portail des droits entre en recette."),
        ReportStory(
            -13,
            "sunny",
            "flat",
            "Portail des droits : quelques jours de glissement, sans effet annoncé sur la suite.",
        ),
        ReportStory(
            -9, "sunny", "flat", "Portail en service. 23 avenants signés sur 42, les relances se poursuivent."
        ),
        ReportStory(
            -5,
            "cloudy",
            "down",
            "Les avenants avancent moins vite que prévu ; l’équipe pense tenir les analyses d’impact.",
        ),
        ReportStory(
            -3,
            "rainy",
            "down",
            "La date des avenants est dépassée : 29 signés sur 42. Les formations attendent leur contenu.",
        ),
        ReportStory(
            -1,
            "stormy",
            "down",
            "Quatre semaines de retard, révélées par la revue des jalons : avenants, formations et analyses "
            "d’impact glissent ensemble. Décision demandée : remplacer trois sous-traitants.",
        ),
    ),
    budget=BudgetStory(
        total=1_180_000,
        shares={
            ("staff", "opex"): 52,
            ("services", "opex"): 24,
            ("licences", "opex"): 9,
            ("infrastructure", "capex"): 9,
            ("training", "opex"): 6,
        },
        overrun="0.058",
        overrun_on=("services", "opex"),
        known=-4,
    ),
)
