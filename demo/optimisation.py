"""A study of what to do first among the projects that are still being framed, and its answer."""

from decimal import Decimal
from functools import partial
from typing import Final

from demo.organisation import Company
from demo.story import Anchor
from portfolio.finance.domain.budget import fiscal_year
from portfolio.scenarios.optimisation.actions import change_study, create_study, keep_answer
from portfolio.scenarios.optimisation.candidates import candidates_for, read_material
from portfolio.scenarios.optimisation.models import Grouping, OptimisationStudy
from tech4value.accounts.models import Membership
from tech4value.tenancy.context import before_commit, current_tenant

NAME: Final = "Arbitrage des projets en cadrage"
# What there is to spend, of what all of them would cost.
SHARE: Final = Decimal("0.6")
ROUNDED_TO: Final = Decimal(5_000)
NOTES: Final = ("9", "7", "6", "4")
SECONDS: Final = 2


def load_study(company: Company, anchor: Anchor) -> None:
    """Nothing for a company without a controller, or whose projects have all begun."""
    if not company.story.controller:
        return
    member = company.member(company.story.controller)
    candidates = list(candidates_for(member))
    if len(candidates) < 2:
        return
    notes = {
        str(one.pk): {"role": "free", "alignment": NOTES[place % len(NOTES)]} for place, one in enumerate(candidates)
    }
    study = create_study(
        actor=member.actor,
        study=OptimisationStudy(
            name=NAME,
            first_month=anchor.month(1),
            months=9,
            grouping=Grouping.POLE,
            seconds=SECONDS,
            projects=notes,
        ),
    )
    # When the load that the study counts has been summed.
    before_commit("demo.optimisation", partial(_answer, member, study))


def _answer(member: Membership, study: OptimisationStudy) -> None:
    whole = sum((row.cost for row in read_material(member, study).rows), Decimal(0))
    amount = (whole * SHARE / ROUNDED_TO).to_integral_value() * ROUNDED_TO
    year = fiscal_year(study.first_month, current_tenant().fiscal_year_start_month)
    budgets = {str(year): str(amount), str(year + 1): str(amount)}
    change_study(actor=member.actor, study=study, values={"budgets": budgets})
    keep_answer(member=member, study=study)
