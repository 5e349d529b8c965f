"""The dashboard's figures equal a recomputation from the rows, in as many queries for 3 projects as for 60."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.finance.models import BudgetLine
from portfolio.projects.models import Milestone, Phase, Project, Weather
from portfolio.risks.models import ACTIVE, Risk, RiskStatus
from reporting.dashboards.domain.facts import PortfolioFacts
from reporting.dashboards.domain.frozen import FrozenDataError
from reporting.dashboards.filters import Filters
from reporting.dashboards.queries import month_before, portfolio_facts
from tech4value.audit.actor import SYSTEM
from tech4value.audit.writing import delete, update
from tests.reporting.dashboards.portfolio_rows import (
    TODAY,
    line,
    make_person,
    make_pole,
    make_programme,
    make_project,
    month,
    promise,
    report,
    risk,
    task,
)
from tests.world import World

ALL = Filters()
LONG_AGO = SYSTEM.on(date(2025, 11, 1))


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


@pytest.fixture
def portfolio(world: World) -> World:
    """Three projects: a storm, a shower, a closed one."""
    with world.within():
        sponsor = make_person("Diane Sponsor")
        rgpd = make_project("RGPD", LONG_AGO, name="Mise en conformité", sponsor=sponsor)
        odoo = make_project(
            "ODOO", LONG_AGO, pole=make_pole("FIN", "Finance"), programme=make_programme("SI", "SI 2027")
        )
        done = make_project("OLD", LONG_AGO, phase=Phase.CLOSED)
        report(rgpd, day(-100), Weather.CLOUDY)
        report(rgpd, day(-3), Weather.STORMY)
        report(odoo, day(-40), Weather.RAINY)
        report(done, day(-60), Weather.STORMY)
        for offset in range(-4, 4):
            line(rgpd, offset, LONG_AGO, planned=100, actual=110 if offset <= 0 else 0, forecast=125, committed=105)
            line(odoo, offset, LONG_AGO, planned=50, actual=40 if offset <= 0 else 0, forecast=45)
        promise(rgpd, "Audit", day(-12), day(-30), actor=LONG_AGO)
        promise(rgpd, "Registre", day(20), day(-2), actor=LONG_AGO)
        promise(rgpd, "Formation", day(-50), actual=day(-45), actor=LONG_AGO)
        promise(odoo, "Recette", day(59), actor=LONG_AGO)
        promise(odoo, "Bascule", day(61), actor=LONG_AGO)
        promise(done, "Bilan", day(-200), actor=LONG_AGO)
        risk(rgpd, "R-1", 5, 4, LONG_AGO)
        risk(rgpd, "R-2", 3, 5, LONG_AGO, status=RiskStatus.TREATED)
        risk(odoo, "R-1", 2, 2, LONG_AGO)
        risk(odoo, "R-2", 5, 5, LONG_AGO, status=RiskStatus.MITIGATED)
        task(rgpd, "Registre", 4, "0.5")
    return world


def facts_of(world: World, filters: Filters = ALL, *, details: bool = False) -> PortfolioFacts:
    with world.within():
        return portfolio_facts(world.memberships["executive"], filters, TODAY, details=details)


def test_figures_equal_the_rows_added_up_by_hand(portfolio: World) -> None:
    facts = facts_of(portfolio)
    with portfolio.within():
        lines = list(BudgetLine.objects.all())
        risks = [one for one in Risk.objects.all() if one.status in ACTIVE]
        milestones = list(Milestone.objects.exclude(project__phase=Phase.CLOSED))
    for name in ("planned", "committed", "actual", "forecast"):
        expected = sum((getattr(one, name) for one in lines), Decimal(0))
        assert getattr(facts.money, name) == expected
        assert sum(getattr(one.money, name) for one in facts.months) == expected
        assert sum(getattr(one.money, name) for one in facts.poles) == expected
        assert sum(getattr(one.money, name) for one in facts.projects) == expected
    assert facts.planned_to_date == sum(one.planned for one in lines if one.month <= month(0))
    late = [one for one in milestones if one.actual_on is None and min(one.due_on, one.baseline_on) < TODAY]
    assert facts.milestones_late == len(late) == 2
    assert [row.name for row in facts.milestones] == ["Audit", "Registre", "Recette"]
    assert facts.milestones[0].days_late(TODAY) == 30 and facts.milestones[0].variance_days == 18
    assert facts.open_risks == len(risks) == 3
    assert facts.critical_risks == sum(one.probability * one.impact >= 15 for one in risks) == 2
    assert {(cell.probability, cell.impact): cell.count for cell in facts.matrix} == {(5, 4): 1, (3, 5): 1, (2, 2): 1}
    assert [row.score for row in facts.risks] == [20, 15, 4]
    weather = facts.weather
    assert (weather.stormy, weather.rainy, weather.closed, weather.open, weather.in_difficulty) == (1, 1, 1, 2, 2)


def test_projects_come_worst_first_with_their_own_facts(portfolio: World) -> None:
    rgpd, odoo, done = facts_of(portfolio).projects
    assert [rgpd.code, odoo.code, done.code] == ["RGPD", "ODOO", "OLD"]
    assert [one.weather for one in rgpd.history] == ["", "", "cloudy", "", "", "stormy"]
    assert [one.month for one in rgpd.history] == [month(offset) for offset in range(-5, 1)]
    assert rgpd.money.variance == Decimal(8 * 25) and rgpd.planned_to_date == Decimal(500)
    assert rgpd.progress == Decimal("0.5") and odoo.progress is None
    assert rgpd.next_milestone and rgpd.next_milestone.name == "Audit" and rgpd.milestones_late == 2
    assert (rgpd.milestones_total, rgpd.milestones_met) == (3, 1)
    assert rgpd.top_risk and rgpd.top_risk.reference == "R-1" and rgpd.open_risks == 2
    assert odoo.next_milestone and odoo.next_milestone.name == "Recette"
    assert rgpd.sponsor == "Diane Sponsor" and odoo.programme == "SI 2027"


def test_a_month_ago_is_told_by_dated_reports_and_by_the_journal(portfolio: World) -> None:
    cutoff = month_before(TODAY)
    recent, older = SYSTEM.on(cutoff + timedelta(days=1)), SYSTEM.on(cutoff)
    with portfolio.within():
        rgpd = Project.objects.get(code="RGPD")
        lines = list(BudgetLine.objects.filter(project=rgpd))
        update(recent, lines[0], {"forecast": Decimal(1125)})
        update(older, lines[1], {"forecast": Decimal(225)})
        delete(recent, Risk.objects.get(project=rgpd, reference="R-2"))
        update(recent, Risk.objects.get(project=rgpd, reference="R-1"), {"impact": 1})
        risk(rgpd, "R-9", 5, 5, recent)
        update(recent, Milestone.objects.get(name="Recette"), {"due_on": cutoff - timedelta(days=5)})
    facts = facts_of(portfolio)
    past = facts.previous
    assert past is not None and past.on == date(2026, 10, 16)
    assert facts.money.variance == Decimal(8 * 25 - 8 * 5 + 1000 + 100)
    assert past.money.variance == Decimal(8 * 25 - 8 * 5 + 100)
    assert past.critical_risks == 2 and facts.critical_risks == 1
    # The audit was promised for 17 October, the day after.
    assert past.milestones_late == 0 and facts.milestones_late == 3
    assert (past.weather.cloudy, past.weather.rainy, past.weather.stormy) == (1, 1, 0)


def test_a_portfolio_made_this_month_has_no_previous_figures(world: World) -> None:
    with world.within():
        project = make_project("NEW")
        line(project, 0, planned=10, forecast=20)
    assert portfolio_facts_today(world).previous is None


def portfolio_facts_today(world: World) -> PortfolioFacts:
    from tech4value.tenancy.clock import today

    with world.within():
        return portfolio_facts(world.memberships["executive"], Filters(), today())


def test_filters_narrow_every_figure(portfolio: World) -> None:
    with portfolio.within():
        rgpd, odoo = Project.objects.get(code="RGPD"), Project.objects.get(code="ODOO")
    by_pole = facts_of(portfolio, Filters(pole=odoo.pole_id))
    assert [row.code for row in by_pole.projects] == ["ODOO"]
    assert by_pole.money.planned == Decimal(400) and by_pole.open_risks == 1 and by_pole.milestones_late == 0
    assert by_pole.filters.pole == "Finance"
    by_programme = facts_of(portfolio, Filters(programme=odoo.programme_id))
    assert [row.code for row in by_programme.projects] == ["ODOO"]
    by_sponsor = facts_of(portfolio, Filters(sponsor=rgpd.sponsor_id))
    assert [row.code for row in by_sponsor.projects] == ["RGPD"]
    both = facts_of(portfolio, Filters(pole=odoo.pole_id, sponsor=rgpd.sponsor_id))
    assert both.projects == () and both.money.is_empty and both.previous is None


def test_a_deleted_project_counts_no_more(portfolio: World) -> None:
    with portfolio.within():
        delete(SYSTEM, Project.objects.get(code="RGPD"))
    facts = facts_of(portfolio)
    assert [row.code for row in facts.projects] == ["ODOO", "OLD"]
    assert facts.money.planned == Decimal(400) and facts.milestones_late == 0 and facts.critical_risks == 0


@pytest.mark.parametrize("details", [False, True])
def test_facts_survive_json_unchanged(portfolio: World, details: bool) -> None:
    facts = facts_of(portfolio, details=details)
    text = json.dumps(facts.to_json(), ensure_ascii=False)
    again = PortfolioFacts.from_json(json.loads(text))
    assert again == facts
    assert json.dumps(again.to_json(), ensure_ascii=False) == text
    with pytest.raises(FrozenDataError, match="money"):
        PortfolioFacts.from_json({**facts.to_json(), "money": 3})


def test_details_hold_what_a_page_about_each_project_needs(portfolio: World) -> None:
    rgpd = facts_of(portfolio, details=True).projects[0]
    assert [row.name for row in rgpd.milestones] == ["Formation", "Audit", "Registre"]
    assert [row.reference for row in rgpd.risks] == ["R-1", "R-2"]
    assert sum(one.money.planned for one in rgpd.months) == rgpd.money.planned
    assert facts_of(portfolio).projects[0].months == ()


@pytest.mark.parametrize("details", [False, True])
def test_the_number_of_queries_does_not_depend_on_the_number_of_projects(world: World, details: bool) -> None:
    counts: list[int] = []
    for wanted in (3, 60):
        with world.within():
            for index in range(Project.objects.count(), wanted):
                project = make_project(f"P{index:02}", pole=make_pole(f"P{index % 5}", f"Pôle {index % 5}"))
                report(project, day(-3), Weather.RAINY)
                line(project, 0, planned=10, forecast=12)
                promise(project, "Jalon", day(index - 30))
                risk(project, "R-1", 4, 4)
        with world.within(), CaptureQueriesContext(connection) as queries:
            facts = portfolio_facts(world.memberships["executive"], Filters(), TODAY, details=details)
        assert len(facts.projects) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20, counts


def test_a_member_without_the_permission_sees_no_project(portfolio: World) -> None:
    with portfolio.within():
        facts = portfolio_facts(portfolio.memberships["member"], Filters(), TODAY)
    assert facts.projects == () and facts.money.is_empty and facts.risks == ()


def test_the_filters_of_an_address_keep_only_keys() -> None:
    from django.http import QueryDict

    key = "01900000-0000-7000-8000-000000000001"
    filters = Filters.from_query(QueryDict(f"pole={key}&programme=x&sponsor=&other=1"))
    assert filters.query == f"pole={key}"
    assert Filters.from_query(filters.as_dict()) == filters
