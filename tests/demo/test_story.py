"""Twelve months of history, told without contradiction."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Count, F, Max, Min, Q

from demo.planning import BASELINE
from integrations.imports.models import Import, ImportState
from portfolio.drift.domain import DriftKind
from portfolio.drift.models import DriftAlert
from portfolio.finance.earned_value_queries import total_value, works_of
from portfolio.planning.models import Assignment, Baseline, BaselineTask, Dependency, Task, TaskKind
from portfolio.projects.models import Milestone, Project, StatusReport
from portfolio.risks.models import Risk
from reporting.dashboards.filters import Filters
from reporting.dashboards.queries import portfolio_facts
from reporting.dashboards.words import sentences
from tech4value.accounts.models import Membership
from tech4value.audit.models import AuditEvent, ExternalRef
from tech4value.tenancy.clock import today
from tech4value.tenancy.context import tenant_context
from tests.demo.conftest import Demo

pytestmark = [pytest.mark.db, pytest.mark.xdist_group("demo")]


@pytest.fixture(params=["tech4value", "connect_plus"])
def tenant(request: pytest.FixtureRequest, demo: Demo) -> object:
    return getattr(demo, request.param)


def _begun() -> Any:
    """The projects that are told from their beginning; the others are still to come."""
    return Project.objects.filter(starts_on__lte=today())


def test_reports_cover_twelve_months_every_fortnight(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        for project in _begun():
            days = list(
                StatusReport.objects.filter(project=project)
                .order_by("reported_on")
                .values_list("reported_on", flat=True)
            )
            assert days[0] <= demo.today - timedelta(days=350), project
            assert demo.today - timedelta(days=11) <= days[-1] <= demo.today, project
            assert {(after - before).days for before, after in pairwise(days)} == {14}, project
            assert StatusReport.objects.filter(project=project, comment="").count() == 0


def test_nothing_to_come_has_happened(demo: Demo, tenant: object) -> None:
    with tenant_context(tenant):
        assert not Milestone.objects.filter(actual_on__gt=demo.today).exists()
        assert not StatusReport.objects.filter(reported_on__gt=demo.today).exists()
        assert not Task.objects.filter(actual_end_at__date__gt=demo.today).exists()
        assert not Task.objects.filter(starts_at__date__gt=demo.today, percent_complete__gt=0).exists()
        assert not AuditEvent.objects.filter(effective_on__gt=demo.today).exists()
        # What should have been met and is not is late: there is no third case.
        forgotten = Milestone.objects.filter(actual_on=None, due_on__lt=demo.today)
        assert not forgotten.exists()


def test_the_four_weeks_that_nobody_saw(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        late = Milestone.objects.get(project__code="RGPD", name="Avenants des sous-traitants signés")
        assert (late.due_on - late.baseline_on).days == 28
        moves = AuditEvent.objects.filter(object_id=late.pk, changes__has_key="due_on", verb="milestone.updated")
        known = sorted(moves.values_list("effective_on", flat=True))
        said = dict(
            StatusReport.objects.filter(project__code="RGPD")
            .order_by("reported_on")
            .values_list("reported_on", "weather")
        )
    assert len(known) == 4
    after_the_first_slip = [weather for day, weather in said.items() if known[0] <= day]
    assert after_the_first_slip[0] == "sunny"
    assert after_the_first_slip[-1] == "stormy"


def test_plans_are_whole(demo: Demo, tenant: object) -> None:
    small = tenant == demo.connect_plus
    with tenant_context(tenant):
        for project in _begun():
            tasks = Task.objects.filter(project=project)
            count = tasks.count()
            assert (10 if small else 30) <= count <= 60, (project, count)
            assert tasks.filter(kind=TaskKind.SUMMARY).count() >= 3
            assert Dependency.objects.filter(project=project).count() >= count / 2
            assert Assignment.objects.filter(project=project).exists()
            assert tasks.filter(is_critical=True).exists()
            baseline = Baseline.objects.get(project=project)
            assert small or project.code == "GREEN" or baseline.name == BASELINE
            assert BaselineTask.objects.filter(baseline=baseline).count() == count
            joined = tasks.filter(kind=TaskKind.MILESTONE, milestone__isnull=False).count()
            assert joined == Milestone.objects.filter(project=project).count()
            for task in tasks.filter(kind=TaskKind.MILESTONE).select_related("milestone"):
                assert task.starts_at.date() == task.milestone.due_on, task


def test_progress_goes_with_time_and_money(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        member = Membership.objects.filter(role="executive").order_by("id")[0]
        facts = portfolio_facts(member, Filters(), demo.today)
        said = [sentence.text for sentence in sentences(facts)]
    begun = [row for row in facts.projects if row.starts_on <= demo.today]
    assert len(begun) == 5
    for row in begun:
        elapsed = (demo.today - row.starts_on) / (row.ends_on - row.starts_on)
        assert row.progress is not None
        assert abs(float(row.progress) - elapsed) < 0.15, row.code
        assert abs(row.money.spent_share - row.planned_to_date / row.money.planned) < 0.1, row.code
        assert len([month for month in row.history if month.weather]) >= 5
        assert row.next_milestone and row.top_risk
    weathers = {row.code: row.weather for row in begun}
    assert weathers == {"RGPD": "stormy", "ODOO": "rainy", "SAAS": "cloudy", "GREEN": "cloudy", "DATA": "sunny"}
    assert [row.code for row in facts.projects][:2] == ["RGPD", "ODOO"]
    assert facts.milestones_late == 3
    assert 3 <= facts.critical_risks <= 8
    assert facts.previous is not None and facts.previous.weather.stormy == 0
    assert len(said) == 6


def test_risks_by_project(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        counts = (
            Risk.objects.filter(project__in=_begun())
            .values("project__code")
            .annotate(
                all=Count("pk"), owned=Count("owner"), active=Count("pk", filter=Q(status__in=["open", "treated"]))
            )
        )
        assert all(5 <= row["all"] <= 8 and row["owned"] == row["all"] and row["active"] >= 4 for row in counts)


def test_part_of_it_came_in_files(demo: Demo, tenant: object) -> None:
    with tenant_context(tenant):
        imports = Import.objects.all()
        tables = {"table"} if tenant == demo.tech4value else set()
        assert {one.kind for one in imports} == {"workbook", "mspdi", *tables}
        assert all(one.state == ImportState.DONE for one in imports)
        assert ExternalRef.objects.filter(external_type="budget-line").exists()
        assert ExternalRef.objects.filter(external_type="task").exists()


def test_history_goes_back_a_year(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        days = AuditEvent.objects.aggregate(first=Min("effective_on"), last=Max("effective_on"))
    assert days["first"] <= demo.today - timedelta(days=365)
    assert days["last"] >= demo.today - timedelta(days=11)


def test_what_drifts_is_told_and_each_project_has_a_value(demo: Demo) -> None:
    """Every late promise has its alert; few teams have gone silent; earned value has all that it needs."""
    with tenant_context(demo.tech4value):
        alerts = DriftAlert.objects.filter(closed_on=None)
        late = Milestone.objects.filter(actual_on=None, due_on__gte=F("baseline_on") + timedelta(days=7))
        promised = set(alerts.filter(kind=DriftKind.MILESTONE_LATE.value).values_list("milestone_id", flat=True))
        assert set(late.values_list("pk", flat=True)) <= promised
        silent = alerts.filter(kind=DriftKind.NO_PROGRESS.value)
        assert 1 <= silent.count() <= Project.objects.count()
        works = works_of(list(_begun()), today())
        assert [work.missing for work in works] == [None] * len(works)
        total = total_value(works)
        assert total is not None and 0 < total.earned_value < total.planned_value < total.budget_at_completion
