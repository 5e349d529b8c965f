"""The demo says what is known of the company: heads, poles, loads, full-time equivalents, budgets."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client

from demo.tech4value import TECH4VALUE
from integrations.imports.models import Import, ImportState
from portfolio.capacity.models import LoadMonth
from portfolio.capacity.queries import full_time_minutes, pole_load
from portfolio.finance.models import BudgetLine
from portfolio.governance.models import TemplateUse
from portfolio.people.models import Person, Pole
from portfolio.people.queries import capacities
from portfolio.projects.models import Project, ProjectMember
from tech4value.accounts.models import Membership, TenantAccess, User
from tech4value.billing.models import Subscription
from tech4value.notifications.models import TeamsWebhook
from tech4value.tables.models import SavedView
from tech4value.tenancy.context import tenant_context
from tests.demo.conftest import Demo

pytestmark = [pytest.mark.db, pytest.mark.xdist_group("demo")]

LOADS = {"IT": 120, "DEV": 98, "DATA": 70, "SEC": 92, "RH": 80, "FIN": 76, "RSE": 64, "PMO": 88}
LISTS = {"Axes et gains": "projects", "À valider en comité": "plans/tasks"}
BUDGETS = {"RGPD": 1_180_000, "ODOO": 1_540_000, "DATA": 990_000, "SAAS": 1_220_000, "GREEN": 430_000}
FTE = {"RGPD": 13, "ODOO": 18, "DATA": 14, "SAAS": 23, "GREEN": 10}


def test_heads_are_the_companys_own(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        roles = Counter(Membership.objects.values_list("role", flat=True))
        assert Subscription.objects.get().plan == "enterprise"
        assert Pole.objects.filter(manager=None).count() == 0
    # Ten executives: the direction of the PMO and the administrator are among them. Readers have no seat.
    assert roles["executive"] + roles["pmo"] + roles["administrator"] == 10
    assert {name: roles[name] for name in ("pole_manager", "project_manager", "team_member", "end_user")} == {
        "pole_manager": 8,
        "project_manager": 18,
        "team_member": 78,
        "end_user": 100,
    }
    assert TenantAccess.objects.filter(tenant=demo.tech4value).count() == sum(roles.values())


def test_each_pole_shows_its_load_this_month(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        rows = pole_load(demo.today.replace(day=1), 6)
        codes = dict(Pole.objects.values_list("pk", "code"))
    months = sorted({row.month for row in rows})
    ratios = {(codes[row.pole_id], row.month): row.ratio for row in rows if row.pole_id}
    assert {code: round(ratios[code, months[0]] * 100) for code in LOADS} == LOADS
    assert all(ratios["IT", month] > 1 for month in months)
    assert len(rows) == len(LOADS) * len(months)  # nobody is without a pole


def test_each_project_has_its_full_time_equivalents(demo: Demo) -> None:
    """Load of the month over the presence of those who work: holidays take no equivalent away from a project."""
    month = demo.today.replace(day=1)
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found: Counter[str] = Counter()
    with tenant_context(demo.tech4value):
        persons = [one for one in Person.objects.all() if one.capacity]
        present = capacities(persons, [(month, last)])
        full = full_time_minutes([month])[month]
        presence = {one.pk: present[one.pk][0] / (full * float(one.capacity)) for one in persons}
        for row in LoadMonth.objects.filter(month=month).select_related("project"):
            if presence[row.person_id]:
                found[row.project.code] += row.minutes / full / presence[row.person_id]
        teams = Counter(ProjectMember.objects.values_list("project__code", flat=True))
    assert {code: abs(found[code] - fte) <= 0.7 for code, fte in FTE.items()} == dict.fromkeys(FTE, True), found
    assert abs(sum(found.values()) - 78) < 1.5
    assert all(teams[code] >= fte for code, fte in FTE.items())


def test_budgets_sum_to_what_was_given(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        told = BudgetLine.objects.filter(project__code__in=BUDGETS)
        # What has not begun has its lines, and no amount yet.
        assert not BudgetLine.objects.exclude(project__code__in=BUDGETS).exclude(planned=0, forecast=0).exists()
        rows = told.values("project__code").annotate(planned=Sum("planned"), forecast=Sum("forecast"))
        sums = {row["project__code"]: row for row in rows}
        natures = set(BudgetLine.objects.values_list("project__code", "nature"))
    assert {code: row["planned"] for code, row in sums.items()} == {
        code: Decimal(total) for code, total in BUDGETS.items()
    }
    overrun = {code: row["forecast"] / row["planned"] - 1 for code, row in sums.items()}
    assert overrun["ODOO"] > Decimal("0.08")
    assert overrun["DATA"] < Decimal("-0.04")
    assert Decimal("-0.01") < overrun["GREEN"] <= 0  # tight
    assert {nature for _code, nature in natures} == {"capex", "opex"}


def test_money_follows_the_calendar(demo: Demo) -> None:
    month = demo.today.replace(day=1)
    with tenant_context(demo.tech4value):
        lines = list(BudgetLine.objects.select_related("project"))
    assert all(line.actual == 0 for line in lines if line.month > month)
    assert all(line.actual == line.forecast == line.committed for line in lines if line.month < month)
    assert all(line.committed >= line.actual for line in lines)
    past = {line.month for line in lines if line.month < month and line.actual}
    assert len(past) >= 12


def test_projects_are_as_told(demo: Demo) -> None:
    with tenant_context(demo.tech4value):
        projects = {project.code: project for project in Project.objects.select_related("pole", "manager", "sponsor")}
    assert {code: project.pole.code for code, project in projects.items()} == {
        "RGPD": "SEC",
        "ODOO": "IT",
        "DATA": "DATA",
        "SAAS": "DEV",
        "GREEN": "RSE",
        "INTRANET": "RH",
    }
    assert {story.code: story.fte for story in TECH4VALUE.projects} == FTE
    assert all(project.manager and project.sponsor and project.programme_id for project in projects.values())


def test_the_other_company_sees_nothing_of_it(demo: Demo) -> None:
    with tenant_context(demo.connect_plus):
        assert Subscription.objects.get().plan == "professional"
        assert Project.objects.count() == 3
        assert 20 <= Membership.objects.count() <= 30
        assert not Person.objects.filter(email__endswith="@tech4value.example").exists()
        assert not Project.objects.filter(code__in=BUDGETS).exists()


def test_the_company_has_made_the_product_its_own(demo: Demo) -> None:
    """Camille, of the PMO: fields with values that came in a table, shared views, a project from her template."""
    client = Client()
    with tenant_context(demo.tech4value):
        client.force_login(User.objects.get(email="camille.lefevre@tech4value.example"))
        brought = Import.objects.get(kind="table")
        views = {view.name: view for view in SavedView.objects.all()}
        use = TemplateUse.objects.select_related("project").get()
        channel = TeamsWebhook.objects.get()
    assert brought.state == ImportState.DONE
    assert brought.result["updated"] == len(BUDGETS) + 1
    assert not channel.is_active  # nothing leaves the demo
    pages = {name: client.get(f"/t/tech4value/{path}/?{views[name].query}") for name, path in LISTS.items()}
    assert "Responsabilité" in pages["Axes et gains"].content.decode()
    assert "1\u202f150\u202f000" in pages["Axes et gains"].content.decode()
    assert "Rapport d’audit et liste des écarts" in pages["À valider en comité"].content.decode()
    assert "Former l’ensemble" not in pages["À valider en comité"].content.decode()
    roles = client.get(f"/t/tech4value/templates/project/{use.project_id}/").content.decode()
    assert "Julien Maret" in roles and "À pourvoir" in roles
