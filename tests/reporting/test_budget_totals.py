"""The same money everywhere: lines that came from versions, transfers, orders, invoices in two currencies and shared
budgets add up to the same cents on the project's page, the portfolio's, in the API, in the exported workbook and in a
pack."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone, translation

from portfolio.finance.actions import BudgetEntry, change_budget_line, set_budget_lines
from portfolio.finance.domain.budget import MEASURES, Amounts, total
from portfolio.finance.envelope_actions import create_envelope, share_envelope
from portfolio.finance.models import BudgetLine, Envelope, EnvelopeLine, EnvelopeShare, PurchaseOrder
from portfolio.finance.order_actions import OrderPart, create_order
from portfolio.finance.queries import totals
from portfolio.finance.transfer_actions import transfer
from portfolio.finance.version_actions import (
    approve_version,
    change_version,
    propose_initial,
    propose_version,
    start_version,
)
from portfolio.finance.versions import plan_of
from portfolio.projects.models import Project
from portfolio.treasury.actions import create_row
from portfolio.treasury.models import Contract, ExchangeRate, Invoice
from reporting.dashboards.models import ProjectFacts
from reporting.packs.snapshot import Selection, take
from tech4value.audit.actor import SYSTEM
from tech4value.figures import formats
from tech4value.files.actions import read_file
from tech4value.jobs.models import Job
from tests.reporting.dashboards.portfolio_rows import make_project
from tests.world import World

Sign = Callable[[Any], Client]


def fill() -> list[Project]:
    """Two approved budgets with odd cents; the first is revised and gives to the second, which orders in dollars. A
    third has nothing but its part of what the three share."""
    erp, site = make_project("ERP"), make_project("SITE")
    set_budget_lines(
        actor=SYSTEM,
        project_lines={
            project: [
                BudgetEntry(category, "opex", date(2026, month, 1), *(Decimal(f"{weight * month}.{month:02}"),) * 4)
                for month in range(1, 13)
                for category, weight in (("services", 101), ("licences", 53))
            ]
            for project in (erp, site)
        },
    )
    for project in (erp, site):
        approve_version(actor=SYSTEM, version=propose_initial(actor=SYSTEM, project=project))
    revision = start_version(actor=SYSTEM, project=erp, reason="Un tiers de plus")
    more = {place: amount * 4 / 3 for place, amount in plan_of(revision).items()}
    change_version(actor=SYSTEM, version=revision, values={"plan": more})
    approve_version(actor=SYSTEM, version=propose_version(actor=SYSTEM, version=revision))
    source = BudgetLine.objects.get(project=erp, category="services", month=date(2026, 12, 1))
    change_budget_line(actor=SYSTEM, line=source, values={"committed": Decimal(0), "actual": Decimal(0)})
    transfer(
        actor=SYSTEM,
        source=source,
        project=site,
        category="training",
        nature="capex",
        month=date(2026, 6, 1),
        amount=Decimal("333.33"),
        reason="Formation",
    )
    create_row(actor=SYSTEM, row=ExchangeRate(currency="USD", starts_on=date(2026, 1, 1), rate=Decimal("1.0850")))
    order = create_order(
        actor=SYSTEM,
        order=PurchaseOrder(
            project=site, number="BC-1", supplier="Lakeview Inc.", ordered_on=date(2026, 2, 3), currency="USD"
        ),
        parts=[
            OrderPart("licences", "opex", date(2026, 4, 1), Decimal("1000.01")),
            OrderPart("hardware", "capex", date(2026, 5, 1), Decimal("777.77")),
        ],
    )
    contract = create_row(
        actor=SYSTEM,
        row=Contract(name="Lac", counterparty="Lakeview Inc.", direction="supplier", currency="USD", order=order),
    )
    for number, amount in (("F1", "100.10"), ("F2", "-3.33")):
        values: dict[str, Any] = {"issued_on": date(2026, 3, 7), "net_amount": Decimal(amount), "vat_amount": None}
        create_row(actor=SYSTEM, row=Invoice(contract=contract, number=number, **values))
    other = make_project("TIERS")
    envelope = create_envelope(
        actor=SYSTEM,
        envelope=Envelope(name="Bureau des projets", key="equal"),
        lines=[
            EnvelopeLine(
                category="services", nature="opex", month=date(2026, month, 1), **dict.fromkeys(MEASURES, one)
            )
            for month, one in ((3, Decimal("100.00")), (12, Decimal("0.05")))
        ],
        shares=[EnvelopeShare(project=project) for project in (erp, site, other)],
    )
    share_envelope(actor=SYSTEM, envelope=envelope)
    return [erp, site, other]


@pytest.mark.django_db(transaction=True)
def test_every_screen_and_file_says_the_same_cents(live_world: World, client_of: Sign) -> None:
    world, client = live_world, client_of(live_world.executive)
    with world.within():
        projects = fill()
    with world.within():
        by_project = totals(projects)
        lines = [
            Amounts(*(getattr(line, name) for name in MEASURES))
            for line in BudgetLine.objects.filter(project__in=projects)
        ]
    whole = total(by_project.values())
    assert whole == total(lines)
    assert by_project[projects[2].pk].planned in {Decimal("33.35"), Decimal("33.34"), Decimal("33.36")}
    assert whole.planned != whole.forecast and whole.committed != whole.actual

    def shown(amount: Decimal) -> str:
        return formats.money(amount, "EUR", "fr")

    with translation.override("fr"):
        portfolio = client.get(world.url("/budget/")).content.decode()
        for name in MEASURES:
            assert shown(getattr(whole, name)) in portfolio, name
        for project in projects:
            page = client.get(world.url(f"/budget/projects/{project.pk}/")).content.decode()
            for name in MEASURES:
                amount = getattr(by_project[project.pk], name)
                assert formats.number(amount, "fr", decimals=2) in page, (project.code, name)
                assert shown(amount) in portfolio, (project.code, name)

    found = Amounts()
    url: str | None = world.url("/api/v1/budget-lines/?page_size=20")
    while url:
        answer = client.get(url).json()
        found += total(Amounts(*(Decimal(row[name]) for name in MEASURES)) for row in answer["results"])
        url = answer["next"]
    assert found == whole

    query = f"columns=project,{','.join(MEASURES)}"
    client.post(world.url("/tables/budget-lines/export/"), {"query": query, "format": "xlsx"})
    with world.within():
        job = Job.objects.order_by("-id")[0]
        assert job.state == "done" and job.file is not None, job.message
        content = read_file(job.file)
        facts = ProjectFacts.objects.filter(project__in=projects)
        rolled = total(Amounts(*(getattr(row, name) for name in MEASURES)) for row in facts)
        pack = take(
            world.memberships["executive"],
            Selection(),
            title="Copil",
            meeting_on=timezone.now().date(),
            language="fr",
            confidentiality="internal",
        )
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    assert total(Amounts(*(Decimal(str(cell)) for cell in row[1:5])) for row in rows) == whole
    assert rolled == whole
    of_pack = [pack.facts.money, *(row.money for row in pack.facts.projects)]
    for name in MEASURES:
        first, *rest = (getattr(amounts, name) for amounts in of_pack)
        assert first == sum(rest, Decimal(0)) == getattr(whole, name), name
