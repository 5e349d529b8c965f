"""Hybrid: decisions, budget and rollout by gates; the product built by iterations in between."""

from typing import Final

from portfolio.governance.library.notation import Line, Process, Risk, Role, milestone, phase, task

# fmt: off


def _iteration(number: int, french: str, english: str, after: str) -> tuple[Line, ...]:
    """Three weeks: scope, build, demonstrate."""
    n = str(number)
    return (
        task(f"i{n}_scope", f"Fixer le contenu de l’itération {n} : {french}",
             f"Set the content of iteration {n}: {english}", 1, "po", after, work=2),
        task(f"i{n}_build", f"Réaliser l’itération {n}", f"Build iteration {n}", 12, "team", f"i{n}_scope", work=48),
        task(f"i{n}_test", f"Tester l’itération {n} avec les utilisateurs clés", f"Test iteration {n} with key users", 4,
             "key_users", (f"i{n}_build", "FF", 1), work=6),
        milestone(f"i{n}_demo", f"Démonstration {n}", f"Demonstration {n}",
                  (f"Le comité voit l’itération {n} sur des données réelles ; les écarts de coût et de délai sont "
                   "annoncés avec leurs mesures.",
                   f"The committee sees iteration {n} on real data; cost and schedule variances are announced with "
                   "their remedies."),
                  f"i{n}_build", f"i{n}_test"),
    )


