"""`/t/<slug>/api/v1/`: each room registers its viewsets here; additive changes only."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from portfolio.finance.api import BudgetLineViewSet
from portfolio.risks.api import RiskViewSet
from reporting.dashboards.api import ProjectFactsViewSet
from tech4value.accounts.permissions import Permission
from tech4value.console.api import AuditEventViewSet, FileViewSet, JobViewSet, MembersViewSet, MeViewSet


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, for members."""

    permission = Permission.SELF


router = SimpleRouter()
router.register("me", MeViewSet, basename="me")
router.register("members", MembersViewSet, basename="member")
router.register("jobs", JobViewSet, basename="job")
router.register("audit-events", AuditEventViewSet, basename="audit-event")
router.register("files", FileViewSet, basename="file")
router.register("budget-lines", BudgetLineViewSet, basename="budget-line")
router.register("risks", RiskViewSet, basename="risk")
router.register("project-facts", ProjectFactsViewSet, basename="project-facts")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    *router.urls,
]
