"""Three estimates at completion side by side: of the lines, of earned value, of the manager; and the one in use."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from portfolio.finance.domain.budget import ZERO, to_cents
from portfolio.finance.domain.earned_value import number_of
from portfolio.finance.earned_value_queries import works_of
from portfolio.finance.earned_value_words import why
from portfolio.finance.models import CompletionChoice, EstimateMethod
from portfolio.finance.queries import totals
from portfolio.projects.models import Project
from tech4value.figures.formats import currency_decimals
from tech4value.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class Estimate:
    """One way to foresee what a project costs in all; without a number, `why` says what is missing."""

    method: str
    label: str
    formula: str
    amount: Decimal | None
    why: str
    variance: Decimal | None
    used: bool


def estimates_of(project: Project, today: date) -> tuple[list[Estimate], CompletionChoice | None]:
    """The three estimates, and the choice in use (None: the lines as they are typed)."""
    choices = list(CompletionChoice.objects.filter(project=project).order_by("-created_at", "-pk"))
    current = choices[0] if choices else None
    own = next((one for one in choices if one.method == EstimateMethod.MANAGER), None)
    amounts = totals([project]).get(project.pk)
    planned = amounts.planned if amounts is not None else ZERO
    work = works_of([project], today)[0]
    result = work.value.estimate_at_completion() if work.value is not None else None
    earned = number_of(result)
    reason = why(work.missing) if work.value is None else why(result)
    used = current.method if current is not None else EstimateMethod.LINES.value
    decimals = min(currency_decimals(current_tenant().currency), 2)
    found = {
        EstimateMethod.LINES: (
            amounts.forecast if amounts is not None else None,
            _("Somme des prévisions de chaque ligne."),
            _("Ce budget n’a pas encore de ligne."),
        ),
        EstimateMethod.EARNED_VALUE: (
            None if earned is None else to_cents(earned, decimals),
            _("Budget à l’achèvement ÷ indice de performance des coûts (BAC ÷ CPI)."),
            reason,
        ),
        EstimateMethod.MANAGER: (
            None if own is None else own.amount,
            _("Ce que le chef de projet attend en tout."),
            _("Le chef de projet n’a pas donné d’estimation."),
        ),
    }
    return [
        Estimate(
            method=method.value,
            label=str(method.label),
            formula=formula,
            amount=amount,
            why="" if amount is not None else missing,
            variance=None if amount is None else amount - planned,
            used=method == used,
        )
        for method, (amount, formula, missing) in found.items()
    ], current
