"""Ideas for next year, proposed by a scenario, and a study of which of them to do first, and when."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final

from django.db.models import Count

from demo.organisation import Company
from demo.story import Anchor
from portfolio.finance.domain.budget import add_months, fiscal_year
from portfolio.people.models import Profile
from portfolio.scenarios.actions import create_scenario
from portfolio.scenarios.domain.operations import AddProject, BudgetShare, ProfileDemand
from portfolio.scenarios.optimisation.actions import change_study, create_study, keep_answer
from portfolio.scenarios.optimisation.candidates import named_candidates, read_material
from portfolio.scenarios.optimisation.models import Grouping, OptimisationStudy
from tech4value.accounts.models import Membership
from tech4value.tenancy.context import before_commit, current_tenant


@dataclass(frozen=True, slots=True)
class Idea:
    """A project that nobody has decided yet: its budget in euros, how long it takes, what it is worth."""

    code: str
    name: str
    budget: str
    months: int
    alignment: str
    npv: str
    fte: str = "0.5"


IDEAS: Final = (
    Idea("RELATION", "Relation client unifiée", "180000", 8, "9", "240000", "1"),
    Idea("ASSISTANT", "Assistant du support par intelligence artificielle", "120000", 6, "7", "150000"),
    Idea("IDENTITE", "Identité unique des salariés", "90000", 4, "6", "40000"),
    Idea("CARBONE", "Mesure de l’empreinte carbone", "60000", 5, "8", "15000"),
    Idea("ARCHIVES", "Archivage à valeur probante", "70000", 5, "3", "-20000"),
)
SCENARIO: Final = "Idées pour l’an prochain"
STUDY: Final = "Que faire d’abord l’an prochain"
# What there is to spend, of what all of them would cost.
SHARE: Final = Decimal("0.6")
ROUNDED_TO: Final = Decimal(5_000)
SECONDS: Final = 2


def load_study(company: Company, anchor: Anchor) -> None:
    """Nothing for a company without a controller."""
    if not company.story.controller:
        return
    member = company.member(company.story.controller)
    first = anchor.month(2)
    # The profiles that most people have: there is some room in them.
    profiles = list(Profile.objects.annotate(people=Count("persons")).order_by("-people", "sort_name")[: len(IDEAS)])
    proposed = [
        _proposal(one, anchor, profiles[place % len(profiles)] if profiles else None)
        for place, one in enumerate(IDEAS)
    ]
    create_scenario(actor=member.actor, owner=member, name=SCENARIO, operations=proposed)
    worth = {f"{one.code} · {one.name}": {"alignment": one.alignment, "npv": one.npv} for one in IDEAS}
    notes = {key: {"role": "free", **worth.get(name, {})} for key, name in named_candidates(member)}
    study = create_study(
        actor=member.actor,
        study=OptimisationStudy(
            name=STUDY,
            first_month=first,
            months=9,
            grouping=Grouping.PROFILE if profiles else Grouping.POLE,
            seconds=SECONDS,
            projects=notes,
        ),
    )
    # When the load that the study counts has been summed.
    before_commit("demo.optimisation", partial(_answer, member, study))


def _proposal(one: Idea, anchor: Anchor, profile: Profile | None) -> AddProject:
    demand = (ProfileDemand(str(profile.pk), Decimal(one.fte)),) if profile is not None else ()
    starts_on = anchor.month(2)
    return AddProject(
        key=one.code.lower(),
        code=one.code,
        name=one.name,
        starts_on=starts_on,
        ends_on=add_months(starts_on, one.months - 1).replace(day=28),
        budget=(BudgetShare("services", "opex", Decimal(one.budget)),),
        demand=demand,
    )


def _answer(member: Membership, study: OptimisationStudy) -> None:
    whole = sum((row.cost for row in read_material(member, study).rows), Decimal(0))
    amount = (whole * SHARE / ROUNDED_TO).to_integral_value() * ROUNDED_TO
    year = fiscal_year(study.first_month, current_tenant().fiscal_year_start_month)
    change_study(actor=member.actor, study=study, values={"budgets": {str(year): str(amount)}})
    keep_answer(member=member, study=study)
