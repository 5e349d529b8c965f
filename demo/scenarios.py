"""What the leaders of a company have in mind: a milestone that slips, a project made smaller, somebody more."""

from decimal import Decimal

from django.db.models import Count

from demo.organisation import Company
from demo.story import Anchor
from portfolio.people.models import Pole, Profile
from portfolio.projects.models import Project
from portfolio.scenarios.actions import approve, create_scenario, submit
from portfolio.scenarios.domain.operations import Hire, MoveMilestone, Operation, ResizeProject
from portfolio.scenarios.models import Scenario
from portfolio.treasury.models import ContractInstalment
from tech4value.accounts.models import Membership

SIX_WEEKS = 42


def load_scenarios(company: Company, anchor: Anchor) -> None:
    """A draft, one that waits for an approval and one that has it; nothing for a company without a story of its
    cash."""
    story = company.story.cash
    if story is None:
        return
    executive = company.member(story.keeper)
    awaited = ContractInstalment.objects.filter(
        contract__direction="customer", milestone__isnull=False, milestone__actual_on=None
    ).select_related("contract", "milestone")
    largest = max(awaited, key=lambda row: row.amount or (row.share or 0) * (row.contract.net_amount or 0))
    _scenario(
        executive,
        "La recette du client prend six semaines de retard",
        "Et si le procès-verbal n’était signé que six semaines plus tard ?",
        MoveMilestone(str(largest.milestone_id), SIX_WEEKS),
    )
    project = Project.objects.select_related("manager__membership__user").filter(manager__membership__isnull=False)
    smaller = project.exclude(pk=largest.contract.project_id).exclude(phase="closed").order_by("-ends_on")[0]
    proposed = _scenario(
        smaller.manager.membership,
        f"Réduire {smaller.code} d’un cinquième",
        "Garder le cœur du périmètre et rendre du temps aux équipes.",
        ResizeProject(str(smaller.pk), Decimal("0.8")),
    )
    submit(actor=smaller.manager.membership.actor, scenario=proposed)
    profile = Profile.objects.annotate(many=Count("persons")).order_by("-many", "sort_name").first()
    pole = Pole.objects.get(pk=smaller.pole_id)
    if profile is None:
        return
    hired = _scenario(
        executive,
        "Un renfort dans le pôle",
        "Une personne de plus, à partir du mois prochain.",
        Hire(str(profile.pk), "Renfort", anchor.month(1), pole=str(pole.pk)),
    )
    submit(actor=executive.actor, scenario=hired)
    # Nobody approves what they propose.
    approve(actor=company.actor(company.story.controller), scenario=Scenario.objects.get(pk=hired.pk))


def _scenario(owner: Membership, name: str, description: str, operation: Operation) -> Scenario:
    row = create_scenario(actor=owner.actor, owner=owner, name=name, description=description, operations=[operation])
    found: Scenario = Scenario.objects.get(pk=row.pk)
    return found
