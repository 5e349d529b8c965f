"""ODOO: IT is overloaded, and the licence invoice falls due with the go-live."""

from demo.story import BudgetStory, MilestoneStory, PhaseStory, ProjectStory, ReportStory, RiskStory

ODOO = ProjectStory(
    code="ODOO",
    name="Migration Odoo 15 vers 18",
    goal="Passer la gestion sur une version maintenue, sans développement inutile et sans arrêt d’activité.",
    pole="IT",
    programme="SOCLE",
    sponsor="Laurent Dufour",
    manager="Claire Fontaine",
    method="hybrid",
    phase="delivery",
    fte=18,
    staff={"IT": 8.5, "FIN": 2.5, "DEV": 3.0, "PMO": 2.0, "SEC": 1.0, "RH": 1.0},
    starts=-54,
    progress="0.85",
    phases=(
        PhaseStory(
            "Audit de l’existant",
            -44,
            -44,
            """
            IT1  Inventorier les modules et les flux
            IT2  Mesurer la qualité des données
            FIN  Décrire les processus comptables
            DEV  Recenser les développements spécifiques
            PMO  Préparer le plan de migration
            SEC  Revoir les droits d’accès
            RH   Identifier les utilisateurs clés
        """,
        ),
        PhaseStory(
            "Conception cible",
            -30,
            -29,
            """
            IT1  Dessiner l’architecture d’hébergement
            IT2  Définir la reprise des données
            FIN  Concevoir le plan comptable cible
            DEV  Choisir les développements à conserver
            PMO  Tenir les ateliers de conception
            SEC  Définir la matrice des droits
            RH   Préparer la conduite du changement
        """,
            pressure="0.98",
        ),
        PhaseStory(
            "Paramétrage et développements",
            -8,
            -5,
            """
            IT1  Installer les environnements Odoo 18
            IT1  Raccorder la téléphonie et l’annuaire
            IT2  Écrire les scripts de reprise
            FIN  Paramétrer la comptabilité et la TVA
            DEV  Porter les modules conservés
            DEV  Développer l’interface bancaire
            PMO  Suivre les anomalies et les arbitrages
            SEC  Configurer l’authentification unique
            RH   Rédiger les modes opératoires
        """,
            pressure="1",
        ),
        PhaseStory(
            "Reprise de données et recette",
            8,
            11,
            """
            IT1  Conduire les essais de charge
            IT2  Exécuter les reprises à blanc
            IT2  Corriger les écarts de reprise
            FIN  Recetter la clôture mensuelle
            DEV  Corriger les anomalies de recette
            PMO  Piloter la recette métier
            SEC  Tester les droits par profil
            RH   Former les utilisateurs clés
        """,
            pressure="1",
        ),
        PhaseStory(
            "Bascule et assistance",
            22,
            25,
            """
            IT1  Préparer et répéter la bascule
            IT1  Basculer la production
            IT2  Reprendre les données définitives
            IT2  Arrêter Odoo 15
            FIN  Contrôler la première clôture
            DEV  Assurer l’assistance renforcée
            PMO  Tenir la cellule de bascule
            SEC  Surveiller les accès
            RH   Accompagner les équipes
        """,
            pressure="1.03",
        ),
    ),
    milestones=(
        MilestoneStory("Audit de l’existant rendu", -48, -48, "Rapport présenté aux pôles IT et Finance", True),
        MilestoneStory("Périmètre des modules arrêté", -44, -43, "Liste des 31 modules signée par le sponsor", True),
        MilestoneStory(
            "Dossier de conception validé", -30, -29, "Avis favorable de la Finance et de la sécurité", True
        ),
        MilestoneStory(
            "Prototype accepté par la Finance", -16, -14, "Une clôture mensuelle déroulée de bout en bout", True
        ),
        MilestoneStory(
            "Modules spécifiques livrés",
            -8,
            -5,
            "Aucune anomalie bloquante en recette interne",
            True,
            ((-12, -6), (-7, -5)),
        ),
        MilestoneStory(
            "Première reprise à blanc réussie",
            -2,
            2,
            "Moins de 0,5 % d’écart sur les soldes",
            slips=((-6, 0), (-1, 2)),
        ),
        MilestoneStory(
            "Recette métier prononcée",
            7,
            10,
            "Procès-verbal signé par les cinq utilisateurs clés",
            slips=((-6, 9), (-1, 10)),
        ),
        MilestoneStory(
            "Mise en production",
            14,
            17,
            "Bascule terminée avant le lundi 8 h ; facture de licences exigible",
            slips=((-6, 16), (-1, 17)),
        ),
        MilestoneStory("Fin de l’assistance renforcée", 22, 25, "Moins de cinq demandes par jour", slips=((-6, 25),)),
    ),
    risks=(
        RiskStory(
            "Surcharge du pôle IT pendant la recette et la bascule",
            3,
            4,
            -36,
            4,
            "Renfort de deux ingénieurs, report des demandes d’évolution.",
            "treated",
            ((-14, {"probability": 4}), (-4, {"probability": 5, "impact": 5})),
        ),
        RiskStory(
            "Facture de licences exigible avant la mise en production",
            3,
            4,
            -20,
            14,
            "Négocier un échéancier lié au procès-verbal de recette.",
            "treated",
            ((-4, {"probability": 4}),),
        ),
        RiskStory(
            "Écarts de reprise sur les comptes de tiers",
            4,
            4,
            -16,
            3,
            "Rapprochement automatique et reprise à blanc supplémentaire.",
            "treated",
        ),
        RiskStory(
            "Intégrateur indisponible en période de bascule",
            2,
            5,
            -28,
            13,
            "Clause d’astreinte au contrat, second consultant identifié.",
        ),
        RiskStory(
            "Interface bancaire refusée par la banque",
            3,
            4,
            -22,
            -6,
            "Essais avec la banque dès la livraison.",
            "closed",
            ((-6, {"probability": 1}),),
        ),
        RiskStory(
            "Rejet de la nouvelle ergonomie par les utilisateurs",
            3,
            3,
            -18,
            12,
            "Relais dans chaque site et démonstrations hebdomadaires.",
        ),
        RiskStory(
            "Double saisie prolongée entre les deux versions",
            2,
            3,
            -10,
            20,
            "Date d’arrêt d’Odoo 15 annoncée et tenue.",
        ),
    ),
    reports=(
        ReportStory(-54, "sunny", "flat", "Lancement tenu avec l’intégrateur ; l’inventaire des modules commence."),
        ReportStory(-47, "sunny", "up", "Audit rendu : un tiers des développements spécifiques peut disparaître."),
        ReportStory(
            -43, "cloudy", "flat", "Périmètre arrêté avec une semaine de retard : deux modules restaient disputés."
        ),
        ReportStory(-35, "sunny", "up", "La conception avance avec la Finance ; plan comptable cible accepté."),
        ReportStory(-29, "sunny", "flat", "Dossier de conception validé. Les environnements sont en place."),
        ReportStory(-23, "cloudy", "down", "Le pôle IT dépasse sa capacité : les raccordements prennent du retard."),
        ReportStory(
            -17, "cloudy", "flat", "Prototype repoussé de deux semaines, sans effet sur la recette à ce stade."
        ),
        ReportStory(
            -13, "cloudy", "up", "Prototype accepté par la Finance. Les modules spécifiques restent en retard."
        ),
        ReportStory(
            -9, "rainy", "down", "Trois semaines de retard sur les modules ; le pôle IT est à 118 % de sa capacité."
        ),
        ReportStory(
            -5,
            "rainy",
            "flat",
            "Modules livrés. La première reprise à blanc ne pourra pas se tenir à la date prévue.",
        ),
        ReportStory(
            -3,
            "rainy",
            "down",
            "Reprise à blanc manquée : 3 % d’écart sur les comptes de tiers. La prévision augmente.",
        ),
        ReportStory(
            -1,
            "rainy",
            "down",
            "Mise en production attendue trois semaines plus tard. Le pôle IT est à 120 % : un renfort et un "
            "échéancier de licences sont demandés au comité.",
        ),
    ),
    budget=BudgetStory(
        total=1_540_000,
        shares={
            ("staff", "opex"): 44,
            ("services", "capex"): 27,
            ("licences", "opex"): 14,
            ("infrastructure", "capex"): 9,
            ("training", "opex"): 6,
        },
        overrun="0.094",
        overrun_on=("services", "capex"),
        known=-5,
        pace="1.02",
    ),
)
