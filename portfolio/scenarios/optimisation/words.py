"""What an answer says: why a project is left out and what would let it in, which limits clash, what a study lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import add_months
from portfolio.scenarios.domain.selection import ClashKind, ReasonKind, SelectionError
from tech4value.figures import formats
from tech4value.tenancy.context import current_tenant

MOST_NAMES: Final = 6
CENT: Final = Decimal("0.01")
QUARTER: Final = Decimal("0.25")
WHOLE_RULE: Final = 4
"""A rule is its kind, two projects and months."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of an answer stand for; `day_minutes` are those of a working day."""

    first: date
    projects: Mapping[str, Sequence[str]]
    groups: Mapping[str, str]
    years: Mapping[str, str]
    day_minutes: int

    def project(self, key: str) -> str:
        """`ERP · Refonte de l’ERP`."""
        code, name = self.projects.get(key, ("", _("projet disparu")))
        return f"{code} · {name}" if code else name

    def projects_named(self, keys: Sequence[str]) -> str:
        """« A », « B » and how many more."""
        shown = [_("« %(name)s »") % {"name": self.project(key)} for key in keys[:MOST_NAMES]]
        if len(keys) > MOST_NAMES:
            more = len(keys) - MOST_NAMES
            shown.append(ngettext("%(count)s autre", "%(count)s autres", more) % {"count": more})
        return ", ".join(shown)

    def month(self, period: int) -> str:
        return formats.month(add_months(self.first, period), _language())


def _language() -> str:
    return get_language() or "fr"


def _money(amount: Decimal) -> str:
    return formats.money(amount.quantize(CENT, ROUND_UP), current_tenant().currency, _language())


def _days(minutes: Decimal, day_minutes: int) -> str:
    """Working days, rounded up to a quarter: what is asked for must be enough."""
    days = (minutes / day_minutes / QUARTER).to_integral_value(ROUND_UP) * QUARTER
    return formats.days(days, _language(), decimals=2)


def why(reason: Mapping[str, Any], names: Names) -> str:
    """What keeps a project out, and what would let it in."""
    others = names.projects_named(reason["others"])
    match ReasonKind(reason["kind"]):
        case ReasonKind.NO_VALUE:
            return _(
                "Il entrerait, mais ne vaut rien avec ces poids : relevez sa note ou sa VAN, ou rendez-le "
                "obligatoire."
            )
        case ReasonKind.EXCLUSIVE:
            return _("Exclu par %(others)s : retirez la règle, ou écartez l’autre.") % {"others": others}
        case ReasonKind.NEEDS:
            return _("Il a besoin de %(others)s, hors du choix.") % {"others": others}
        case ReasonKind.TOO_LATE:
            return _("Il commencerait trop tard après %(others)s : ajoutez des mois de départ possibles.") % {
                "others": others
            }
        case ReasonKind.NEEDED_BY:
            return _("Il ne peut pas finir assez tôt pour %(others)s.") % {"others": others}
        case ReasonKind.BUDGET:
            return _("Budget %(year)s : il manque %(amount)s.") % {
                "year": names.years.get(reason["budget"], reason["budget"]),
                "amount": _money(Decimal(reason["missing"])),
            }
        case ReasonKind.CAPACITY:
            return _("Capacité « %(group)s » : il manque %(days)s, %(months)s.") % {
                "group": names.groups.get(reason["skill"], reason["skill"]),
                "days": _days(Decimal(reason["missing"]), names.day_minutes),
                "months": _months(reason["by_period"], names),
            }


def _months(by_period: Sequence[Sequence[Any]], names: Names) -> str:
    """`en mars 2027`, or `de mars 2027 à juin 2027`."""
    first, last = by_period[0][0], by_period[-1][0]
    if first == last:
        return _("en %(month)s") % {"month": names.month(first)}
    return _("de %(first)s à %(last)s") % {"first": names.month(first), "last": names.month(last)}


def lets_in(entry: Mapping[str, Any], names: Names) -> str:
    """What would let a project in: the money and people to find, from which month, and whom it moves."""
    more = entry.get("more")
    if more is None:
        return ""
    asked = [_to_add(reason, names) for reason in more["reasons"]]
    month = names.month(more["start"])
    if asked:
        said = [
            _("Vérifié : avec %(asked)s, il commence en %(month)s.") % {"asked": ", ".join(asked), "month": month}
        ]
    else:
        said = [_("Vérifié : il entrerait en %(month)s sans rien ajouter.") % {"month": month}]
    if more["moved"]:
        said.append(_("Changent de mois : %(moved)s.") % {"moved": names.projects_named(more["moved"])})
    else:
        said.append(_("Rien d’autre ne bouge."))
    if asked:
        said.append(_("Moins ne suffit pas.") if more["least"] else _("Estimation : moins suffirait peut-être."))
    return " ".join(said)


