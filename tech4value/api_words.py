"""What each collection of the API holds, in a sentence: said by the OpenAPI document and by the pages for people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4value.web.api_schema import describe

TITLES: Final[dict[str, Promise]] = {
    "projects": _("Projets"),
    "programmes": _("Programmes"),
    "project-members": _("Équipes de projet"),
    "status-reports": _("Points d’avancement"),
    "milestones": _("Jalons"),
    "tasks": _("Tâches"),
    "dependencies": _("Liens entre tâches"),
    "assignments": _("Affectations"),
    "baselines": _("Plans de référence"),
    "estimates": _("Estimations à trois points"),
    "estimate-classes": _("Classes de tâches"),
    "risk-effects": _("Effets des risques sur le plan"),
    "simulation-settings": _("Réglages de simulation"),
    "forecasts": _("Simulations"),
    "portfolio-critical-path": _("Chemin critique du portefeuille"),
    "drift-alerts": _("Dérives"),
    "drift-rules": _("Règles de dérive"),
    "budget-lines": _("Lignes de budget"),
    "budget-versions": _("Versions des budgets"),
    "budget-transfers": _("Virements entre lignes de budget"),
    "envelopes": _("Enveloppes"),
    "envelope-lines": _("Montants d’enveloppe"),
    "envelope-shares": _("Projets d’enveloppe"),
    "purchase-orders": _("Commandes"),
    "purchase-order-lines": _("Lignes de commande"),
    "completion-choices": _("Prévisions à l’achèvement retenues"),
    "budget-variances": _("Écarts de budget"),
    "budget-variances-total": _("Écarts de budget d’un ensemble de projets"),
    "earned-value": _("Valeur acquise"),
    "earned-value-total": _("Valeur acquise d’un ensemble de projets"),
    "benefits": _("Bénéfices"),
    "benefit-years": _("Exercices de bénéfices"),
    "project-returns": _("Rentabilité"),
    "project-returns-total": _("Rentabilité d’un ensemble de projets"),
    "return-settings": _("Réglages de rentabilité"),
    "bank-accounts": _("Comptes bancaires"),
    "contracts": _("Contrats"),
    "contract-instalments": _("Échéances de contrat"),
    "invoices": _("Factures"),
    "payments": _("Paiements"),
    "payroll-rules": _("Paies"),
    "exchange-rates": _("Cours de change"),
    "vat-rates": _("Taux de TVA"),
    "vat-settings": _("Déclaration de TVA"),
    "cash-months": _("Trésorerie par mois"),
    "cash-weeks": _("Trésorerie par semaine"),
    "cash-flows": _("Flux de trésorerie"),
    "cash-alerts": _("Alertes de trésorerie"),
    "cash-contributions": _("Projets et trésorerie"),
    "scenarios": _("Scénarios"),
    "scenario-operations": _("Opérations de scénario"),
    "proposals": _("Propositions pour une surcharge"),
    "optimisations": _("Optimisations"),
    "risks": _("Risques"),
    "people": _("Personnes"),
    "poles": _("Pôles"),
    "profiles": _("Profils"),
    "skills": _("Compétences"),
    "person-skills": _("Compétences des personnes"),
    "allocations": _("Allocations"),
    "staffing-requests": _("Demandes de ressources"),
    "overload-alerts": _("Surcharges à venir"),
    "absences": _("Absences"),
    "calendars": _("Calendriers"),
    "calendar-exceptions": _("Exceptions de calendrier"),
    "capacity": _("Charge et capacité"),
    "rates": _("Taux journaliers"),
    "timesheets": _("Semaines de temps"),
    "time-entries": _("Temps saisis"),
    "project-facts": _("Synthèse des projets"),
    "packs": _("Dossiers de Copil"),
    "imports": _("Imports"),
    "plan-exports": _("Exports de plans"),
    "files": _("Fichiers"),
    "jobs": _("Traitements"),
    "search": _("Recherche"),
    "fields": _("Champs personnalisés"),
    "project-templates": _("Modèles de projet"),
    "team-roles": _("Rôles d’équipe"),
    "members": _("Membres"),
    "invitations": _("Invitations"),
    "notifications": _("Notifications"),
    "notification-preferences": _("Préférences de notification"),
    "audit-events": _("Journal"),
    "me": _("Moi"),
}
SENTENCES: Final[dict[str, Promise]] = {
    "project": _("Les projets que l’appelant peut voir ; leur code est unique dans l’organisation."),
    "programme": _("Les projets qui servent un même but."),
    "project-member": _("Qui est dans quel projet, et à quel titre."),
    "status-report": _("L’état d’un projet à une date ; publié de nouveau à la même date, il remplace le précédent."),
    "milestone": _("Les dates promises ; sans « baseline_on », la promesse est la date prévue."),
    "task": _("Les tâches des plannings ; durées et travail en minutes ouvrées, avancement de 0 à 1."),
    "dependency": _("Les liens entre les tâches d’un planning ; une boucle est refusée avec son chemin."),
    "assignment": _("Qui travaille sur quelle tâche ; « units » vaut 1 à temps plein."),
    "baseline": _("Les plannings figés : pris et supprimés, jamais modifiés."),
    "forecast": _("Ce que la dernière simulation de chaque plan a trouvé : ses dates et leurs chances."),
    "drift-alert": _("Les plans qui quittent leur promesse, du jour où on le voit au jour où cela prend fin."),
    "estimate": _("Ce que l’on dit de la durée d’une tâche : sa classe, ou trois durées en minutes ouvrées."),
    "estimate-class": _("Trois durées pour les tâches d’un même genre, en part de la durée prévue."),
    "risk-effect": _("De combien de jours ouvrés un risque retarde des tâches, ou tout le projet, et ses chances."),
    "simulation-settings": _(
        "Comment chaque projet est simulé, par la clé du projet ; « version » vaut 0 tant que rien n’a été changé."
    ),
    "drift-rule": _("Ce qui est surveillé dans tous les plans, à partir de quel seuil, et qui est prévenu."),
    "budget-line": _("Montants prévus, engagés, réels et attendus, par projet, catégorie, nature et mois."),
    "budget-version": _(
        "Ce qu’un projet prévoit de dépenser, proposé puis approuvé ; « number » vaut 0 pour la version initiale."
    ),
    "budget-transfer": _("Un montant prévu qui passe d’une ligne à une autre ; supprimé, il revient."),
    "envelope": _("Budgets que plusieurs projets portent ensemble, répartis par une clé au centime près."),
    "envelope-line": _("Ce qu’une enveloppe prévoit, engage, dépense et attend, par catégorie, nature et mois."),
    "envelope-share": _("Les projets qui portent une enveloppe, avec leurs parts fixes."),
    "purchase-order": _("Ce qu’un projet a commandé ; le budget en est engagé jusqu’à la facture."),
    "purchase-order-line": _("Ce qu’une commande achète, par catégorie, nature et mois."),
    "completion-choice": _("La prévision à l’achèvement que suit un projet ; la dernière compte."),
    "budget-variances": _(
        "Ce qui sépare la prévision de chaque projet de sa première version approuvée : périmètre, volume, taux et "
        "prix, date, non expliqué ; par catégorie, nature et mois."
    ),
    "budget-variances-total": _("Les causes des écarts des projets que les filtres retiennent, ensemble."),
    "earned-value": _(
        "Travail prévu, travail fait et coût réel de chaque projet, en argent, avec ses tâches et sa courbe."
    ),
    "earned-value-total": _("La valeur acquise des projets que les filtres retiennent, ensemble."),
    "benefit": _(
        "Ce que les projets rapportent : chiffre d’affaires, économies, coûts évités, et ce qui n’est pas argent."
    ),
    "benefit-year": _("Ce qu’un exercice doit rapporter d’un bénéfice, et ce qu’il a rapporté."),
    "project-returns": _(
        "Valeur actuelle nette, taux interne, délai de récupération et marge de chaque projet, année par année."
    ),
    "project-returns-total": _("La rentabilité des projets que les filtres retiennent, ensemble, au centime."),
    "return-settings.retrieve": _("Lire le taux d’actualisation et l’exercice de référence."),
    "return-settings.partial_update": _(
        "Changer le taux d’actualisation ou l’exercice de référence. « version » refuse un envoi périmé (409)."
    ),
    "bank-account": _("Les comptes d’où part le plan de trésorerie, et leur part du seuil d’alerte."),
    "contract": _("Ce qui est convenu avec un client ou un fournisseur : délai de paiement, TVA, devise."),
    "contract-instalment": _(
        "Ce qu’un contrat facture, et quand : par un jalon, une tâche, une date, un abonnement."
    ),
    "invoice": _("Les factures émises et reçues ; chacune remplace la prévision de son échéance."),
    "payment": _("Ce qui a bougé sur les comptes ; chaque paiement remplace ce qui était attendu."),
    "payroll-rule": _("Ce qui est versé chaque mois à une équipe, et les charges qui suivent."),
    "exchange-rate": _("Combien d’unités d’une devise pour une de l’organisation, à partir d’un jour."),
    "vat-rate": _("Ce que l’organisation dit des taux de TVA, par-dessus la loi."),
    "vat-settings.retrieve": _("Lire comment la TVA est déclarée, et ses taux en vigueur."),
    "vat-settings.partial_update": _(
        "Changer le jour de paiement de la TVA ou son crédit à l’ouverture. « version » refuse un envoi périmé (409)."
    ),
    "cash-month": _("La trésorerie de douze mois ; ouverture et flux font la clôture, au centime."),
    "cash-week": _("La trésorerie de treize semaines."),
    "cash-flow": _("Chaque flux de trésorerie, avec ce qui le fait et ce qui le date."),
    "cash-alert": _("Les mois où le solde doit passer sous son seuil, et ce qui l’y mène."),
    "cash-contribution": _("Ce que chaque projet fait au solde d’un mois, et le solde sans lui."),
    "scenario": _(
        "Ce qui pourrait être fait au plan en cours ; rien n’y touche avant « apply », qui demande une approbation."
    ),
    "scenario.effect": _("Ce que le scénario donne, à côté du plan en cours : rien n’est écrit."),
    "scenario.steps": _(
        "Chaque opération face au plan tel qu’il est : ce qui a bougé depuis qu’elle a été ajoutée, qui l’a changé, "
        "et ce qui ne peut plus se faire."
    ),
    "scenario.submit": _("Demander une approbation."),
    "scenario.withdraw": _("Reprendre en brouillon ce qui est soumis ou approuvé."),
    "scenario.approve": _("Approuver : le scénario peut être appliqué."),
    "scenario.refuse": _("Refuser, avec un motif."),
    "scenario.apply": _(
        "Appliquer un scénario approuvé, en entier ou opération par opération ; refusé tant qu’un conflit n’est pas "
        "tranché. Tout est écrit ensemble, ou rien."
    ),
    "scenario.undo": _(
        "Remettre le plan comme il était ; refusé si d’autres ont travaillé depuis sur ce qui a changé."
    ),
    "scenario-operation": _(
        "Ce qu’un scénario change, dans l’ordre ; « params » tient les champs de « kind », « sentence » le dit."
    ),
    "proposal.list": _(
        "Les trois façons de sortir d’une surcharge, sur le plan du moment : ce que chacune fait et change, ou "
        "pourquoi elle ne se peut pas."
    ),
    "proposal.create": _(
        "Chercher les propositions. Pour de grands plans, « job » dit où en est la recherche ; la même adresse, en "
        "lecture, donne ensuite ce qu’elle a trouvé."
    ),
    "proposal.open": _("Ouvrir une proposition, telle qu’elle a été lue, comme scénario à soi."),
    "proposal.apply": _(
        "Appliquer une proposition au plan en cours, en un lot ; 409 si le plan a changé depuis qu’elle a été lue. "
        "« scenarios/{id}/undo/ » remet le plan comme il était."
    ),
    "optimisation": _("Les études qui choisissent les projets à faire, et leur réponse."),
    "optimisation.run": _(
        "Chercher le meilleur choix ; « job » dit où en est la recherche, et la même adresse donne sa réponse."
    ),
    "optimisation.cancel": _("Arrêter la recherche en cours ; la dernière réponse reste."),
    "optimisation.scenario": _(
        "Ouvrir le choix comme scénario à soi : chaque projet retenu au mois choisi, les autres arrêtés."
    ),
    "risk": _("Ce qui pourrait arriver ; « score » est la probabilité multipliée par l’impact."),
    "person": _("Qui travaille, décide ou répond ; le taux n’est montré qu’à ceux qui peuvent le voir."),
    "pole": _("Les parties de l’organisation auxquelles personnes et projets appartiennent."),
    "absence": _("Les jours d’absence, bornes comprises."),
    "calendar": _("Les horaires de travail ; « week » donne pour « 0 » (lundi) à « 6 » des minutes du jour."),
    "calendar-exception": _("Les jours fermés, ou ouverts à d’autres heures."),
    "profile": _("Les métiers de l’organisation : des ressources avant qu’elles aient un nom."),
    "skill": _("Ce que les personnes savent faire."),
    "person-skill": _("Qui sait faire quoi, de 1 (notions) à 5 (expert)."),
    "allocation": _(
        "Le temps réservé à un projet, d’une personne ou d’un profil, en part d’un temps plein ou en jours."
    ),
    "staffing-request": _("Les ressources que les projets demandent, qui peut y répondre, et la réponse."),
    "overload-alert": _("Les surcharges à venir, du jour où elles sont vues à celui où elles ont disparu."),
    "capacity": _("La charge et la capacité de chaque pôle, mois par mois."),
    "rate": _("Le prix d’une journée, par personne ou par profil, à partir d’une date."),
    "timesheet": _("Les semaines de temps : soumises par leur personne, approuvées ou renvoyées ensuite."),
    "time-entry": _("Le temps passé, jour par jour, sur une tâche, un projet ou une activité."),
    "project-facts": _("Ce que le tableau de bord sait de chaque projet ; montants dans la devise, parts de 0 à 1."),
    "pack": _("Les portefeuilles figés pour un comité, et leurs PDF."),
    "import": _("Les fichiers apportés : aperçu, exécution, annulation."),
    "plan-export": _("Le plan d’un projet en fichier Microsoft Project ou CSV, avec ce que devient chaque valeur."),
    "file": _("Les fichiers que l’appelant peut télécharger."),
    "job": _("Les opérations longues de l’appelant, et leur avancement."),
    "search": _("Tout ce que l’appelant peut voir et qui répond à quelques mots."),
    "field": _("Les champs que l’organisation a ajoutés aux projets et aux tâches."),
    "project-template": _("Les processus types dont on fait des projets."),
    "team-role": _("Les rôles des modèles de projet."),
    "member": _("Les membres de l’organisation et leur rôle."),
    "invitation": _("Les places offertes par e-mail."),
    "notification": _("Ce qui a été annoncé à l’appelant, et pourquoi."),
    "audit-event": _("Le journal, du plus ancien au plus récent : chaque écriture, avant et après."),
    "me": _("L’appelant, son rôle et ce qu’il permet."),
    "estimate.set_many": _(
        "Dire ce que l’on sait de 1 à 1 000 tâches, estimées déjà ou non : toutes ou aucune. Sans classe ni durées, "
        "une tâche suit le réglage de son projet. « version » refuse un envoi périmé (409)."
    ),
    "simulation-settings.list": _("Les réglages des projets qui n’ont plus ceux d’origine."),
    "forecast.create": _(
        "Lancer la simulation d’un plan ; « job » dit où elle en est, et la même adresse donne son résultat."
    ),
    "forecast.cancel": _("Arrêter la simulation en cours ; le dernier résultat reste."),
    "drift-rule.list": _("Les trois règles, dans l’ordre."),
    "drift-rule.destroy": _("Rendre à une règle ses réglages d’origine."),
    "import.create": _(
        "Apporter un fichier : ce qu’il changerait, et chaque erreur avec sa cellule. Rien n’est écrit."
    ),
    "import.run": _("Exécuter un import sans erreur ; « job » dit où il en est."),
    "import.undo": _("Annuler un import en entier ; 409 si d’autres ont travaillé sur ce qu’il a écrit."),
    "plan-export.create": _("Demander le fichier d’un plan ; « job » dit où il en est."),
    "pack.create": _("Figer le portefeuille maintenant, et lancer le tracé de son PDF."),
    "pack.file": _("Le PDF ; introuvable tant qu’il n’est pas tracé."),
    "file.content": _("Les octets du fichier."),
    "invitation.send_again": _("Un nouveau lien par e-mail ; le précédent ne sert plus."),
    "me.list": _("L’appelant, son rôle et ce qu’il permet."),
    "capacity.list": _("La charge et la capacité de chaque pôle, mois par mois."),
    "search.list": _("Tout ce que l’appelant peut voir et qui répond à quelques mots."),
}


def register_words() -> None:
    """Give the sentences to the schema of the API."""
    for name, text in SENTENCES.items():
        describe(name, text)
