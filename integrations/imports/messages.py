"""What is wrong with a file, said to the person who brings it: what, and what to do. Where is said beside it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from integrations.imports.domain.problem import ImportProblem, ProblemCode
from integrations.imports.domain.sheets import ValueType
from tech4value.figures import formats

Params = Mapping[str, str]
_OF_A_DAY: Final = {ProblemCode.FAR_DATE, ProblemCode.NO_START_DATE, ProblemCode.FROM_FINISH}

# How the reader of plans calls an element: "Task 12 “Design”", "Assignment 5", "Project".
_ELEMENT: Final = re.compile(r"(Task|Resource|Assignment|Calendar|Project)(?: (\d+))?(?: “(.*)”)?", re.DOTALL)


def sentence(problem: ImportProblem) -> str:
    """The problem in the reader's language."""
    say = _SENTENCES.get(problem.code)
    text = say(problem.params) if say else _(_TEMPLATES[problem.code]) % _filled(_dated(problem))
    return f"{text} {_meant(problem.params)}".strip() if problem.params.get("suggestion") else text


def place(problem: ImportProblem) -> str:
    """Where it is: "Budget!F12", « Tâche 12 », or the line of the file; empty for the file as a whole."""
    where = problem.where
    if where.cell:
        return where.cell
    if where.element:
        return _element(where.element)
    return _("ligne %(line)s") % {"line": where.line} if where.line else ""


def _element(said: str) -> str:
    found = _ELEMENT.fullmatch(said)
    if not found:
        return said
    kind, uid, name = found.groups()
    words = {
        "Task": _("Tâche"),
        "Resource": _("Ressource"),
        "Assignment": _("Affectation"),
        "Calendar": _("Calendrier"),
        "Project": _("Projet"),
    }
    quoted = _("« %(text)s »") % {"text": name} if name else ""
    return " ".join(filter(None, (words[kind], uid, quoted)))


def megabytes(size: int) -> str:
    """A size in megabytes, as people read it."""
    return formats.quantity(round(size / 1_000_000, 1), get_language() or "fr")


def _dated(problem: ImportProblem) -> Params:
    """The values of the sentence, where one is a day: as its cell says it, else as the reader writes it."""
    if problem.code not in _OF_A_DAY:
        return problem.params
    return {**problem.params, "value": _in_words(problem.params["value"])}


def _filled(params: Params) -> dict[str, str]:
    said = {**params, "read": _in_words(params["read"])} if "read" in params else params
    return {name: value or "—" for name, value in said.items()}


def _in_words(value: str) -> str:
    """A number or a day as it was kept, as the reader writes it."""
    language = get_language() or "fr"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return formats.date_short(date.fromisoformat(value), language)
    return formats.quantity(Decimal(value), language) if re.fullmatch(r"-?\d+(\.\d+)?", value) else value


def _meant(params: Params) -> str:
    return _("Vouliez-vous dire « %(suggestion)s » ?") % {"suggestion": params["suggestion"]}


def _too_large(params: Params) -> str:
    return _(
        "Le fichier pèse %(size)s Mo, et %(limit)s Mo sont acceptés au plus. Retirez les images et les feuilles "
        "inutiles, ou partagez-le en deux."
    ) % {"size": megabytes(int(params["size"])), "limit": megabytes(int(params["limit"]))}


def _zip_bomb(params: Params) -> str:
    return _(
        "Le fichier deviendrait démesuré une fois décompressé (%(size)s Mo) : il n’est pas ouvert. Enregistrez-le de "
        "nouveau depuis votre tableur."
    ) % {"size": megabytes(int(params["size"]))}


def _other_office(params: Params) -> str:
    return _(
        "Ce fichier est au format %(format)s. Ouvrez-le dans votre tableur et enregistrez-le en "
        "classeur Excel (.xlsx)."
    ) % {"format": params["format"]}


