"""What the company says of its projects and tasks beyond what all companies do, and the lists it makes of it."""

from demo.story import FieldStory, ViewStory

FIELDS = (
    FieldStory(
        target="project",
        label="Axe stratégique",
        label_en="Strategic pillar",
        kind="choice",
        options=(
            ("Confiance", "Trust"),
            ("Performance", "Performance"),
            ("Croissance", "Growth"),
            ("Responsabilité", "Responsibility"),
        ),
        in_packs=True,
        values={
            "RGPD": "Confiance",
            "ODOO": "Performance",
            "DATA": "Performance",
            "SAAS": "Croissance",
            "GREEN": "Responsabilité",
            "INTRANET": "Performance",
        },
    ),
    FieldStory(
        target="project",
        label="Gain annuel attendu",
        label_en="Expected yearly benefit",
        kind="money",
        values={
            "ODOO": "620 000,00",
            "DATA": "340 000,00",
            "SAAS": "1 150 000,00",
            "GREEN": "85 000,00",
            "INTRANET": "120 000,00",
        },
    ),
    FieldStory(
        target="task",
        label="Livrable attendu",
        label_en="Expected deliverable",
        kind="text",
        values={
            ("RGPD", "Conduire les analyses d’impact"): "Une analyse signée par traitement à risque",
            ("RGPD", "Chiffrer les postes et les sauvegardes"): "Rapport de couverture à 100 %",
            ("RGPD", "Former l’ensemble des collaborateurs"): "Feuilles d’émargement et taux de réussite",
            ("RGPD", "Conduire l’audit à blanc"): "Rapport d’audit et liste des écarts",
            ("RGPD", "Constituer le dossier de preuves"): "Dossier classé par article du règlement",
            ("INTRANET", "Comparer trois scénarios de solution"): "Note de comparaison de dix pages",
            ("INTRANET", "Chiffrer coûts, gains et délais"): "Dossier d’investissement",
        },
    ),
    FieldStory(
        target="task",
        label="Validation du comité",
        label_en="Committee approval",
        kind="yes_no",
        values={
            ("RGPD", "Conduire les analyses d’impact"): "oui",
            ("RGPD", "Chiffrer les postes et les sauvegardes"): "non",
            ("RGPD", "Conduire l’audit à blanc"): "oui",
            ("RGPD", "Constituer le dossier de preuves"): "oui",
            ("INTRANET", "Chiffrer coûts, gains et délais"): "oui",
        },
    ),
)
VIEWS = (
    ViewStory(
        table="projects",
        name="Axes et gains",
        owner="Camille Lefèvre",
        query="columns=name,custom_axe_strategique,custom_gain_annuel_attendu,manager,weather,end"
        "&sort=custom_axe_strategique,-custom_gain_annuel_attendu",
    ),
    ViewStory(
        table="tasks",
        name="À valider en comité",
        owner="Camille Lefèvre",
        query="custom_validation_du_comite=true&columns=project,name,custom_livrable_attendu,people,end&sort=end",
    ),
)
