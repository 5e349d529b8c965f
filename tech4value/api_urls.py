"""`/t/<slug>/api/v1/`: each room registers its viewsets here; additive changes only."""

from functools import lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from integrations.exports.api import PlanExportViewSet
from integrations.imports.api import ImportViewSet
from portfolio.capacity.api import CapacityViewSet
from portfolio.capacity.booking_api import AllocationViewSet, OverloadAlertViewSet, StaffingRequestViewSet
from portfolio.drift.api import DriftAlertViewSet, DriftRuleViewSet
from portfolio.finance.api import BudgetLineViewSet
from portfolio.finance.benefits_api import BenefitViewSet, BenefitYearViewSet
from portfolio.finance.benefits_returns_api import (
    ProjectReturnsViewSet,
    ReturnSettingsViewSet,
    TotalReturnsViewSet,
)
from portfolio.finance.completion_api import CompletionChoiceViewSet
from portfolio.finance.earned_value_api import EarnedValueViewSet, TotalEarnedValueViewSet
from portfolio.finance.envelope_api import EnvelopeLineViewSet, EnvelopeShareViewSet, EnvelopeViewSet
from portfolio.finance.order_api import PurchaseOrderLineViewSet, PurchaseOrderViewSet
from portfolio.finance.variance_api import BudgetVariancesTotalViewSet, BudgetVarianceViewSet
from portfolio.finance.version_api import BudgetTransferViewSet, BudgetVersionViewSet
from portfolio.governance.api import FromTemplateViewSet, ProjectTemplateViewSet, TeamRoleViewSet
from portfolio.people.api import (
    AbsenceViewSet,
    CalendarExceptionViewSet,
    CalendarViewSet,
    PersonViewSet,
    PoleViewSet,
)
from portfolio.people.catalogue_api import PersonSkillViewSet, ProfileViewSet, SkillViewSet
from portfolio.people.rate_api import RateViewSet
from portfolio.planning.api import TaskViewSet
from portfolio.planning.assignment_api import AssignmentViewSet
from portfolio.planning.baseline_api import BaselineViewSet
from portfolio.planning.link_api import DependencyViewSet
from portfolio.planning.portfolio_api import PortfolioPathViewSet
from portfolio.projects.api import (
    MilestoneViewSet,
    ProgrammeViewSet,
    ProjectMemberViewSet,
    ProjectViewSet,
    StatusReportViewSet,
)
from portfolio.risks.api import RiskViewSet
from portfolio.scenarios.api import ScenarioOperationViewSet, ScenarioViewSet
from portfolio.scenarios.optimisation.api import OptimisationViewSet
from portfolio.scenarios.proposals_api import ProposalViewSet
from portfolio.simulation.api import ForecastViewSet
from portfolio.simulation.estimate_api import (
    EstimateClassViewSet,
    EstimateViewSet,
    SimulationSettingsViewSet,
)
from portfolio.simulation.risk_effect_api import RiskEffectViewSet
from portfolio.timesheets.api import TimeEntryViewSet, TimesheetViewSet
from portfolio.treasury.api import (
    BankAccountViewSet,
    ContractInstalmentViewSet,
    ContractViewSet,
    ExchangeRateViewSet,
    InvoiceViewSet,
    PaymentViewSet,
    PayrollRuleViewSet,
    VatRateViewSet,
)
from portfolio.treasury.plan_api import (
    CashAlertViewSet,
    CashContributionViewSet,
    CashFlowViewSet,
    CashMonthViewSet,
    CashWeekViewSet,
)
from portfolio.treasury.settings_api import VatSettingsViewSet
from reporting.dashboards.api import ProjectFactsViewSet
from reporting.packs.api import PackViewSet
from tech4value.accounts.permissions import Permission
from tech4value.api_words import register_words
from tech4value.console.api import (
    AuditEventViewSet,
    FileViewSet,
    InvitationsViewSet,
    JobViewSet,
    MembersViewSet,
    MeViewSet,
)
from tech4value.console.fields_api import FieldViewSet
from tech4value.notifications.api import NotificationPreferencesViewSet, NotificationViewSet
from tech4value.search.api import SearchViewSet