HYBRID: Final = Process(
    key="hybrid",
    method="hybrid",
    name=("Hybride – jalons et itérations", "Hybrid – gates and iterations"),
    description=(
        "Un cadre à jalons pour le comité (cadrage, budget, déploiement) et des itérations de trois semaines pour "
        "l’équipe. Le budget est décidé une fois, le contenu s’ajuste à chaque démonstration.",
        "A gated frame for the committee (framing, budget, rollout) and three-week iterations for the team. The budget "
        "is decided once, the content adjusts at each demonstration."),
    when_to_use=(
        "Le comité veut des dates et un budget, l’équipe veut apprendre en chemin : outil interne, refonte, intégration "
        "d’un progiciel avec des développements propres.",
        "The committee wants dates and a budget, the team wants to learn on the way: internal tool, redesign, packaged "
        "software with specific developments."),
    lines=(
        phase(
            "framing", "Cadrage", "Framing",
            task("opportunity", "Décrire l’enjeu et les gains attendus", "Describe the stake and the expected benefits",
                 3, "pm"),
            task("stakeholders", "Cartographier les parties prenantes", "Map the stakeholders", 2, "pm",
                 ("opportunity", "SS", 1)),
            task("scope", "Délimiter le périmètre et ce qui en est exclu", "Set the scope and what is out of it", 4, "po",
                 "opportunity"),
            task("scenarios", "Comparer trois scénarios de solution", "Compare three solution scenarios", 5, "architect",
                 ("scope", "SS", 2)),
            task("business_case", "Chiffrer coûts, gains et délais", "Estimate costs, benefits and time", 3, "pm",
                 "scope", "scenarios"),
            milestone("g1", "Jalon 1 : lancement décidé", "Gate 1: launch decided",
                      ("Le comité a choisi un scénario, un budget et une date cible ; le sponsor et le responsable produit "
                       "sont nommés.",
                       "The committee has chosen a scenario, a budget and a target date; the sponsor and the product "
                       "owner are appointed."),
                      "business_case", "stakeholders"),
        ),
        phase(
            "foundation", "Conception d’ensemble", "Overall design",
            task("journeys", "Dessiner les parcours des utilisateurs", "Draw the user journeys", 6, "po", "g1", work=8),
            task("architecture", "Arrêter l’architecture et les interfaces", "Settle the architecture and the interfaces",
                 6, "architect", "g1"),
            task("prototype", "Essayer un prototype avec les utilisateurs clés", "Try a prototype with key users", 5,
                 "team", ("journeys", "FS", 0), work=10),
            task("release_plan", "Répartir le contenu par itération", "Spread the content over iterations", 2, "po",
                 "prototype", "architecture"),
            task("quality_plan", "Écrire le plan qualité et sécurité", "Write the quality and security plan", 3,
                 "architect", "architecture"),
            milestone("g2", "Jalon 2 : conception validée", "Gate 2: design approved",
                      ("Les parcours prioritaires ont été essayés par cinq utilisateurs clés au moins ; le plan des "
                       "itérations tient dans le budget.",
                       "Priority journeys have been tried by at least five key users; the iteration plan fits the "
                       "budget."),
                      "release_plan", "quality_plan"),
        ),
        phase(
            "iterations", "Réalisation par itérations", "Iterative build",
            *_iteration(1, "parcours principal", "main journey", "g2"),
            *_iteration(2, "cas particuliers et interfaces", "special cases and interfaces", "i1_demo"),
            *_iteration(3, "reporting et finitions", "reporting and finishing", "i2_demo"),
        ),
        phase(
            "acceptance", "Recette et préparation", "Acceptance and preparation",
            task("end_to_end", "Dérouler la recette de bout en bout", "Run end-to-end acceptance", 6, "key_users",
                 "i3_demo", work=18),
            task("data_load", "Reprendre les données", "Migrate the data", 4, "team", "i3_demo"),
            task("fix", "Corriger et stabiliser", "Fix and stabilise", 6, "team", ("end_to_end", "SS", 1), work=12),
            task("procedures", "Rédiger les modes opératoires", "Write the operating procedures", 4, "change", "i3_demo"),
            task("train", "Former les équipes", "Train the teams", 4, "change", "procedures", work=8),
            milestone("g3", "Jalon 3 : ouverture décidée", "Gate 3: opening decided",
                      ("La recette est signée, les équipes du premier périmètre sont formées, le support est en place.",
                       "Acceptance is signed, teams of the first scope are trained, support is in place."),
                      "fix", "data_load", "train"),
        ),
        phase(
            "rollout", "Déploiement progressif", "Progressive rollout",
            task("pilot", "Ouvrir au périmètre pilote", "Open to the pilot scope", 10, "change", "g3", work=8),
            task("pilot_review", "Faire le bilan du pilote", "Review the pilot", 1, "pm", "pilot", work=3),
            milestone("general", "Généralisation décidée", "General rollout decided",
                      ("Huit utilisateurs pilotes sur dix s’en servent sans aide, et l’ancien outil peut être fermé.",
                       "Eight pilot users out of ten use it without help, and the former tool can be closed."),
                      "pilot_review"),
            task("extend", "Généraliser par vagues", "Roll out in waves", 15, "change", "general", work=15),
            task("retire", "Arrêter l’ancien outil", "Retire the former tool", 2, "team", "extend"),
        ),
        phase(
            "benefits", "Bilan des gains", "Benefits review",
            task("handover", "Passer le relais au service", "Hand over to the service", 3, "pm", "retire"),
            task("measure", "Mesurer les gains à trois mois", "Measure the benefits after three months", 3, "pm",
                 ("extend", "FS", 60)),
            milestone("closed", "Projet clos", "Project closed",
                      ("Les gains mesurés sont présentés au comité à côté de ceux du cadrage, et le reste à faire a un "
                       "propriétaire.",
                       "Measured benefits are presented to the committee beside those of the framing, and what remains "
                       "has an owner."),
                      "measure", "handover"),
        ),
    ),
    risks=(
        Risk(("Deux modes de pilotage se contredisent", "Two ways of steering contradict each other"),
             ("Le comité suit un plan figé, l’équipe un backlog qui bouge.",
              "The committee follows a frozen plan, the team a moving backlog."),
             3, 4,
             ("Un seul plan : les itérations y sont des lignes datées, leur contenu seul varie.",
              "One plan: iterations are dated lines in it, only their content varies."), "pm"),
        Risk(("Les utilisateurs clés ne sont pas disponibles", "Key users are not available"),
             ("Leur hiérarchie n’a pas libéré de temps.", "Their managers have not freed time."),
             4, 4,
             ("Contractualiser un jour par semaine avec chaque pôle au jalon 1, suivre la présence.",
              "Agree one day a week with each department at gate 1, track attendance."), "sponsor"),
        Risk(("Le budget est consommé avant la dernière itération", "The budget is spent before the last iteration"),
             ("Les itérations débordent sans arbitrage.", "Iterations overrun without a decision."),
             3, 4,
             ("Prévision à terminaison à chaque démonstration ; réserver dix pour cent, que seul le comité libère.",
              "Estimate at completion at each demonstration; keep ten per cent that only the committee releases."), "pm"),
        Risk(("Une interface dépend d’un tiers en retard", "An interface depends on a late third party"),
             ("Le tiers n’a pas d’engagement de date.", "The third party has no commitment on dates."),
             3, 3,
             ("Signer le contrat d’interface au jalon 2, développer contre un simulateur.",
              "Sign the interface agreement at gate 2, develop against a simulator."), "architect"),
        Risk(("Le pilote n’est pas représentatif", "The pilot is not representative"),
             ("Le périmètre pilote est choisi parce qu’il est volontaire.",
              "The pilot scope is chosen because it volunteered."),
             2, 3,
             ("Choisir un site ordinaire et un site difficile, avec les mêmes mesures.",
              "Choose an ordinary site and a difficult one, with the same measures."), "change"),
        Risk(("L’ancien outil survit au nouveau", "The former tool outlives the new one"),
             ("Aucune date d’arrêt n’est décidée.", "No end date is decided."),
             3, 3,
             ("Décider la date d’arrêt à la généralisation, passer l’ancien outil en lecture seule.",
              "Decide the end date at the general rollout, make the former tool read-only."), "sponsor"),
    ),
    roles=(
        Role("sponsor", ("Sponsor", "Sponsor"),
             ("Porte l’enjeu, obtient les moyens, tient les jalons avec le comité.",
              "Holds the stake, obtains the means, keeps the gates with the committee."),
             {"A": "g1 g2 g3 general closed", "I": "i1_demo i2_demo i3_demo"}),
        Role("pm", ("Chef de projet", "Project manager"),
             ("Tient le plan, le budget et les risques, prépare les jalons.",
              "Keeps the plan, the budget and risks, prepares the gates."),
             {"A": "framing acceptance rollout benefits", "R": "g1 g2 g3 closed", "C": "iterations"}),
        Role("po", ("Responsable produit", "Product owner"),
             ("Choisit le contenu de chaque itération, accepte ce qui est livré.",
              "Chooses the content of each iteration, accepts what is delivered."),
             {"A": "iterations i1_demo i2_demo i3_demo", "R": "framing foundation", "C": "g2 g3"}),
        Role("architect", ("Architecte", "Architect"),
             ("Tient l’architecture, les interfaces, la qualité et la sécurité.",
              "Keeps architecture, interfaces, quality and security."),
             {"A": "foundation", "C": "framing iterations g3"}),
        Role("team", ("Équipe de réalisation", "Delivery team"),
             ("Conçoit et réalise chaque itération, corrige, met en service.",
              "Designs and builds each iteration, fixes, puts into service."),
             {"R": "iterations i1_demo i2_demo i3_demo", "C": "acceptance"}),
        Role("key_users", ("Utilisateurs clés", "Key users"),
             ("Disent le besoin, essaient chaque itération, conduisent la recette.",
              "State the need, try each iteration, run acceptance."),
             {"R": "acceptance", "C": "foundation i1_demo i2_demo i3_demo rollout"}),
        Role("change", ("Conduite du changement", "Change manager"),
             ("Prépare les équipes, forme, déploie, mesure l’usage.",
              "Prepares teams, trains, rolls out, measures use."),
             {"R": "rollout general", "C": "g3", "I": "iterations"}),
    ),
    budget=(("staff", "capex"), ("services", "capex"), ("licences", "opex"), ("training", "opex")),
)
