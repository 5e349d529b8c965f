"""The sentences and the heads that the editor of a plan shows, in the person's language."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.planning.gantt_cells import CONSTRAINT_CODES, FINISH_CONSTRAINTS
from portfolio.planning.gantt_custom import columns_of, page_fields
from portfolio.planning.models import ConstraintKind
from tech4value.fields.models import FieldDefinition
from tech4value.web.formats import month

# Heads under which other tools write the same columns, for what is pasted.
OTHER_HEADS = (
    ("#", "number"), ("id", "number"), ("n°", "number"), ("no", "number"), ("task name", "name"), ("task", "name"),
    ("nom", "name"), ("nom de la tâche", "name"), ("tâche", "name"), ("name", "name"), ("durée", "duration"),
    ("duration", "duration"), ("début", "start"), ("start", "start"), ("start date", "start"), ("fin", "finish"),
    ("finish", "finish"), ("end", "finish"), ("end date", "finish"), ("prédécesseurs", "predecessors"),
    ("predecessors", "predecessors"), ("% achevé", "percent"), ("% complete", "percent"), ("%", "percent"),
    ("fait", "percent"), ("ressources", "people"), ("noms ressources", "people"), ("resource names", "people"),
    ("assigned to", "people"), ("qui", "people"), ("personnes", "people"),
)  # fmt: skip


def columns() -> dict[str, str]:
    """The heads of the table, by column."""
    return {
        "number": _("N°"),
        "wbs": _("WBS"),
        "name": _("Tâche"),
        "duration": _("Durée"),
        "start": _("Début"),
        "finish": _("Fin"),
        "predecessors": _("Prédécesseurs"),
        "percent": _("Fait"),
        "people": _("Personnes"),
        "float": _("Marge"),
        "baseline": _("Fin de référence"),
        "slip": _("Glissement"),
        "p80": _("P80"),
        "work": _("Charge"),
        "constraint": _("Contrainte"),
        "deadline": _("Échéance"),
        "freeFloat": _("Marge libre"),
        "actualStart": _("Début réel"),
        "actualFinish": _("Fin réelle"),
        "earlyStart": _("Début au plus tôt"),
        "earlyFinish": _("Fin au plus tôt"),
        "lateStart": _("Début au plus tard"),
        "lateFinish": _("Fin au plus tard"),
    }


def computed() -> dict[str, str]:
    """What each column that nobody types in says, by column: shown on its head, and to who tries to type in it."""
    return {
        "float": _(
            "Marge totale, en jours ouvrés : le retard que la tâche peut prendre sans retarder la fin du projet."
        ),
        "freeFloat": _(
            "Marge libre, en jours ouvrés : le retard que la tâche peut prendre sans déplacer celles qui la suivent."
        ),
        "slip": _("Jours calendaires entre la fin de la référence et la fin prévue."),
        "p80": _("Fin qui a quatre chances sur cinq de tenir, d’après la simulation."),
        "earlyStart": _(
            "Le premier moment où la tâche peut commencer : ses prédécesseurs, ses contraintes et le calendrier le "
            "décident."
        ),
        "earlyFinish": _("La fin de la tâche si elle commence au plus tôt : sa durée, sur son calendrier."),
        "lateStart": _(
            "Le dernier moment où la tâche peut commencer sans retarder la fin du projet ni une date imposée."
        ),
        "lateFinish": _(
            "Le dernier moment où la tâche peut finir sans retarder la fin du projet ni une date imposée : la fin au "
            "plus tôt, et la marge totale."
        ),
    }


def words(fields: Sequence[FieldDefinition] = ()) -> dict[str, Any]:
    """All that the editor says, as its script reads it; `fields` are the custom fields that have a column."""
    language = get_language() or "fr"
    heads, custom = columns(), columns_of(fields)
    texts = {f"column_{name}": head for name, head in (custom | heads).items()}
    texts |= {f"about_{name}": said for name, said in computed().items()}
    texts |= {f"about_{field.form_name}": field.help_text for field in fields if field.help_text}
    texts |= {f"constraint_{kind}": _constraint(kind) for kind in ConstraintKind if kind != ConstraintKind.ASAP}
    texts |= {
        "others_one": _("%(count)s ligne vient d’être modifiée par une autre personne."),
        "others_many": _("%(count)s lignes viennent d’être modifiées par d’autres personnes."),
        "selected_one": _("%(count)s ligne choisie"),
        "selected_many": _("%(count)s lignes choisies"),
        "found_one": _("%(count)s ligne affichée"),
        "found_many": _("%(count)s lignes affichées"),
        "also_one": _("%(count)s autre ligne recalculée."),
        "also_many": _("%(count)s autres lignes recalculées."),
        "new_dates": _("« %(task)s » : du %(start)s au %(end)s."),
        "new_date": _("« %(task)s » : le %(start)s."),
        "go_to_bar": _("Aller à la barre de « %(task)s » : %(start)s → %(end)s"),
        "split": _("Arrêtée le %(stop)s, reprise le %(resume)s"),
        "offline": _("La modification n’est pas partie : vérifiez la connexion, puis recommencez."),
        "failed": _("La modification n’a pas abouti. Rechargez la page, puis recommencez."),
        "forbidden": _("Vous n’avez pas le droit de modifier ce plan."),
        "nothing_to_undo": _("Rien à annuler."),
        "nothing_to_redo": _("Rien à rétablir."),
        "deleted_task": _("« %(task)s » a été supprimée."),
        "deleted_one": _("%(count)s ligne supprimée."),
        "deleted_many": _("%(count)s lignes supprimées."),
        "delete_ask_one": _("Supprimer %(count)s ligne ?"),
        "delete_ask_many": _("Supprimer %(count)s lignes ?"),
        "delete_from_one": _("« %(task)s » et %(count)s autre ligne, avec leurs liens et leurs affectations."),
        "delete_from_many": _("« %(task)s » et %(count)s autres lignes, avec leurs liens et leurs affectations."),
        "delete_all": _("Ce sont toutes les lignes du plan, avec leurs liens et leurs affectations."),
        "read_only_milestone": _(
            "Un jalon n’a pas de durée : pour lui en donner une, faites-en une tâche dans sa fiche."
        ),
        "read_only_milestone_finish": _("Un jalon n’a qu’une date : changez son début."),
        "read_only_summary": _(
            "Cette valeur est celle des tâches que le récapitulatif contient : changez-la sur elles."
        ),
        "read_only_people": _("Personne ne travaille sur un jalon : affectez les personnes à ses tâches."),
        "read_only_work": _("La charge se saisit dans la fiche de la tâche (Ctrl+Entrée)."),
        "read_only_long": _("Un texte long se lit et s’écrit dans la fiche de la tâche (Ctrl+Entrée)."),
        "yes": _("oui"),
        "no": _("non"),
        "deleted_person": _("personne supprimée"),
        "read_only_derived": _("Cette valeur se calcule : elle ne se saisit pas ici."),
        "undone": _("Modification annulée."),
        "redone": _("Modification rétablie."),
        "editing": _("%(column)s de « %(task)s »"),
        "new_task": _("Nouvelle tâche"),
        "copied": _("Lignes copiées."),
        "pasting": _("Lignes en cours d’ajout…"),
        "clash": _("%(who)s a modifié la même valeur %(when)s : choisissez celle à garder."),
        "clash_mine": _("La vôtre"),
        "clash_theirs": _("Celle de %(who)s"),
        "tie": _("%(one)s (%(start)s) → %(other)s (%(end)s)"),
        "outside": _("D’un autre projet : %(task)s, du %(start)s au %(end)s"),
        "close": _("Fermer"),
        "empty_plan": _("Ajoutez une ligne (Inser), ou collez ici celles d’un tableur (Ctrl+V)."),
        "none_found": _("Aucune ligne ne correspond. Retirez le filtre ou changez la recherche."),
        "unreachable": _("Le plan n’a pas pu être chargé. Vérifiez la connexion, puis rechargez la page."),
    }
    # A custom field of the same name as a column of the plan's own gives way to it.
    own, known = ([(head, name) for name, head in one.items()] for one in (custom, heads))
    return {
        "language": "en" if language.startswith("en") else "fr",
        "months": [month(date(2026, number, 1), language, year=False) for number in range(1, 13)],
        "texts": texts,
        "kinds": [
            {
                "code": CONSTRAINT_CODES[kind] if not language.startswith("en") else kind.value.upper(),
                "label": str(kind.label),
                "dated": kind not in {ConstraintKind.ASAP, ConstraintKind.ALAP},
                "ends": kind in FINISH_CONSTRAINTS,
            }
            for kind in ConstraintKind
        ],
        "heads": [*own, *OTHER_HEADS, *known],
        "fields": page_fields(fields, language),
    }


def _constraint(kind: ConstraintKind) -> str:
    return str(kind.label) if kind == ConstraintKind.ALAP else f"{kind.label} %(date)s"
