"""Acronyms that explain themselves on hover. docs/glossary.md is the reference for their words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACRONYMS: Final[dict[str, Promise]] = {
    "AC": _("Coût réel : ce qui a été dépensé à ce jour"),
    "BAC": _("Budget à l’achèvement : le budget total approuvé"),
    "CAPEX": _("Dépenses d’investissement, amorties sur plusieurs exercices"),
    "CODIR": _("Comité de direction"),
    "COPIL": _("Comité de pilotage"),
    "CPI": _("Indice de performance des coûts : valeur acquise divisée par coût réel ; sous 1, le projet coûte trop"),
    "CV": _("Écart de coût : valeur acquise moins coût réel ; négatif, le travail fait a coûté trop"),
    "DAF": _("Direction administrative et financière"),
    "DG": _("Direction générale"),
    "DRH": _("Direction des ressources humaines"),
    "DSI": _("Direction des systèmes d’information"),
    "EAC": _("Estimation à l’achèvement : coût total prévu à la fin du projet"),
    "ES": _("Durée acquise : le moment où la valeur acquise à ce jour devait l’être"),
    "ETC": _("Reste à dépenser jusqu’à la fin du projet"),
    "ETP": _("Équivalent temps plein"),
    "EV": _("Valeur acquise : budget du travail effectivement réalisé"),
    "FTE": _("Équivalent temps plein"),
    "IRR": _("Taux de rentabilité interne : le taux auquel la valeur actuelle nette est nulle"),
    "KPI": _("Indicateur clé de performance"),
    "MSPDI": _("Format d’échange XML de Microsoft Project"),
    "NPV": _("Valeur actuelle nette"),
    "OPEX": _("Dépenses de fonctionnement, passées en charges de l’exercice"),
    "PMO": _("Bureau de gestion de projets"),
    "PV": _("Valeur planifiée : budget du travail prévu à ce jour"),
    "RACI": _("Réalise, approuve, est consulté, est informé : qui fait quoi"),
    "RFM": _("Récence, fréquence, montant : segmentation des clients"),
    "ROI": _("Retour sur investissement"),
    "SPI": _(
        "Indice de performance des délais : valeur acquise divisée par valeur planifiée ; sous 1, c’est un retard"
    ),
    "SPI(T)": _("Indice de délai en durée : durée acquise divisée par durée écoulée ; sous 1, c’est un retard"),
    "SSO": _("Authentification unique"),
    "SV": _("Écart de délai : valeur acquise moins valeur planifiée ; négatif, moins de travail est fait que prévu"),
    "SV(T)": _("Écart de délai en durée : durée acquise moins durée écoulée ; négatif, c’est un retard"),
    "SWOT": _("Forces, faiblesses, opportunités, menaces"),
    "TCPI": _("Performance à tenir : indice de coût que le reste du travail doit avoir pour tenir le budget"),
    "TJM": _("Taux journalier moyen"),
    "TRI": _("Taux de rentabilité interne : le taux auquel la valeur actuelle nette est nulle"),
    "VAC": _("Écart à l’achèvement : budget moins estimation à l’achèvement ; négatif, c’est un dépassement"),
    "VAN": _("Valeur actuelle nette"),
    "WBS": _("Organigramme des tâches du projet"),
}
