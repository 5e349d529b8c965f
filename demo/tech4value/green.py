"""GREEN: a small budget, and a regulatory date that must hold."""

from demo.story import BudgetStory, MilestoneStory, PhaseStory, ProjectStory, ReportStory, RiskStory

GREEN = ProjectStory(
    code="GREEN",
    name="Green IT et accessibilité",
    goal="Réduire l’empreinte de notre informatique et rendre nos services utilisables par tous, à la date légale.",
    pole="RSE",
    programme="RESPONSABLE",
    sponsor="Nathalie Royer",
    manager="Antoine Lacombe",
    method="hybrid",
    phase="delivery",
    fte=10,
    staff={"RSE": 3.2, "RH": 2.5, "IT": 1.6, "DEV": 1.5, "PMO": 1.2},
    starts=-53,
    progress="0.95",
    by_files=True,
    phases=(
        PhaseStory(
            "Diagnostic",
            -41,
            -41,
            """
            RSE  Mesurer l’empreinte du parc et des services
            RH   Recueillir les besoins des personnes handicapées
            IT   Inventorier le matériel
            DEV  Auditer les parcours principaux
            PMO  Bâtir le plan et le budget
        """,
        ),
        PhaseStory(
            "Politique et achats",
            -25,
            -25,
            """
            RSE  Rédiger la politique d’achats responsables
            RH   Sensibiliser les équipes
            IT   Remplacer par du matériel reconditionné
            DEV  Choisir les composants accessibles
            PMO  Suivre les engagements des fournisseurs
        """,
        ),
        PhaseStory(
            "Mise en conformité",
            6,
            6,
            """
            RSE  Suivre les critères de conformité
            RSE  Rédiger le schéma pluriannuel
            RH   Former concepteurs et rédacteurs
            IT   Réduire la consommation des serveurs
            DEV  Corriger le site public
            DEV  Corriger le parcours client
            PMO  Préparer la déclaration
        """,
        ),
        PhaseStory(
            "Audit et déclaration",
            14,
            14,
            """
            RSE  Conduire l’audit de conformité
            RH   Recueillir les avis des utilisateurs
            IT   Produire les mesures d’énergie
            DEV  Lever les dernières réserves
            PMO  Déposer la déclaration
        """,
        ),
        PhaseStory(
            "Ancrage",
            26,
            26,
            """
            RSE  Publier le bilan annuel
            RH   Intégrer l’accessibilité aux parcours de formation
            IT   Installer le suivi d’énergie
            DEV  Ajouter les contrôles automatiques
            PMO  Clore le projet
        """,
            pressure="0.9",
        ),
    ),
    milestones=(
        MilestoneStory("Diagnostic publié", -41, -41, "Rapport diffusé à tous les pôles", True),
        MilestoneStory("Politique d’achats adoptée", -31, -30, "Décision du comité de direction", True),
        MilestoneStory("Matériel reconditionné livré", -25, -25, "120 postes remplacés", True),
        MilestoneStory("Site public conforme à 75 %", -10, -10, "Mesure indépendante", True),
        MilestoneStory("Schéma pluriannuel adopté", -3, -3, "Décision de la direction générale", True),
        MilestoneStory("Parcours client corrigé", 5, 5, "50 critères sur 50 levés, sans réserve"),
        MilestoneStory("Audit de conformité rendu", 9, 9, "Taux d’au moins 90 %"),
        MilestoneStory(
            "Déclaration réglementaire déposée", 12, 12, "Récépissé reçu avant la date de la loi", held=True
        ),
        MilestoneStory("Bilan annuel publié", 24, 24, "Empreinte réduite de 12 %"),
    ),
    risks=(
        RiskStory(
            "Date réglementaire manquée",
            2,
            5,
            -40,
            11,
            "Point hebdomadaire avec le sponsor, aucune demande nouvelle.",
            "treated",
            ((-8, {"probability": 3}),),
        ),
        RiskStory(
            "Auditeur indisponible avant la date",
            3,
            4,
            -16,
            6,
            "Date réservée ; second cabinet consulté.",
            "treated",
            ((-3, {"probability": 2}),),
        ),
        RiskStory("Budget épuisé avant l’ancrage", 3, 3, -12, 10, "Revue mensuelle des engagements avec la Finance."),
        RiskStory(
            "Parcours client refondu par un autre projet", 2, 4, -20, 4, "Revue commune avec la plateforme SaaS."
        ),
        RiskStory(
            "Fournisseur sans preuve de reconditionnement",
            2,
            3,
            -30,
            -24,
            "Attestation exigée à la commande.",
            "closed",
            ((-24, {"probability": 1}),),
        ),
        RiskStory(
            "Équipes peu formées à la rédaction accessible", 3, 2, -18, 8, "Deux ateliers par mois.", "treated"
        ),
    ),
    reports=(
        ReportStory(-53, "sunny", "flat", "Lancement : l’équipe est au complet."),
        ReportStory(-45, "sunny", "flat", "Les mesures d’empreinte avancent, 60 % du parc inventorié."),
        ReportStory(-41, "sunny", "up", "Diagnostic publié : 43 % des critères d’accessibilité atteints."),
        ReportStory(-33, "cloudy", "flat", "La politique d’achats demande une semaine d’arbitrage de plus."),
        ReportStory(-29, "sunny", "up", "Politique adoptée ; première commande de matériel reconditionné."),
        ReportStory(-23, "sunny", "flat", "120 postes remplacés, 18 000 € économisés sur le neuf."),
        ReportStory(
            -15, "cloudy", "flat", "Le parcours client compte plus de critères que prévu ; la marge disparaît."
        ),
        ReportStory(-9, "cloudy", "up", "Site public conforme à 76 %. Reste le parcours client."),
        ReportStory(-5, "cloudy", "flat", "Schéma pluriannuel prêt. La date réglementaire tient, sans marge."),
        ReportStory(
            -1,
            "cloudy",
            "flat",
            "31 critères levés sur 50. La date réglementaire tient si aucun correctif ne glisse ; "
            "le budget est engagé au plus juste.",
        ),
    ),
    budget=BudgetStory(
        total=430_000,
        shares={("staff", "opex"): 52, ("services", "opex"): 16, ("hardware", "capex"): 22, ("training", "opex"): 10},
        overrun="-0.004",
        overrun_on=("services", "opex"),
        known=-2,
    ),
)
