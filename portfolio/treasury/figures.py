"""The figures of the cash plan, each with what makes it."""

from collections.abc import Callable, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from portfolio.treasury.domain.band import Band
from portfolio.treasury.domain.cash import Flow
from portfolio.treasury.queries import CashPlan
from portfolio.treasury.words import facts_of_flow, flow_address, language, named
from tech4value.figures import formats
from tech4value.figures.figure import Figure, Input, RowRef

KEYS: Final = ("balance", "lowest", "late", "certainty")
SHOWN: Final = 50


def rows_of(plan: CashPlan, flows: Sequence[Flow]) -> tuple[RowRef, ...]:
    """The flows behind a figure, the largest first."""
    largest = sorted(flows, key=lambda flow: -abs(flow.amount))[:SHOWN]
    return tuple(
        RowRef(
            _("%(day)s : %(name)s")
            % {
                "day": formats.date_short(flow.day, language()),
                "name": named(facts_of_flow(flow, plan.ledger)),
            },
            flow.amount,
            flow_address(flow, plan.ledger),
        )
        for flow in largest
    )


def cash_figures(plan: CashPlan, spread: Band | None, explain: Callable[[str], str]) -> tuple[Figure, ...]:
    """The balance now, its lowest point, what is late, and how likely the threshold is to be crossed."""
    unit = f"money:{plan.ledger.books.rates.base}"
    cash, lowest_on = plan.cash, plan.lowest_on
    moved = [flow for flow in cash.flows if flow.actual and flow.day <= cash.today]
    before = [flow for flow in cash.flows if flow.day <= lowest_on]
    opening = Input(
        _("Solde au %(day)s") % {"day": formats.date_short(cash.opened_on, language())}, cash.opening, unit
    )
    threshold = Input(_("Seuil d’alerte"), cash.threshold, unit)
    found = [
        Figure(
            key="balance",
            label=_("Solde connu"),
            value=plan.balance,
            unit=unit,
            formula=_("Soldes des comptes, plus les paiements enregistrés depuis."),
            inputs=(opening,),
            rows=rows_of(plan, moved),
            rows_url=reverse("treasury:payments"),
            explain_url=explain("balance"),
            note=_("ce soir, sans ce qui est attendu"),
        ),
        Figure(
            key="lowest",
            label=_("Solde le plus bas à 12 mois"),
            value=plan.balances[lowest_on],
            unit=unit,
            formula=_("Le plus petit des soldes du soir, d’aujourd’hui à la fin du plan de trésorerie."),
            inputs=(opening, threshold),
            rows=rows_of(plan, before),
            explain_url=explain("lowest"),
            note=_("le %(day)s") % {"day": formats.date_short(lowest_on, language())},
        ),
        Figure(
            key="late",
            label=_("En retard"),
            value=sum((flow.amount for flow in plan.late), cash.opening * 0),
            unit=unit,
            formula=_(
                "Ce qui était dû avant aujourd’hui et n’est pas payé : attendu dès maintenant dans la prévision."
            ),
            rows=rows_of(plan, plan.late),
            explain_url=explain("late"),
            note=_("à encaisser moins à payer"),
        ),
    ]
    if spread is not None:
        found.append(
            Figure(
                key="certainty",
                label=_("Risque de passer sous le seuil"),
                value=spread.breaking,
                unit="percent",
                formula=_(
                    "Les dates des jalons sont tirées %(runs)s fois dans les simulations des projets. C’est la part "
                    "de ces plans dont le solde passe sous le seuil au moins un soir."
                )
                % {"runs": formats.number(spread.runs, language())},
                inputs=(threshold, Input(_("Tirages"), spread.runs)),
                explain_url=explain("certainty"),
                note=_("selon les simulations des plans"),
            )
        )
    return tuple(found)
