"""What is wrong with a template, in a sentence that begins with its place."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.governance.domain.errors import Place, Problem, TemplateError

SECTIONS = {
    "lines": gettext_lazy("Plan"),
    "risks": gettext_lazy("Risques"),
    "roles": gettext_lazy("Rôles"),
    "budget": gettext_lazy("Budget"),
}
FIELDS = {
    "key": gettext_lazy("clé"),
    "name": gettext_lazy("nom"),
    "title": gettext_lazy("titre"),
    "kind": gettext_lazy("nature"),
    "level": gettext_lazy("niveau"),
    "days": gettext_lazy("durée"),
    "work_days": gettext_lazy("charge"),
    "offset_days": gettext_lazy("délai depuis le début du projet"),
    "links": gettext_lazy("prédécesseur"),
    "predecessor": gettext_lazy("ligne attendue"),
    "type": gettext_lazy("type de lien"),
    "lag": gettext_lazy("décalage"),
    "unit": gettext_lazy("unité du décalage"),
    "probability": gettext_lazy("probabilité"),
    "impact": gettext_lazy("impact"),
    "cause": gettext_lazy("cause"),
    "response": gettext_lazy("réponse"),
    "mission": gettext_lazy("mission"),
    "criterion": gettext_lazy("critère de réussite"),
    "notes": gettext_lazy("notes"),
    "role": gettext_lazy("rôle"),
    "raci": gettext_lazy("matrice RACI"),
    "category": gettext_lazy("catégorie"),
    "nature": gettext_lazy("nature de la dépense"),
    "month": gettext_lazy("mois"),
    "planned": gettext_lazy("montant prévu"),
}
EXPECTED = {
    "object": gettext_lazy("un objet JSON, entre accolades"),
    "list": gettext_lazy("une liste, entre crochets"),
    "text": gettext_lazy("un texte"),
    "number": gettext_lazy("un nombre"),
    "integer": gettext_lazy("un nombre entier"),
    "amount": gettext_lazy('un montant écrit en texte, par exemple "12500.00"'),
    "boolean": gettext_lazy("vrai ou faux"),
}


def refused(error: TemplateError, field: str | None = None) -> ValidationError:
    """The error of an action: one sentence a problem, on `field` when the screen has one."""
    sentences = [sentence(problem) for problem in error.problems]
    return ValidationError({field: sentences} if field else sentences)


def sentence(problem: Problem) -> str:
    """`Plan, ligne 3, durée : …`."""
    where = place_words(problem.place)
    what = _WORDS.get(problem.code, _unknown)(problem.values)
    return _("%(where)s : %(what)s") % {"where": where, "what": what} if where else what[:1].upper() + what[1:]


def place_words(place: Place) -> str:
    """A place as people read it; empty for the document as a whole."""
    words: list[str] = []
    for rank, part in enumerate(place):
        if rank == 0:
            words.append(str(SECTIONS.get(str(part), part)))
        elif isinstance(part, int):
            words.append(
                _("ligne %(number)s") % {"number": part + 1}
                if rank == 1
                else _("n° %(number)s") % {"number": part + 1}
            )
        else:
            words.append(str(FIELDS.get(part, part)))
    return ", ".join(words)


def _unknown(values: Mapping[str, Any]) -> str:
    return _("valeur refusée.")


def _listed(choices: object) -> str:
    return ", ".join(str(choice) for choice in choices) if isinstance(choices, Iterable) else str(choices)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


_WORDS: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "wrong_type": lambda v: _("il faut %(expected)s.") % {"expected": EXPECTED[str(v["expected"])]},
    "missing": lambda v: _("ce champ est obligatoire."),
    "unknown_field": lambda v: _("le champ « %(name)s » n’existe pas. Retirez-le.") % v,
    "unknown_choice": lambda v: (
        _("« %(value)s » n’est pas un choix. Choisissez parmi : %(choices)s.")
        % {"value": _shown(v["value"]), "choices": _listed(v["choices"])}
    ),
    "too_long": lambda v: _("%(length)s caractères, pour %(most)s au plus. Raccourcissez ce texte.") % v,
    "too_many": lambda v: _("%(count)s lignes, pour %(most)s au plus. Découpez le modèle en plusieurs.") % v,
    "bad_text": lambda v: _("ce texte contient un caractère de contrôle. Retirez-le."),
    "bad_key": lambda v: (
        _("« %(value)s » n’est pas une clé : lettres, chiffres, tirets, quarante caractères au plus.")
        % {"value": _shown(v["value"])}
    ),
    "out_of_range": lambda v: (
        _("%(value)s n’est pas entre %(low)s et %(high)s.")
        % {"value": _shown(v["value"]), "low": _number(v["low"]), "high": _number(v["high"])}
    ),
    "before_start": lambda v: _("une tâche ne commence pas avant le projet : donnez zéro ou plus."),
    "repeated_key": lambda v: _("la clé « %(value)s » figure deux fois. Donnez-en une autre.") % v,
    "repeated_name": lambda v: _("« %(name)s » figure deux fois. Choisissez un autre nom.") % v,
    "bad_level": lambda v: _("« %(name)s » descend de plus d’un niveau sous la ligne du dessus.") % v,
    "phase_inside": lambda v: (
        _("la phase « %(name)s » est dans une autre ligne : une phase est au premier niveau.") % v
    ),
    "milestone_holds": lambda v: _("le jalon « %(name)s » contient d’autres lignes : sortez-les.") % v,
    "unknown_line": lambda v: (
        _("« %(name)s » cite la ligne « %(value)s », qui n’existe pas.")
        % {"name": v["name"], "value": _shown(v["value"])}
    ),
    "own_predecessor": lambda v: _("« %(name)s » s’attend elle-même. Retirez ce lien.") % v,
    "repeated_link": lambda v: _("« %(name)s » attend deux fois « %(other)s ». Gardez un seul lien.") % v,
    "finish_into_summary": lambda v: (
        _("« %(name)s » contient d’autres lignes : sa fin en découle, et ne peut pas être liée. Liez son début.") % v
    ),
    "cycle": lambda v: (
        _("ces lignes s’attendent les unes les autres : %(path)s. Retirez l’un de ces liens.")
        % {"path": " → ".join(_("« %(text)s »") % {"text": name} for name in _path(v["path"]))}
    ),
    "calendar": lambda v: _("le plan sort du calendrier : vérifiez les durées et les décalages."),
    "unknown_role": lambda v: _("le rôle « %(value)s » n’existe pas dans ce modèle.") % v,
    "two_accountable": lambda v: (
        _("« %(name)s » a deux responsables finaux (A) : %(one)s et %(other)s. Gardez-en un.") % v
    ),
    "bad_format": lambda v: _(
        "ce fichier n’est pas un modèle de projet de Tech4Value. Exportez un modèle pour voir la forme attendue."
    ),
    "cannot_move": lambda v: _("cette ligne ne peut pas aller plus loin dans ce sens."),
}


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _path(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, Iterable) else []
