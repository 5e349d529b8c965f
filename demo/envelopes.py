"""A shared budget: the programme office, which three projects carry by their planned hours. What each carries was in
its own services before: its whole budget is the same."""

from decimal import Decimal

from demo.organisation import Company
from demo.story import Anchor
from portfolio.finance.actions import change_budget_line
from portfolio.finance.domain.budget import MEASURES
from portfolio.finance.envelope_actions import create_envelope, share_envelope
from portfolio.finance.envelope_models import AllocationKey, Envelope, EnvelopeLine, EnvelopeShare
from portfolio.finance.envelopes import parts_of, read_periods
from portfolio.finance.models import BudgetLine

CARRIED = ("RGPD", "SAAS", "GREEN")
MONTHS = range(-2, 3)
MONTHLY = Decimal("2400.00")


def load_envelopes(company: Company, anchor: Anchor) -> None:
    """Nothing for a company without a story of its cash."""
    if company.story.cash is None:
        return
    keeper = company.actor(company.story.cash.keeper)
    lines = [_line(anchor, offset) for offset in MONTHS]
    envelope = create_envelope(
        actor=keeper,
        envelope=Envelope(
            name="Bureau des projets",
            purpose="Assistance et outillage communs aux programmes, portés selon la charge de chacun.",
            key=AllocationKey.HOURS,
        ),
        lines=lines,
        shares=[EnvelopeShare(project=company.projects[code]) for code in CARRIED],
    )
    envelope = share_envelope(actor=keeper, envelope=envelope)
    controller = company.actor(company.story.controller)
    for (project, category, nature, month), part in parts_of(lines, read_periods(envelope), 2).items():
        own = BudgetLine.objects.get(project=project, envelope=None, category=category, nature=nature, month=month)
        left = {name: getattr(own, name) - getattr(part, name) for name in MEASURES}
        change_budget_line(actor=controller, line=own, values=left)


def _line(anchor: Anchor, offset: int) -> EnvelopeLine:
    """What is over is spent."""
    spent = MONTHLY if offset < 0 else Decimal(0)
    return EnvelopeLine(
        category="services",
        nature="opex",
        month=anchor.month(offset),
        planned=MONTHLY,
        committed=spent,
        actual=spent,
        forecast=MONTHLY,
    )
