"""Agile: a product built by a Scrum team, in three sprints of two weeks to a first release (Scrum Guide, 2020)."""

from typing import Final

from portfolio.governance.library.notation import Line, Process, Risk, Role, milestone, phase, task

# fmt: off


def _sprint(number: int, after: str) -> Line:
    """Two weeks: planning, work with refinement along the way, review, retrospective."""
    n = str(number)
    return phase(
        f"s{n}", f"Sprint {n}", f"Sprint {n}",
        task(f"s{n}_plan", f"Planifier le sprint {n}", f"Plan sprint {n}", 0.5, "sm", after, work=3,
             notes=("Objectif du sprint, éléments choisis, première découpe. Deux heures par semaine de sprint au plus.",
                    "Sprint goal, selected items, first breakdown. At most two hours for each week of sprint.")),
        task(f"s{n}_dev", f"Réaliser l’incrément {n}", f"Build increment {n}", 8.5, "dev", f"s{n}_plan", work=34,
             notes=("Mêlée quotidienne de quinze minutes ; le tableau dit chaque jour ce qui reste.",
                    "Fifteen-minute daily scrum; the board says each day what remains.")),
        task(f"s{n}_refine", f"Affiner le backlog pendant le sprint {n}", f"Refine the backlog during sprint {n}", 1,
             "po", (f"s{n}_plan", "FS", 4), work=3),
        task(f"s{n}_test", f"Tester et accepter les éléments du sprint {n}", f"Test and accept the items of sprint {n}",
             4, "qa", (f"s{n}_dev", "FF", 0), work=4),
        milestone(f"s{n}_review", f"Revue du sprint {n}", f"Sprint {n} review",
                  (f"L’incrément {n} est montré aux parties prenantes, chaque élément présenté respecte la définition "
                   "de fini, et le backlog est réordonné avec leurs retours.",
                   f"Increment {n} is shown to stakeholders, every item shown meets the definition of done, and the "
                   "backlog is reordered with their feedback."),
                  f"s{n}_dev", f"s{n}_test", f"s{n}_refine"),
        task(f"s{n}_retro", f"Tenir la rétrospective du sprint {n}", f"Hold the retrospective of sprint {n}", 0.5, "sm",
             f"s{n}_review", work=3,
             notes=("Une à trois améliorations, avec un nom et une date, entrent dans le sprint suivant.",
                    "One to three improvements, each with a name and a date, go into the next sprint.")),
    )


