"""How predecessors are written, and what is said of those that cannot be read."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.planning.domain.predecessors import PredecessorError


def french() -> bool:
    """Whether predecessors are written FD, DD, FF, DF."""
    return not (get_language() or "fr").startswith("en")


def predecessor_sentence(error: PredecessorError, lines: int, *, of_template: bool = False) -> str:
    """What is wrong with a piece of the predecessors, and what to write; a template knows no other project."""
    match error.code:
        case "unknown_line" if of_template:
            return _("« %(part)s » : ce modèle n’a pas de ligne de ce numéro ; il va de 1 à %(lines)s.") % {
                "part": error.part, "lines": lines
            }  # fmt: skip
        case "outside":
            return _(
                "« %(part)s » : une ligne de modèle n’attend rien d’un autre projet. Écrivez un numéro de ligne de "
                "ce modèle."
            ) % {"part": error.part}
        case "unknown_line":
            return _("« %(part)s » : ce plan n’a pas de ligne de ce numéro ; il va de 1 à %(lines)s.") % {
                "part": error.part, "lines": lines
            }  # fmt: skip
        case "same_line":
            return _("« %(part)s » : une tâche ne peut pas s’attendre elle-même.") % {"part": error.part}
        case "twice":
            return _("« %(part)s » : cette ligne est citée deux fois.") % {"part": error.part}
    if of_template:
        return _(
            "« %(part)s » ne se lit pas. Écrivez un numéro de ligne de ce modèle, puis FD, DD, FF ou DF, puis un "
            "décalage : 3FD+2j."
        ) % {"part": error.part}
    return _(
        "« %(part)s » ne se lit pas. Écrivez un numéro de ligne, puis FD, DD, FF ou DF, puis un décalage : 3FD+2j. "
        "D’un autre projet, écrivez d’abord son code : PAIE:12FD."
    ) % {"part": error.part}
