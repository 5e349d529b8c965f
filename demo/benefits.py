"""What the projects of a company are to bring: promised when they began, measured when a year is over."""

from datetime import date
from decimal import Decimal

from demo.organisation import Company
from demo.story import Anchor, BenefitStory
from portfolio.finance.benefits_actions import YearEntry, create_benefit, set_benefit_years
from portfolio.finance.benefits_models import BenefitSource
from portfolio.finance.domain.budget import add_months, fiscal_months, fiscal_year
from tech4value.tenancy.context import current_tenant


def load_benefits(company: Company, anchor: Anchor) -> None:
    """Each benefit on the day its project began; what was realised once its year was over, or today."""
    for story in company.story.benefits:
        _load(company, anchor, story)


def _load(company: Company, anchor: Anchor, story: BenefitStory) -> None:
    project = company.projects[story.project]
    start_month = current_tenant().fiscal_year_start_month
    this = fiscal_year(anchor.day, start_month)
    actor = company.actor(next(one.manager for one in company.story.projects if one.code == story.project))
    begun = actor.on(project.starts_on)
    benefit = create_benefit(
        actor=begun,
        project=project,
        name=story.name,
        kind=story.kind,
        source=BenefitSource.TYPED if story.expected else BenefitSource.CONTRACTS,
        owner=company.named[story.owner],
        measure=story.measure,
        unit=story.unit,
    )
    expected = {this + year: Decimal(amount) for year, amount in story.expected}
    set_benefit_years(
        actor=begun, entries=[YearEntry(benefit, year, amount, None) for year, amount in expected.items()]
    )
    for offset, amount in story.realised:
        year = this + offset
        known = min(_closing(year, start_month), anchor.day)
        entry = YearEntry(benefit, year, expected.get(year), Decimal(amount))
        set_benefit_years(actor=actor.on(known), entries=[entry])


def _closing(year: int, start_month: int) -> date:
    """When what a fiscal year has brought is known: at the beginning of the second month after it."""
    return add_months(fiscal_months(year, start_month)[1], 2)
