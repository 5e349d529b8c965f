"""What the causes of a variance say in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.finance.domain.variance import Cause
from portfolio.finance.variance_queries import ProjectVariance, VarianceTotal
from tech4value.figures import formats

LABELS: Final[dict[Cause, Promise]] = {
    Cause.SCOPE: gettext_lazy("Périmètre"),
    Cause.VOLUME: gettext_lazy("Volume"),
    Cause.RATE: gettext_lazy("Taux et prix"),
    Cause.DATE: gettext_lazy("Date"),
    Cause.REST: gettext_lazy("Non expliqué"),
}
MEANINGS: Final[dict[Cause, Promise]] = {
    Cause.SCOPE: gettext_lazy(
        "Ce qu’il y a à faire a changé : révisions approuvées, virements, lignes hors budget, lignes retirées."
    ),
    Cause.VOLUME: gettext_lazy("Plus ou moins de jours que prévu, comptés aux taux de la référence."),
    Cause.RATE: gettext_lazy(
        "Les mêmes jours à un autre taux journalier, les mêmes commandes à un autre cours. Ce qui tient à la fois au "
        "prix et à la quantité est compté ici."
    ),
    Cause.DATE: gettext_lazy(
        "De l’argent qui change de mois sur la même ligne : zéro sur toute la durée du projet, pas par exercice."
    ),
    Cause.REST: gettext_lazy(
        "Montants saisis sans quantité ni prix : rien ne dit si c’est plus, ou plus cher. Ouvrez les lignes pour le "
        "savoir."
    ),
}


def reference_words(variance: ProjectVariance) -> str:
    """What the forecast is compared with."""
    version = variance.reference
    if version is None:
        return _(
            "Aucune version du budget n’est approuvée : la prévision est comparée au prévu d’aujourd’hui, et le "
            "périmètre ne peut pas avoir changé."
        )
    return _(
        "La prévision est comparée à la version « %(version)s », approuvée le %(day)s ; les prix le sont à ceux de "
        "ce jour."
    ) % {"version": version.name, "day": formats.date_short(variance.reference_on, language())}


def message(total: VarianceTotal, currency: str) -> str:
    """The waterfall's one message: how much, and what makes most of it."""
    if not total.variance:
        if total.causes.is_empty:
            return _("La prévision est conforme à la référence")
        return _("La prévision est conforme à la référence : les causes se compensent")
    # Only what pushes the same way makes the variance.
    sign = 1 if total.variance > 0 else -1
    most = max(Cause, key=lambda cause: sign * total.causes.of(cause))
    share = total.causes.of(most) / total.variance
    words = {
        "amount": formats.compact_money(abs(total.variance), currency, language()),
        "cause": str(LABELS[most]).lower(),
        "share": formats.percent(share, language()),
        "most": formats.compact_money(total.causes.of(most), currency, language(), signed=True),
    }
    if share > 1:
        if total.variance > 0:
            return _("Dépassement de %(amount)s : %(most)s (%(cause)s), compensés en partie") % words
        return _("Économie de %(amount)s : %(most)s (%(cause)s), compensés en partie") % words
    if most is Cause.REST:
        if total.variance > 0:
            return _("Dépassement de %(amount)s, dont %(share)s que rien n’explique") % words
        return _("Économie de %(amount)s, dont %(share)s que rien n’explique") % words
    if total.variance > 0:
        return _("Dépassement de %(amount)s ; première cause : %(cause)s (%(share)s)") % words
    return _("Économie de %(amount)s ; première cause : %(cause)s (%(share)s)") % words


def language() -> str:
    """The reader's."""
    return get_language() or "fr"
