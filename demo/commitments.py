"""Budgets that were approved, one under revision, an amount that changed line, one quoted in dollars, an order that
waits for invoices."""

from decimal import Decimal

from demo.organisation import Company
from demo.story import Anchor
from portfolio.finance.actions import change_budget_line
from portfolio.finance.domain.budget import MEASURES, to_cents
from portfolio.finance.exchange import Converter
from portfolio.finance.models import BudgetLine, PurchaseOrder
from portfolio.finance.order_actions import OrderPart, create_order
from portfolio.finance.transfer_actions import available_on, transfer
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    propose_initial,
    propose_version,
    start_version,
)
from portfolio.finance.versions import plan_of
from portfolio.projects.models import Project
from portfolio.treasury.actions import change_row
from portfolio.treasury.models import Contract

APPROVED = ("ODOO", "DATA", "GREEN")
REVISED, MOVED, ORDERED, IN_DOLLARS = "ODOO", "DATA", "ODOO", "SAAS"
CONTRACT = "Licences Odoo 18"


def load_commitments(company: Company, anchor: Anchor) -> None:
    """Nothing for a company without a story of its cash."""
    if company.story.cash is None:
        return
    keeper = company.actor(company.story.cash.keeper)
    controller = company.actor(company.story.controller)
    _in_dollars(company, anchor)
    for code in APPROVED:
        version = propose_initial(
            actor=controller, project=company.projects[code], reason="Budget arrêté au comité de lancement."
        )
        approve_version(actor=keeper, version=version, decision="Conforme à l’enveloppe de l’exercice.")
    _order(company, anchor)
    _move(company, anchor)
    _revise(company, anchor)


def _coming(project: Project, anchor: Anchor) -> list[BudgetLine]:
    return list(BudgetLine.objects.filter(project=project, month__gt=anchor.month(0)).order_by("month", "pk"))


def _in_dollars(company: Company, anchor: Anchor) -> None:
    """The supplier of the next licences asks for dollars: the same amount, as it was quoted."""
    lines = [line for line in _coming(company.projects[IN_DOLLARS], anchor) if line.category == "licences"]
    line = next(one for one in lines if one.planned)
    rate = Converter().rate_of("USD", line.month)[1]
    quoted = {name: to_cents(getattr(line, name) * rate) for name in MEASURES}
    values = {"currency": "USD", **quoted}
    change_budget_line(actor=company.actor(company.story.controller), line=line, values=values)


def _order(company: Company, anchor: Anchor) -> None:
    """The licences that are committed ahead were ordered: the same amounts, from an order."""
    project = company.projects[ORDERED]
    actor = company.actor(company.story.controller)
    lines = [one for one in _coming(project, anchor) if one.category == "licences" and one.committed]
    if not lines:
        return
    parts = [OrderPart(one.category, one.nature, one.month, one.committed) for one in lines]
    for line in lines:
        change_budget_line(actor=actor, line=line, values={"committed": Decimal(0)})
    order = create_order(
        actor=actor,
        order=PurchaseOrder(
            project=project,
            number="BC-0142",
            supplier="Odoo SA",
            subject="Licences à la mise en production",
            ordered_on=anchor.month(-1),
        ),
        parts=parts,
    )
    change_row(actor=actor, row=Contract.objects.get(name=CONTRACT), values={"order": order})


def _move(company: Company, anchor: Anchor) -> None:
    """From the line that has the most left to the last one of another category."""
    project = company.projects[MOVED]
    lines = _coming(project, anchor)
    source = max(lines, key=available_on)
    target = next(one for one in reversed(lines) if one.category != source.category)
    transfer(
        actor=company.actor(company.story.controller),
        source=source,
        project=project,
        category=target.category,
        nature=target.nature,
        month=target.month,
        amount=min(available_on(source), Decimal(5000)),
        reason="Formation des métiers avancée d’un trimestre.",
    )


def _revise(company: Company, anchor: Anchor) -> None:
    """What is expected to come goes into the next version, which waits for a decision."""
    project = company.projects[REVISED]
    actor = company.actor(company.story.controller)
    version = start_version(
        actor=actor, project=project, reason="Reprise des données plus longue : mise en production décalée."
    )
    plan = plan_of(version)
    for line in _coming(project, anchor):
        plan[line.category, line.nature, line.month] = max(line.forecast, Decimal(0))
    change_version(actor=actor, version=version, values={"plan": plan})
    propose_version(actor=actor, version=version)
