"""Routes. A tenant's pages are written without their `/t/<slug>/`: TenantPathMiddleware has taken it off."""

from django.urls import include, path

from tech4value.accounts.views import NoAddressChangeView
from tech4value.console.home import HomeView, RootView, WorkView
from tech4value.console.views.acceptance import InvitationView
from tech4value.notifications.mailbox import DemoMailboxView

urlpatterns = [
    path("", RootView.as_view(), name="root"),
    path("home/", HomeView.as_view(), name="home"),
    path("work/", WorkView.as_view(), name="work"),
    path("accounts/email/", NoAddressChangeView.as_view(), name="no_address_change"),
    path("accounts/", include("allauth.urls")),
    path("invitation/<str:key>/", InvitationView.as_view(), name="invitation"),
    path("demo/mail/", DemoMailboxView.as_view(), name="demo_mailbox"),
    path("", include("tech4value.web.urls")),
    path("files/", include("tech4value.files.urls")),
    path("jobs/", include("tech4value.jobs.urls")),
    path("settings/", include("tech4value.console.urls")),
    path("people/", include("portfolio.people.urls")),
    path("projects/", include("portfolio.projects.urls")),
    path("plans/", include("portfolio.planning.urls")),
    path("capacity/", include("portfolio.capacity.urls")),
    path("budget/", include("portfolio.finance.urls")),
    path("risks/", include("portfolio.risks.urls")),
    path("imports/", include("integrations.imports.urls")),
    path("dashboard/", include("reporting.dashboards.urls")),
    path("packs/", include("reporting.packs.urls")),
    path("search/", include("tech4value.search.urls")),
    path("api/v1/", include("tech4value.api_urls")),
]

handler400 = "tech4value.web.problems.bad_request"
handler403 = "tech4value.web.problems.permission_denied"
handler404 = "tech4value.web.problems.not_found"
handler500 = "tech4value.web.problems.server_error"
