"""The figures of an answer, each with how it is made: value, gap, gain over the naive choice, cost."""

from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.scenarios.optimisation.models import StudyAnswer
from portfolio.scenarios.optimisation.pages import address
from portfolio.scenarios.optimisation.words import Names
from tech4value.figures.figure import Figure, Input, RowRef
from tech4value.tenancy.context import current_tenant

KEYS: Final = ("value", "gap", "gain", "cost")


def figures_of(answer: StudyAnswer, names: Names) -> tuple[Figure, ...]:
    """The figures of an answer that holds a choice."""
    data, value, bound = answer.data, answer.value or Decimal(0), answer.bound or Decimal(0)
    simple = None if data["naive"] is None else Decimal(data["naive"])
    money = f"money:{current_tenant().currency}"
    points = _("points")
    page = reverse("optimisation:study", args=[answer.study_id])

    def explain(key: str) -> str:
        return reverse("optimisation:explain", args=[answer.study_id, key])

    def rows(field: str) -> tuple[RowRef, ...]:
        return tuple(_row(one, field, names, address(data, one["key"])) for one in data["chosen"])

    gap = (bound - value) / bound if bound > 0 else Decimal(0)
    cost = sum((Decimal(one["cost"]) for one in data["chosen"]), Decimal(0))
    return (
        Figure(
            key="value",
            label=_("Valeur du choix"),
            value=value,
            unit=points,
            formula=_("Somme des points des projets retenus, chacun au mois où il commence."),
            inputs=(Input(_("Projets retenus"), len(data["chosen"])),),
            rows=rows("value"),
            rows_url=page,
            as_of=answer.made_at,
            explain_url=explain("value"),
        ),
        Figure(
            key="gap",
            label=_("Écart possible à l’optimum"),
            value=gap,
            unit="percent",
            formula=_(
                "(Borne − valeur) ÷ borne. La borne est ce qu’aucun choix ne peut dépasser ; zéro : "
                "l’optimum est prouvé."
            ),
            inputs=(Input(_("Borne"), bound, points), Input(_("Valeur"), value, points)),
            rows=rows("value"),
            rows_url=page,
            as_of=answer.made_at,
            explain_url=explain("gap"),
            note=_("optimum prouvé") if not gap else "",
        ),
        Figure(
            key="gain",
            label=_("Gain sur le choix naïf"),
            value=(value - simple) / simple if simple else None,
            unit="percent",
            formula=_(
                "Valeur ÷ valeur du choix naïf − 1. Le choix naïf prend les projets par valeur sur coût, tant "
                "qu’ils entrent."
            ),
            inputs=(Input(_("Valeur"), value, points), Input(_("Choix naïf"), simple, points)),
            rows=rows("value"),
            rows_url=page,
            as_of=answer.made_at,
            explain_url=explain("gain"),
        ),
        Figure(
            key="cost",
            label=_("Coût des projets retenus"),
            value=cost,
            unit=money,
            formula=_("Somme des prévisions de budget des projets retenus (le prévu, pour ceux qui n’en ont pas)."),
            inputs=(Input(_("Projets retenus"), len(data["chosen"])),),
            rows=rows("cost"),
            rows_url=page,
            as_of=answer.made_at,
            explain_url=explain("cost"),
        ),
    )


def _row(one: dict[str, Any], field: str, names: Names, url: str) -> RowRef:
    return RowRef(names.project(one["key"]), Decimal(one[field]), url)