SCRUM: Final = Process(
    key="scrum",
    method="agile",
    name=("Agile – Scrum", "Agile – Scrum"),
    description=(
        "Un cadrage court, trois sprints de deux semaines, une mise en production et un bilan. Chaque sprint porte ses "
        "cérémonies et se termine par une revue datée, avec son critère de réussite.",
        "A short framing, three two-week sprints, a release and a closing review. Each sprint carries its ceremonies "
        "and ends with a dated review that has its success criterion."),
    when_to_use=(
        "Le besoin va se préciser en avançant, l’équipe est stable (trois à neuf personnes) et un représentant des "
        "utilisateurs est disponible chaque semaine. Dupliquez un sprint pour allonger le projet.",
        "The need will become clear on the way, the team is stable (three to nine people) and somebody who speaks for "
        "the users is available every week. Duplicate a sprint to make the project longer."),
    lines=(
        phase(
            "framing", "Cadrage", "Framing",
            task("vision", "Écrire la vision du produit et ses objectifs mesurables",
                 "Write the product vision and its measurable goals", 2, "po"),
            task("users", "Rencontrer cinq à huit utilisateurs", "Meet five to eight users", 3, "po",
                 ("vision", "SS", 1), work=4),
            task("backlog", "Construire le backlog initial", "Build the initial backlog", 3, "po", "users", work=5),
            task("architecture", "Choisir l’architecture et l’outillage", "Choose the architecture and the tooling", 3,
                 "dev", "vision", work=5),
            task("environments", "Monter l’intégration continue et les environnements",
                 "Set up continuous integration and environments", 3, "dev", "architecture", work=4),
            task("done", "Convenir de la définition de prêt et de la définition de fini",
                 "Agree on the definitions of ready and of done", 1, "sm", "backlog", work=3),
            task("estimates", "Estimer et ordonner le haut du backlog", "Estimate and order the top of the backlog", 1,
                 "dev", "backlog", "done", work=4),
            milestone("go", "Lancement du premier sprint", "First sprint starts",
                      ("Deux sprints d’éléments sont prêts, l’équipe est nommée à plein temps, et une page « bonjour » se "
                       "déploie en un clic.",
                       "Two sprints of items are ready, the team is appointed full time, and a “hello” page deploys in "
                       "one click."),
                      "estimates", "environments"),
        ),
        _sprint(1, "go"),
        _sprint(2, "s1_retro"),
        _sprint(3, "s2_retro"),
        phase(
            "release", "Mise en production", "Release",
            task("regression", "Tester la version de bout en bout", "Test the release end to end", 3, "qa", "s3_retro"),
            task("security", "Vérifier la sécurité et les accès", "Check security and access rights", 2, "ops", "s3_retro"),
            task("docs", "Rédiger l’aide et les notes de version", "Write the help and the release notes", 2, "po",
                 "s3_retro"),
            task("training", "Former les utilisateurs pilotes", "Train the pilot users", 1, "po", "docs", work=2),
            milestone("ready", "Décision de mise en production", "Go-live decision",
                      ("Aucune anomalie bloquante ni majeure n’est ouverte, le retour arrière a été répété, le sponsor a "
                       "signé.",
                       "No blocking or major defect is open, the rollback has been rehearsed, the sponsor has signed."),
                      "regression", "security", "training"),
            task("deploy", "Mettre en production", "Go live", 1, "ops", "ready", work=2),
            task("hypercare", "Suivre de près les premiers jours", "Watch the first days closely", 5, "dev", "deploy",
                 work=10),
            milestone("live", "Produit en service", "Product in service",
                      ("Les utilisateurs pilotes s’en servent chaque jour depuis une semaine, et la disponibilité dépasse "
                       "99,5 %.",
                       "Pilot users have used it every day for a week, and availability is above 99.5%."),
                      "hypercare"),
        ),
        phase(
            "closing", "Bilan et passage de relais", "Review and handover",
            task("measure", "Mesurer les objectifs de la vision", "Measure the goals of the vision", 2, "po",
                 ("live", "FS", 10)),
            task("handover", "Passer le relais à l’équipe de maintien", "Hand over to the maintenance team", 2, "dev",
                 "live", work=4),
            task("lessons", "Tenir le bilan du projet", "Hold the project review", 1, "sm", "measure", "handover", work=4),
            milestone("closed", "Projet clos", "Project closed",
                      ("Les gains sont mesurés contre la vision, le backlog restant a un propriétaire, les enseignements "
                       "sont partagés.",
                       "Benefits are measured against the vision, the remaining backlog has an owner, lessons are shared."),
                      "lessons"),
        ),
    ),
    risks=(
        Risk(("Le responsable produit manque de temps", "The product owner lacks time"),
             ("La fonction est confiée à une personne qui garde toutes ses autres charges.",
              "The role is given to somebody who keeps all their other duties."),
             4, 4,
             ("Réserver deux jours par semaine dans son agenda, nommer un suppléant, mesurer le délai de réponse.",
              "Book two days a week, appoint a deputy, measure how long answers take."), "sponsor"),
        Risk(("Le périmètre grandit à chaque revue", "The scope grows at every review"),
             ("Les demandes s’ajoutent sans qu’aucune ne sorte.", "Requests come in and none goes out."),
             4, 3,
             ("Un élément entre, un élément de même taille sort ; le sponsor arbitre au-delà de dix pour cent.",
              "One item in, one of the same size out; the sponsor decides above ten per cent."), "po"),
        Risk(("L’équipe est partagée avec d’autres projets", "The team is shared with other projects"),
             ("Les affectations sont décidées au mois par les pôles.", "Departments decide on assignments by the month."),
             3, 4,
             ("Obtenir une affectation stable sur les trois sprints, suivre la capacité réelle à chaque planification.",
              "Secure a stable assignment for the three sprints, track real capacity at each planning."), "sm"),
        Risk(("La dette technique ralentit les derniers sprints", "Technical debt slows the last sprints"),
             ("La définition de fini est relâchée pour tenir une date.", "The definition of done is eased to meet a date."),
             3, 3,
             ("Réserver vingt pour cent de chaque sprint, bloquer l’intégration quand les tests échouent.",
              "Keep twenty per cent of each sprint for it, block integration when tests fail."), "dev"),
        Risk(("Les utilisateurs ne viennent pas aux revues", "Users do not come to reviews"),
             ("Les dates changent, les démonstrations sont trop techniques.",
              "Dates move, demonstrations are too technical."),
             3, 4,
             ("Fixer toutes les dates au lancement, faire tenir la souris par un utilisateur.",
              "Set all dates at the start, let a user hold the mouse."), "po"),
        Risk(("La mise en production est refusée par l’exploitation", "Operations refuse the release"),
             ("Les exigences d’exploitation sont découvertes à la fin.", "Operational needs are found at the end."),
             2, 5,
             ("Déployer dès le premier sprint sur un environnement identique, inviter l’exploitation aux revues.",
              "Deploy from the first sprint to an identical environment, invite operations to reviews."), "ops"),
    ),
    roles=(
        Role("sponsor", ("Sponsor", "Sponsor"),
             ("Porte l’ambition et le budget, tranche ce que l’équipe ne peut pas trancher.",
              "Holds the ambition and the budget, decides what the team cannot."),
             {"A": "go ready closed", "I": "s1_review s2_review s3_review live"}),
        Role("po", ("Responsable produit", "Product owner"),
             ("Ordonne le backlog, répond du résultat pour les utilisateurs, accepte les éléments.",
              "Orders the backlog, answers for the outcome to users, accepts items."),
             {"A": "framing s1_review s2_review s3_review live", "R": "go closed", "C": "ready"}),
        Role("sm", ("Scrum master", "Scrum master"),
             ("Tient les cérémonies, lève les obstacles, protège le rythme de l’équipe.",
              "Runs the ceremonies, removes obstacles, protects the team’s pace."),
             {"A": "s1 s2 s3 closing", "R": "s1_review s2_review s3_review", "C": "framing go"}),
        Role("dev", ("Équipe de développement", "Development team"),
             ("Conçoit, réalise et teste chaque incrément.", "Designs, builds and tests each increment."),
             {"R": "s1 s2 s3 live", "C": "framing release"}),
        Role("qa", ("Référent qualité", "Quality lead"),
             ("Tient la stratégie de test et la définition de fini.", "Keeps the test strategy and the definition of done."),
             {"C": "s1_review s2_review s3_review", "R": "ready"}),
        Role("ops", ("Exploitation", "Operations"),
             ("Prépare les environnements, met en production, surveille.", "Prepares environments, deploys, monitors."),
             {"A": "release", "C": "go live", "I": "closed"}),
    ),
)