@lru_cache(maxsize=4)
def _document(language: str) -> dict[str, Any]:
    """The whole document in the active language, of no tenant in particular: it is long to make."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # upstream
    if not language.startswith("en"):
        for component in schema["components"]["schemas"].values():
            component.pop("description", None)  # said in English, for those who read the code
    return schema


class TenantSchemaGenerator(SchemaGenerator):
    """The document, the same for all but for the address: that of the tenant that it is asked in."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        schema = _document(get_language() or "")
        return schema if request is None else {**schema, "servers": [{"url": request.META.get("SCRIPT_NAME") or "/"}]}


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, for members."""

    generator_class = TenantSchemaGenerator
    permission = Permission.SELF


register_words()
router = SimpleRouter()
router.register("people", PersonViewSet, basename="person")
router.register("allocations", AllocationViewSet, basename="allocation")
router.register("staffing-requests", StaffingRequestViewSet, basename="staffing-request")
router.register("overload-alerts", OverloadAlertViewSet, basename="overload-alert")
router.register("profiles", ProfileViewSet, basename="profile")
router.register("skills", SkillViewSet, basename="skill")
router.register("person-skills", PersonSkillViewSet, basename="person-skill")
router.register("poles", PoleViewSet, basename="pole")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("calendar-exceptions", CalendarExceptionViewSet, basename="calendar-exception")
router.register("rates", RateViewSet, basename="rate")
router.register("timesheets", TimesheetViewSet, basename="timesheet")
router.register("time-entries", TimeEntryViewSet, basename="time-entry")
router.register("absences", AbsenceViewSet, basename="absence")
router.register("programmes", ProgrammeViewSet, basename="programme")
router.register("projects/from-template", FromTemplateViewSet, basename="project-from-template")
router.register("projects", ProjectViewSet, basename="project")
router.register("project-members", ProjectMemberViewSet, basename="project-member")
router.register("status-reports", StatusReportViewSet, basename="status-report")
router.register("milestones", MilestoneViewSet, basename="milestone")
router.register("me", MeViewSet, basename="me")
router.register("members", MembersViewSet, basename="member")
router.register("invitations", InvitationsViewSet, basename="invitation")
router.register("notifications", NotificationViewSet, basename="notification")
router.register("jobs", JobViewSet, basename="job")
router.register("audit-events", AuditEventViewSet, basename="audit-event")
router.register("fields", FieldViewSet, basename="field")
router.register("files", FileViewSet, basename="file")
router.register("estimates", EstimateViewSet, basename="estimate")
router.register("estimate-classes", EstimateClassViewSet, basename="estimate-class")
router.register("risk-effects", RiskEffectViewSet, basename="risk-effect")
router.register("simulation-settings", SimulationSettingsViewSet, basename="simulation-settings")
router.register("forecasts", ForecastViewSet, basename="forecast")
router.register("drift-alerts", DriftAlertViewSet, basename="drift-alert")
router.register("drift-rules", DriftRuleViewSet, basename="drift-rule")
router.register("budget-lines", BudgetLineViewSet, basename="budget-line")
router.register("envelopes", EnvelopeViewSet, basename="envelope")
router.register("envelope-lines", EnvelopeLineViewSet, basename="envelope-line")
router.register("envelope-shares", EnvelopeShareViewSet, basename="envelope-share")
router.register("budget-versions", BudgetVersionViewSet, basename="budget-version")
router.register("budget-transfers", BudgetTransferViewSet, basename="budget-transfer")
router.register("purchase-orders", PurchaseOrderViewSet, basename="purchase-order")
router.register("purchase-order-lines", PurchaseOrderLineViewSet, basename="purchase-order-line")
router.register("completion-choices", CompletionChoiceViewSet, basename="completion-choice")
router.register("budget-variances", BudgetVarianceViewSet, basename="budget-variance")
router.register("budget-variances-total", BudgetVariancesTotalViewSet, basename="budget-variances-total")
router.register("earned-value", EarnedValueViewSet, basename="earned-value")
router.register("earned-value-total", TotalEarnedValueViewSet, basename="earned-value-total")
router.register("benefits", BenefitViewSet, basename="benefit")
router.register("benefit-years", BenefitYearViewSet, basename="benefit-year")
router.register("project-returns", ProjectReturnsViewSet, basename="project-returns")
router.register("project-returns-total", TotalReturnsViewSet, basename="project-returns-total")
router.register("bank-accounts", BankAccountViewSet, basename="bank-account")
router.register("contracts", ContractViewSet, basename="contract")
router.register("contract-instalments", ContractInstalmentViewSet, basename="contract-instalment")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("payments", PaymentViewSet, basename="payment")
router.register("payroll-rules", PayrollRuleViewSet, basename="payroll-rule")
router.register("exchange-rates", ExchangeRateViewSet, basename="exchange-rate")
router.register("vat-rates", VatRateViewSet, basename="vat-rate")
router.register("cash-months", CashMonthViewSet, basename="cash-month")
router.register("cash-weeks", CashWeekViewSet, basename="cash-week")
router.register("cash-flows", CashFlowViewSet, basename="cash-flow")
router.register("cash-alerts", CashAlertViewSet, basename="cash-alert")
router.register("optimisations", OptimisationViewSet, basename="optimisation")
router.register("cash-contributions", CashContributionViewSet, basename="cash-contribution")
router.register("scenarios", ScenarioViewSet, basename="scenario")
router.register("scenario-operations", ScenarioOperationViewSet, basename="scenario-operation")
router.register("proposals", ProposalViewSet, basename="proposal")
router.register("risks", RiskViewSet, basename="risk")
router.register("packs", PackViewSet, basename="pack")
router.register("project-facts", ProjectFactsViewSet, basename="project-facts")
router.register("imports", ImportViewSet, basename="import")
router.register("plan-exports", PlanExportViewSet, basename="plan-export")
router.register("tasks", TaskViewSet, basename="task")
router.register("portfolio-critical-path", PortfolioPathViewSet, basename="portfolio-critical-path")
router.register("dependencies", DependencyViewSet, basename="dependency")
router.register("assignments", AssignmentViewSet, basename="assignment")
router.register("baselines", BaselineViewSet, basename="baseline")
router.register("project-templates", ProjectTemplateViewSet, basename="project-template")
router.register("team-roles", TeamRoleViewSet, basename="team-role")
router.register("capacity", CapacityViewSet, basename="capacity")
router.register("search", SearchViewSet, basename="search")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path(
        "notification-preferences/",
        NotificationPreferencesViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="notification-preferences",
    ),
    path(
        "return-settings/",
        ReturnSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, basename="return-settings"),
        name="return-settings",
    ),
    path(
        "vat-settings/",
        VatSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, basename="vat-settings"),
        name="vat-settings",
    ),
    *router.urls,
]
