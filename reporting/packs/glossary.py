"""The words that a committee may ask about: acronyms found in the document, and the terms of its figures."""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tech4value.web.tags.glossary import ACRONYMS

# Beside the product's own: what projects' names and comments commonly hold.
BUSINESS: Final[dict[str, Promise]] = {
    "API": gettext_lazy("Interface par laquelle des logiciels échangent des données"),
    "CRM": gettext_lazy("Gestion de la relation client"),
    "DPO": gettext_lazy("Délégué à la protection des données"),
    "ERP": gettext_lazy("Progiciel de gestion intégré"),
    "GED": gettext_lazy("Gestion électronique de documents"),
    "RGPD": gettext_lazy("Règlement général sur la protection des données"),
    "RSE": gettext_lazy("Responsabilité sociétale des entreprises"),
    "SAAS": gettext_lazy("Logiciel fourni comme un service hébergé"),
    "SI": gettext_lazy("Système d’information"),
}
# Written with one capital in a sentence.
_MIXED: Final = {"Copil", "Capex", "Opex", "Codir", "SaaS"}


def acronyms_of(text: str) -> list[tuple[str, str]]:
    """Those of `text` that have a meaning, as they are first written there, in alphabetical order."""
    known = {**BUSINESS, **ACRONYMS}
    found: dict[str, str] = {}
    for word in re.findall(r"\b\w{2,6}\b", text):
        key = word.upper()
        if key in known and (word.isupper() or word in _MIXED):
            found.setdefault(key, word)
    return [(found[key], str(known[key])) for key in sorted(found)]


def terms() -> list[tuple[str, str]]:
    """What the figures mean, in the order in which they are met."""
    return [
        (
            _("Météo"),
            _("Avis du chef de projet à son dernier point d’avancement : ensoleillé, nuageux, pluvieux, orageux."),
        ),
        (_("Avancement"), _("Part réalisée du planning, chaque tâche comptant pour sa durée.")),
        (_("Prévu"), _("Budget approuvé, par mois et par catégorie.")),
        (_("Engagé"), _("Commandes et contrats signés, payés ou non.")),
        (_("Réel"), _("Dépenses constatées à ce jour.")),
        (_("Prévision"), _("Total attendu à la fin : le réel plus ce qui reste à dépenser.")),
        (_("Écart"), _("Prévision moins prévu : un écart positif est un dépassement.")),
        (
            _("Date de référence"),
            _(
                "Date promise lors de la validation ; l’écart d’un jalon se mesure "
                "en jours calendaires par rapport à elle."
            ),
        ),
        (_("Score d’un risque"), _("Probabilité × impact, de 1 à 25 ; critique à partir de 15.")),
        (
            _("Charge"),
            _(
                "Travail affecté rapporté à la capacité du pôle, absences et jours fériés déduits ; surcharge "
                "au-delà de 110 %."
            ),
        ),
    ]
