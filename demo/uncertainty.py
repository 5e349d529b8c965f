"""What is uncertain in the plans of a company, and what their simulation finds."""

from decimal import Decimal
from functools import partial
from typing import Final

from demo.organisation import Company
from demo.story import ProjectStory
from portfolio.planning.models import Task, TaskKind
from portfolio.projects.models import Phase
from portfolio.risks.models import Risk
from portfolio.simulation.actions import change_settings, create_class, set_estimates, set_risk_effect
from portfolio.simulation.forecasting import simulate_project
from portfolio.simulation.models import EstimateClass
from tech4value.tenancy.context import before_commit

CLASSES: Final = (
    ("Conception", "0.90", "1", "1.15"),
    ("Développement", "0.90", "1", "1.20"),
    ("Recette et reprise de données", "0.90", "1.05", "1.35"),
)
# Chances that a risk of the register happens, by its probability of 1 to 5; days by its impact.
CHANCES: Final = ("0.05", "0.1", "0.2", "0.35", "0.5")
DAYS: Final = ("1", "2", "4", "6", "10")
RISKS, RUNS = 3, 2000


def load_uncertainty(company: Company) -> None:
    """Classes for all, and for each project still running: a default class, one task estimated by hand, the effect of
    its worst risks, and a simulation."""
    story = company.story
    pmo = company.actor(story.projects[0].manager)
    classes = [
        create_class(actor=pmo, name=name, optimistic=Decimal(low), likely=Decimal(mid), pessimistic=Decimal(high))
        for name, low, mid, high in CLASSES
    ]
    for project in story.projects:
        if company.projects[project.code].phase != Phase.CLOSED:
            _load_project(company, project, classes)


def _load_project(company: Company, project: ProjectStory, classes: list[EstimateClass]) -> None:
    actor, row = company.actor(project.manager), company.projects[project.code]
    change_settings(actor=actor, project=row, values={"default_class": classes[1], "runs": RUNS})
    open_tasks = Task.objects.filter(project=row, kind=TaskKind.TASK, children=None, percent_complete=0)
    longest = open_tasks.order_by("-duration_minutes", "position").first()
    if longest is None:
        return
    days = Decimal(longest.duration_minutes) / 420
    points = {"optimistic": days * Decimal("0.8"), "likely": days, "pessimistic": days * Decimal("1.3")}
    set_estimates(
        actor=actor, project=row, entries={longest.pk: {name: round(value, 1) for name, value in points.items()}}
    )
    for number, risk in enumerate(Risk.objects.filter(project=row).active().worst_first()[:RISKS]):
        set_risk_effect(
            actor=actor,
            risk=risk,
            probability=Decimal(CHANCES[risk.probability - 1]),
            days=Decimal(DAYS[risk.impact - 1]),
            tasks=[longest.pk] if number else [],
        )
    # Once all that the load still writes is there: what is simulated is then the plan as it stays.
    before_commit(("demo.simulation", row.pk), partial(simulate_project, actor=actor, project=row))