def _to_add(reason: Mapping[str, Any], names: Names) -> str:
    if reason["kind"] == ReasonKind.BUDGET:
        return _("%(amount)s de plus au budget %(year)s") % {
            "amount": _money(Decimal(reason["missing"])),
            "year": names.years.get(reason["budget"], reason["budget"]),
        }
    return _("%(days)s de plus de « %(group)s » %(months)s") % {
        "days": _days(Decimal(reason["missing"]), names.day_minutes),
        "group": names.groups.get(reason["skill"], reason["skill"]),
        "months": _months(reason["by_period"], names),
    }


def holds(entry: Mapping[str, Any], names: Names) -> str:
    """What it would cost to hold a project all the same, under the limits as they are."""
    found = entry.get("clash")
    if found is not None and not (found["reasons"] or found["rules"]):
        return _("Il n’entre dans aucun choix, même avec les seuls projets obligatoires.")
    if found is not None and found["kind"] == ClashKind.SHORT:
        return " ".join(
            [
                _("Il n’entre dans aucun choix : même avec les seuls projets obligatoires, il manque :"),
                *(why(reason, names) for reason in found["reasons"]),
            ]
        )
    if found is not None:
        return " ".join([_("Il n’entre dans aucun choix :"), *(_rule(told, names) for told in found["rules"])])
    if entry.get("loss") is None:
        return ""
    points = formats.number(max(Decimal(entry["loss"]), Decimal(0)), _language(), decimals=1)
    if entry["loss_proved"]:
        return _(
            "Le rendre obligatoire coûte %(points)s points : le meilleur choix avec lui vaut autant de moins."
        ) % {"points": points}
    return _("Le rendre obligatoire coûte %(points)s points au plus (estimation).") % {"points": points}


def clash(found: Mapping[str, Any], names: Names) -> list[str]:
    """Why the mandatory projects cannot all be done, and what to do."""
    projects = names.projects_named(found["keys"])
    match ClashKind(found["kind"]):
        case ClashKind.LATE:
            return [
                _(
                    "Obligatoires, %(projects)s ne peuvent commencer qu’après le dernier mois de départ : ajoutez "
                    "des mois de départ possibles, ou rendez-les libres."
                )
                % {"projects": projects}
            ]
        case ClashKind.TOGETHER:
            return [
                _(
                    "Les règles ne permettent pas de retenir ensemble %(projects)s, tous obligatoires : rendez-en un "
                    "libre, ou retirez une règle."
                )
                % {"projects": projects},
                *(_rule(told, names) for told in found.get("rules", ())),
            ]
        case ClashKind.SHORT if not found["reasons"]:
            return [
                _(
                    "Les projets obligatoires demandent plus qu’il n’y a : rendez-en un libre, ou relevez un budget "
                    "ou une capacité."
                )
            ]
        case ClashKind.SHORT:
            return [
                _("Les projets obligatoires demandent plus qu’il n’y a. Il manque au moins :"),
                *(why(reason, names) for reason in found["reasons"]),
            ]


def _rule(told: Sequence[Any], names: Names) -> str:
    """A rule that clashes, as the study tells it."""
    if len(told) < WHOLE_RULE:  # kept by a search of before, which could leave the projects out
        return _("Deux projets dont ceux-ci ont besoin s’excluent : relancez la recherche pour voir lesquels.")
    one, other = names.project(told[1]), names.project(told[2])
    if told[0] == "exclusive":
        return _("« %(one)s » et « %(other)s » s’excluent.") % {"one": one, "other": other}
    if told[3] > 0:
        return ngettext(
            "« %(one)s » ne commence que %(months)s mois après la fin de « %(other)s ».",
            "« %(one)s » ne commence que %(months)s mois après la fin de « %(other)s ».",
            told[3],
        ) % {"one": one, "other": other, "months": told[3]}
    if told[3] < 0:  # the plans' links let it begin before the other one has ended
        return _("« %(one)s » ne va pas sans « %(other)s ».") % {"one": one, "other": other}
    return _("« %(one)s » ne va pas sans « %(other)s », et commence après lui.") % {"one": one, "other": other}


def refused(error: SelectionError) -> str:
    """What a study lacks."""
    match error.code:
        case "no_candidate":
            return _(
                "Aucun projet à choisir : une étude compare les projets en idée ou en cadrage. Créez-en, ou rendez "
                "libres ceux que vous avez écartés."
            )
        case "no_answer":
            return _("Aucune solution trouvée dans le temps donné : allongez le temps de recherche, puis relancez.")
        case "too_large":
            return _("L’étude est trop grande : réduisez le nombre de mois de départ possibles.")
        case "requires_itself":
            return _("Un projet ne peut pas avoir besoin de lui-même : retirez cette règle.")
        case _:
            return _("L’étude se contredit : vérifiez ses montants et ses règles.")
