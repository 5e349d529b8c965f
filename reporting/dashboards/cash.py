"""What the dashboard says of the cash, to those who follow it: it is the organisation's, whatever the filters."""

from portfolio.treasury.queries import open_alerts
from portfolio.treasury.words import awaited_sentence, breach_sentence
from reporting.dashboards import links
from reporting.dashboards.words import Sentence
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission


def cash_sentence(member: Membership) -> tuple[Sentence, str] | None:
    """The first month in which the balance goes under its threshold, with the page of the projects that weigh on it;
    None when it holds, or when the member does not follow the cash. One statement."""
    if not member.can(Permission.CASH_VIEW):
        return None
    alerts = open_alerts()
    if not alerts:
        return None
    first = alerts[0]
    awaited = awaited_sentence(first.facts)
    said = [f"{text}." for text in (breach_sentence(first.facts), awaited) if text]
    return Sentence("cash", " ".join(said), "bad"), links.address("treasury:projects", f"{first.month:%Y-%m}")
