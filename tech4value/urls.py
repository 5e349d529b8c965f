"""Routes. A tenant's pages are written without their `/t/<slug>/`: TenantPathMiddleware has taken it off."""

from django.urls import include, path

from tech4value.console.home import HomeView, RootView, WorkView
from tech4value.console.views.acceptance import InvitationView
from tech4value.notifications.mailbox import DemoMailboxView, DemoMailView
from tech4value.notifications.preference_views import UnsubscribeView

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("home/", HomeView.as_view(), name="home"),
    path("work/", WorkView.as_view(), name="work"),
    path("accounts/", include("tech4value.accounts.urls")),
    path("invitation/<str:key>/", InvitationView.as_view(), name="invitation"),
    path("demo/mail/", DemoMailboxView.as_view(), name="demo_mailbox"),
    path("demo/mail/<int:pk>/", DemoMailView.as_view(), name="demo_mail"),
    path("", include("tech4value.web.urls")),
    path("unsubscribe/<str:token>/", UnsubscribeView.as_view(), name="unsubscribe"),
    path("notifications/", include("tech4value.notifications.urls")),
    path("files/", include("tech4value.files.urls")),
    path("jobs/", include("tech4value.jobs.urls")),
    path("tables/", include("tech4value.tables.urls")),
    path("settings/", include("tech4value.console.urls")),
    path("people/", include("portfolio.people.urls")),
    path("projects/", include("portfolio.projects.urls")),
    path("plans/", include("portfolio.planning.urls")),
    path("drifts/", include("portfolio.drift.urls")),
    path("simulations/", include("portfolio.simulation.urls")),
    path("capacity/", include("portfolio.capacity.urls")),
    path("time/", include("portfolio.timesheets.urls")),
    path("budget/", include("portfolio.finance.urls")),
    path("cash/", include("portfolio.treasury.urls")),
    path("scenarios/", include("portfolio.scenarios.urls")),
    path("optimisations/", include("portfolio.scenarios.optimisation.urls")),
    path("risks/", include("portfolio.risks.urls")),
    path("templates/", include("portfolio.governance.urls")),
    path("imports/", include("integrations.imports.urls")),
    path("exports/", include("integrations.exports.urls")),
    path("dashboard/", include("reporting.dashboards.urls")),
    path("packs/", include("reporting.packs.urls")),
    path("search/", include("tech4value.search.urls")),
    path("api/", include("tech4value.api_docs.urls")),
    path("api/v1/", include("tech4value.api_urls")),
]

# allauth's name for it; Django has none.
handler429 = "tech4value.accounts.rate_limits.too_many_for_allauth"
handler400 = "tech4value.web.problems.bad_request"
handler403 = "tech4value.web.problems.permission_denied"
handler404 = "tech4value.web.problems.not_found"
handler500 = "tech4value.web.problems.server_error"
