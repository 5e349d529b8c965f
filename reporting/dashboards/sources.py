"""Where the rows behind a figure came from: the imported files, or the screen."""

from uuid import UUID

from portfolio.finance.queries import sources_of as budget_sources
from portfolio.projects.models import Project
from reporting.dashboards.domain.facts import PortfolioFacts
from tech4value.audit.origins import origins


def sources_of(key: str, facts: PortfolioFacts) -> dict[UUID, str]:
    """By row (a project, a milestone, a risk) of the figure `key`; rows entered on screen are absent."""
    projects = [row.id for row in facts.projects]
    if key in {"variance", "spent"}:
        return budget_sources(Project.objects.filter(pk__in=projects))
    if key == "milestones":
        return origins([row.id for row in facts.milestones])
    if key == "risks":
        return origins([row.id for row in facts.risks])
    return origins(projects)