def _elapsed_lag(params: Params) -> str:
    minutes = int(params["read"])
    return ngettext(
        "Le décalage est en temps calendaire : il vaut environ %(n)s minute ouvrée.",
        "Le décalage est en temps calendaire : il vaut environ %(n)s minutes ouvrées.",
        minutes,
    ) % {"n": minutes}


def _bound(params: Params, name: str) -> str:
    if params.get("type") == ValueType.PERCENT:
        return formats.percent(Decimal(params[name]), get_language() or "fr")
    return _in_words(params[name])


def _bounds(params: Params) -> dict[str, str]:
    return {name: _bound(params, name) for name in ("low", "high")}


def _out_of_range(params: Params) -> str:
    return _("La valeur doit être entre %(low)s et %(high)s.") % _bounds(params)


def _not_a_number(params: Params) -> str:
    """How such a number is written in this file: its bounds, its decimal mark."""
    match params.get("type"):
        case ValueType.INTEGER:
            return _not_an_integer(params)
        case ValueType.PERCENT:
            return _("Ce n’est pas un nombre. Écrivez par exemple 45 %.")
    french = not (get_language() or "fr").startswith("en")
    example = "1\u00a0234,56" if params.get("decimal", "," if french else ".") == "," else "1,234.56"
    return _("Ce n’est pas un nombre. Écrivez par exemple %(example)s.") % {"example": example}


def _not_an_integer(params: Params) -> str:
    if "low" in params and "high" in params:
        return _("Un nombre entier est attendu, de %(low)s à %(high)s.") % _bounds(params)
    return _("Un nombre entier est attendu, par exemple 12.")


def _over_limit(params: Params) -> str:
    more = int(params["more"])
    return ngettext(
        "Ce fichier crée %(more)s projet, et votre formule %(plan)s en permet %(limit)s, dont "
        "%(used)s sont utilisés. "
        "Changez de formule ou retirez un projet.",
        "Ce fichier crée %(more)s projets, et votre formule %(plan)s en permet %(limit)s, dont "
        "%(used)s sont utilisés. "
        "Changez de formule ou retirez des projets.",
        more,
    ) % {**params, "more": more}


_SENTENCES: dict[ProblemCode, Callable[[Params], str]] = {
    ProblemCode.TOO_LARGE: _too_large,
    ProblemCode.ZIP_BOMB: _zip_bomb,
    ProblemCode.OTHER_OFFICE_FILE: _other_office,
    ProblemCode.ELAPSED_LAG: _elapsed_lag,
    ProblemCode.PROJECTS_OVER_LIMIT: _over_limit,
    ProblemCode.NOT_A_NUMBER: _not_a_number,
    ProblemCode.NOT_AN_INTEGER: _not_an_integer,
    ProblemCode.OUT_OF_RANGE: _out_of_range,
}


def _texts() -> dict[ProblemCode, str]:
    def _(text: str) -> str:  # marks the text for the catalogue; `sentence` translates it when it is said
        return text

    code = ProblemCode
    return {
        # The file as a whole
        code.EMPTY_FILE: _("Le fichier est vide. Choisissez celui que vous avez rempli."),
        code.TOO_MANY_ROWS: _("Une feuille dépasse %(limit)s lignes. Partagez le classeur en plusieurs fichiers."),
        code.TOO_MANY_COLUMNS: _(
            "Une feuille dépasse %(limit)s colonnes. Retirez les colonnes qui ne sont pas celles du modèle."
        ),
        code.TOO_MANY_ITEMS: _("Le fichier dépasse %(limit)s éléments. Partagez-le en plusieurs fichiers."),
        code.NOT_A_WORKBOOK: _(
            "Ce fichier n’est pas un classeur Excel (.xlsx), quel que soit son nom. Partez du modèle, ou enregistrez "
            "votre tableau en .xlsx."
        ),
        code.OLD_WORKBOOK: _(
            "Ce fichier est un ancien classeur Excel (.xls). Ouvrez-le et enregistrez-le en classeur Excel (.xlsx)."
        ),
        code.ENCRYPTED_FILE: _(
            "Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis "
            "déposez-le de nouveau."
        ),
        code.DAMAGED_FILE: _(
            "Ce classeur est endommagé. Ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis déposez-le."
        ),
        code.HOSTILE_XML: _(
            "Ce fichier contient des déclarations XML interdites (DOCTYPE ou entités) : il n’est pas lu. "
            "Enregistrez-le de nouveau depuis le logiciel d’origine."
        ),
        code.NOT_XML: _(
            "Ce fichier n’est pas un fichier XML lisible. Dans Microsoft Project, choisissez Fichier, Enregistrer "
            "sous, « Format XML »."
        ),
        code.TRUNCATED_XML: _("Le fichier s’arrête avant sa fin. Enregistrez-le ou téléchargez-le de nouveau."),
        code.NOT_MSPDI: _(
            "Ce fichier XML ne vient pas de Microsoft Project (sa racine est « %(root)s »). Dans Microsoft Project, "
            "choisissez Fichier, Enregistrer sous, « Format XML »."
        ),
        code.PROJECT_BINARY_FILE: _(
            "Ce fichier est un plan .mpp. Dans Microsoft Project, choisissez Fichier, Enregistrer "
            "sous, « Format XML »."
        ),
        code.NO_CONVERTER: _(
            "Ce fichier est au format %(format)s, que ce serveur ne lit pas encore : il y faut Java et le composant "
            "MPXJ (l’administrateur trouve comment dans le manuel d’exploitation). En attendant, enregistrez le plan "
            "au format XML de Microsoft Project, puis déposez-le."
        ),
        code.UNREADABLE_PLAN: _(
            "Ce fichier n’est pas un plan %(format)s lisible : il est abîmé, ou d’un autre format. Ouvrez-le dans "
            "son logiciel, enregistrez-le de nouveau (en XML de Microsoft Project si possible), puis déposez-le."
        ),
        code.PROTECTED_PLAN: _(
            "Ce plan %(format)s est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis déposez-le "
            "de nouveau."
        ),
        code.EMPTY_PLAN: _("Ce fichier %(format)s ne contient aucune tâche : il n’y a rien à importer."),
        code.CONVERSION_TOO_LONG: _(
            "La lecture de ce plan %(format)s a été arrêtée au bout de %(seconds)s secondes. Enregistrez-le au "
            "format XML de Microsoft Project, ou partagez-le en plusieurs fichiers."
        ),
        code.CONVERSION_TOO_LARGE: _(
            "Ce plan %(format)s demande plus de mémoire que permis. Enregistrez-le au format XML de Microsoft "
            "Project, ou partagez-le en plusieurs fichiers."
        ),
        code.CONVERSION_STOPPED: _(
            "La lecture de ce plan %(format)s s’est interrompue. Déposez-le de nouveau ; si cela se répète, "
            "enregistrez-le au format XML de Microsoft Project."
        ),
        code.OTHER_PROJECTS: _(
            "Ce fichier contient plusieurs projets : « %(name)s » est lu, les autres ne le sont pas (%(others)s). "
            "Pour les importer, exportez chacun dans un fichier."
        ),
        code.TOO_DEEP: _("Le fichier XML est imbriqué sur plus de %(limit)s niveaux : il n’est pas lu."),
        code.NOT_A_TABLE: _(
            "Ce fichier n’est ni un classeur Excel (.xlsx) ni un fichier texte (.csv), quel que soit son nom. "
            "Enregistrez le tableau dans l’un de ces formats."
        ),
        code.NUL_BYTES: _(
            "Ce fichier contient des caractères nuls : ce n’est pas un texte, ou il est abîmé. "
            "Exportez-le de nouveau."
        ),
        code.CELL_TOO_LONG: _(
            "Une cellule dépasse %(limit)s caractères. Un guillemet n’est peut-être pas refermé : corrigez la ligne."
        ),
        code.NO_ROWS: _("Le fichier ne contient aucune ligne."),
        code.NO_SUCH_SHEET: _("Le classeur n’a pas de feuille « %(value)s ». Choisissez-en une autre."),
        code.MACROS_IGNORED: _("Ce classeur contient des macros : elles ne sont ni lues ni exécutées."),
        # Sheets and columns
        code.NO_KNOWN_SHEET: _("Aucune feuille n’est reconnue. Les feuilles attendues sont : %(expected)s."),
        code.MISSING_SHEET: _("La feuille %(expected)s manque. Ajoutez-la, même vide, ou reprenez-la du modèle."),
        code.DUPLICATE_SHEET: _("Cette feuille fait double emploi avec « %(other)s ». Gardez-en une seule."),
        code.UNKNOWN_SHEET: _("La feuille « %(value)s » n’est pas importée."),
        code.HIDDEN_SHEET: _("Cette feuille est masquée ; elle est importée comme les autres."),
        code.MISSING_HEADINGS: _(
            "La ligne des titres de colonnes est introuvable. Titres obligatoires : %(expected)s."
        ),
        code.MISSING_COLUMN: _("La colonne obligatoire « %(expected)s » manque. Ajoutez-la."),
        code.DUPLICATE_COLUMN: _("La colonne « %(heading)s » figure déjà en %(other)s. Gardez-en une seule."),
        code.UNKNOWN_COLUMN: _("La colonne « %(value)s » n’est pas importée."),
        # Cells
        code.REQUIRED: _("« %(heading)s » est obligatoire. Remplissez la cellule."),
        code.REQUIRED_WITH: _("« %(heading)s » est attendu dès que « %(other)s » est rempli."),
        code.NEED_ONE_AMOUNT: _("Aucun montant n’est donné. Remplissez au moins l’un de : %(headings)s."),
        code.FORMULA_WITHOUT_VALUE: _(
            "La formule n’a pas de résultat enregistré. Ouvrez le classeur dans votre tableur, enregistrez-le, ou "
            "remplacez la formule par sa valeur."
        ),
        code.CELL_ERROR: _("La cellule affiche une erreur de calcul. Corrigez la formule ou saisissez la valeur."),
        code.NOT_A_DATE: _("Ce n’est pas une date. Écrivez par exemple 12/03/2026 ou 2026-03-12."),
        code.IMPOSSIBLE_DATE: _(
            "Cette date n’existe pas, ou n’est pas entre 1990 et 2100. Vérifiez le jour et l’année."
        ),
        code.MONTH_FIRST_DATE: _("Date lue avec le mois en premier : %(read)s. Vérifiez."),
        code.DATE_FROM_NUMBER: _("Nombre lu comme une date : %(read)s. Vérifiez le format de la cellule."),
        code.NOT_A_MONTH: _("Ce n’est pas un mois. Écrivez par exemple 03/2026, 2026-03 ou mars 2026."),
        code.NOT_A_DURATION: _("Ce n’est pas une durée. Écrivez par exemple 3 j, 12 h ou 1h30."),
        code.NOT_A_BOOLEAN: _("Ce n’est ni oui ni non. Écrivez oui ou non."),
        code.AMBIGUOUS_NUMBER: _("Nombre lu %(read)s : le point ou la virgule pouvait se lire autrement. Vérifiez."),
        code.ROUNDED_AMOUNT: _("Montant arrondi au centime : %(read)s."),
        code.NOT_A_CHOICE: _("Cette valeur n’est pas prévue. Au choix : %(choices)s."),
        code.NOT_SKILLS: _(
            "Ce ne sont pas des compétences. Écrivez par exemple Réseau 4 ; SQL 3, avec un niveau de 1 à 5."
        ),
        code.NOT_AN_EMAIL: _("Ce n’est pas une adresse e-mail. Écrivez par exemple prenom.nom@exemple.fr."),
        code.NOT_A_CODE: _(
            "Un code ne contient que des lettres, des chiffres, des tirets et des points, sans espace."
        ),
        code.TOO_LONG: _("Le texte a %(length)s caractères, et %(limit)s sont acceptés au plus. Raccourcissez-le."),
        code.BAD_CHARACTERS: _("Le texte contient des caractères illisibles. Saisissez-le de nouveau."),
        # Rows together
        code.END_BEFORE_START: _(
            "« %(heading)s » (%(value)s) précède « %(other_heading)s » (%(other)s). Corrigez l’une des deux dates."
        ),
        code.DUPLICATE_KEY: _("Cette ligne fait double emploi avec la ligne %(row)s (%(key)s). Gardez-en une seule."),
        code.UNKNOWN_PROJECT: _(
            "Aucun projet n’a ce code, ni dans l’organisation ni dans la feuille Projets. Corrigez "
            "le code ou ajoutez "
            "le projet."
        ),
        code.UNKNOWN_POLE: _("Aucun pôle ne porte ce code ou ce nom. Corrigez-le, ou créez d’abord ce pôle."),
        code.UNKNOWN_PERSON: _(
            "Cette personne n’est ni dans l’organisation ni dans la feuille Personnes. Corrigez le nom ou ajoutez-la."
        ),
        code.AMBIGUOUS_PERSON: _("Plusieurs personnes portent ce nom. Écrivez plutôt l’adresse e-mail."),
        code.UNKNOWN_PROGRAMME: _("Aucun programme ne porte ce nom. Corrigez-le, ou créez d’abord ce programme."),
        code.NO_SUCH_PERSON: _(
            "Aucune personne ne porte ce nom ou cette adresse. Corrigez-le, ou choisissez de créer les inconnus."
        ),
        code.NO_SUCH_PROJECT: _("Aucun projet n’a ce code ou ce nom. Corrigez-le, ou créez d’abord ce projet."),
        code.UNKNOWN_TASK: _("Aucune tâche du projet ne porte ce nom ou ce code WBS. Corrigez-le."),
        code.AMBIGUOUS_ROW: _(
            "Plusieurs éléments existants répondent à « %(key)s » : lequel modifier ne se devine pas. Changez la clé "
            "de rapprochement, ou renommez-les."
        ),
        code.NEED_COLUMN: _(
            "« %(heading)s » manque pour créer cette ligne. Associez une colonne à ce champ, ou donnez une valeur "
            "commune."
        ),
        code.REFUSED_ROW: _("%(reason)s"),
        # Against what the organisation holds
        code.NEW_POLE: _("Le pôle « %(value)s » n’existe pas : il sera créé."),
        code.NEW_PERSON: _("« %(value)s » n’existe pas : cette personne sera créée."),
        code.NEW_PROGRAMME: _("Le programme « %(value)s » n’existe pas : il sera créé."),
        code.POLE_NOT_ALLOWED: _(
            "Le pôle « %(value)s » n’existe pas et votre rôle ne permet pas d’en créer. Choisissez un pôle existant, "
            "ou demandez à la PMO de le créer."
        ),
        code.PROGRAMME_NOT_ALLOWED: _(
            "Le programme « %(value)s » n’existe pas et votre rôle ne permet pas d’en créer. "
            "Laissez la cellule vide, "
            "ou demandez à la PMO de le créer."
        ),
        code.PROJECT_NOT_YOURS: _(
            "Votre rôle ne permet pas cette modification sur le projet %(value)s. Retirez la ligne, "
            "ou demandez à son "
            "chef de projet."
        ),
        code.PROJECT_READ_ONLY: _(
            "Le projet %(value)s est en lecture seule : votre organisation a plus de projets que sa formule n’en "
            "permet. Retirez la ligne, ou demandez à un administrateur de le rendre modifiable dans Réglages, "
            "Formule."
        ),
        code.PEOPLE_NOT_ALLOWED: _(
            "Votre rôle ne permet pas de créer ni de modifier des personnes. Retirez la ligne, ou demandez à la PMO."
        ),
        code.FUTURE_DATE: _(
            "Cette date est à venir, alors que le fait est passé. Corrigez-la ou laissez la cellule vide."
        ),
        code.NEGATIVE_AMOUNT: _(
            "Un montant prévu ou engagé ne peut pas être négatif. Un avoir se saisit en réel et en prévision."
        ),
        code.PLANNED_FROZEN: _(
            "Le budget de %(project)s est approuvé ou proposé : son prévu change par une révision ou un virement. "
            "Laissez la cellule vide, ou préparez une révision."
        ),
        # Microsoft Project
        code.DEPENDENCY_CYCLE: _(
            "Ces tâches s’attendent les unes les autres : %(path)s. Retirez l’un de ces liens dans le fichier."
        ),
        code.FAR_DATE: _("La date %(value)s est à plus de 25 ans du début du projet. Vérifiez l’année."),
        code.BAD_VALUE: _("Le champ %(field)s contient une valeur illisible : « %(value)s »."),
        code.DATE_OUT_OF_RANGE: _(
            "Le champ %(field)s contient une date hors limites : « %(value)s ». Elle est ignorée."
        ),
        code.MISSING_UID: _("Cet élément n’a pas d’identifiant (UID). Enregistrez le fichier de nouveau."),
        code.DUPLICATE_UID: _("L’identifiant %(uid)s figure deux fois. Enregistrez le fichier de nouveau."),
        code.UNNAMED_TASK: _("Cette tâche n’a pas de nom."),
        code.FINISH_BEFORE_START: _("La fin précède le début : la tâche est placée à son début."),
        code.UNKNOWN_PREDECESSOR: _("Le lien part d’une tâche absente (%(uid)s) : il n’est pas repris."),
        code.SELF_LINK: _("La tâche s’attend elle-même : ce lien n’est pas repris."),
        code.UNKNOWN_LINK_TYPE: _("Le type de lien %(value)s n’existe pas : le lien est lu de fin à début."),
        code.UNDATED_CONSTRAINT: _("La contrainte n’a pas de date : la tâche est placée au plus tôt."),
        code.INACTIVE_TASK: _("La tâche est inactive : elle est laissée de côté, avec ses liens."),
        code.NO_START_DATE: _("Le projet n’a pas de date de début : le plan est compté à partir du %(value)s."),
        code.FROM_FINISH: _(
            "Ce plan est planifié à partir de sa fin (%(value)s). Ici, un plan se calcule depuis son début : les "
            "dates du fichier sont reprises telles quelles, mais toute modification du plan replacera ses tâches à "
            "partir du début du projet. Vérifiez cette date, ou planifiez depuis le début dans Microsoft Project "
            "(Projet, Informations sur le projet)."
        ),
        code.FROM_NO_FINISH: _(
            "Ce plan est planifié à partir de sa fin, mais n’a pas de date de fin : il est calculé depuis son début."
        ),
        code.CROSS_PROJECT_LINK: _("Le lien vient d’un autre projet : il n’est pas repris."),
        code.EXTERNAL_TASK: _("Cette tâche appartient à un autre projet : elle n’est pas reprise."),
        code.UNKNOWN_TASK_IN_ASSIGNMENT: _(
            "L’affectation parle d’une tâche absente (%(uid)s) : elle n’est pas reprise."
        ),
        code.UNKNOWN_RESOURCE_IN_ASSIGNMENT: _(
            "L’affectation parle d’une ressource absente (%(uid)s) : elle n’est pas reprise."
        ),
        code.UNKNOWN_BASE_CALENDAR: _("Le calendrier de base %(uid)s est absent : la semaine standard le remplace."),
        code.UNKNOWN_CALENDAR: _("Le calendrier %(uid)s est absent : la semaine standard le remplace."),
        code.BAD_WORKING_TIME: _("Ces horaires sont illisibles (%(value)s) : ils sont ignorés."),
    }


_TEMPLATES = _texts()
