from django.urls import path

from portfolio.risks import risk_views, views

app_name = "risks"
urlpatterns = [
    path("", views.RegisterView.as_view(), name="register"),
    path("explain/<slug:key>/", views.RegisterExplainView.as_view(), name="explain"),
    path("new/", risk_views.RiskCreateView.as_view(), name="create"),
    path("projects/<uuid:project_id>/", views.ProjectRisksView.as_view(), name="project"),
    path("projects/<uuid:project_id>/new/", risk_views.RiskCreateInView.as_view(), name="create_in"),
    path(
        "projects/<uuid:project_id>/explain/<slug:key>/",
        views.ProjectRisksExplainView.as_view(),
        name="project_explain",
    ),
    path("<uuid:pk>/", risk_views.RiskView.as_view(), name="risk"),
    path("<uuid:pk>/edit/", risk_views.RiskChangeView.as_view(), name="edit"),
    path("<uuid:pk>/close/", risk_views.RiskCloseView.as_view(), name="close"),
    path("<uuid:pk>/reopen/", risk_views.RiskReopenView.as_view(), name="reopen"),
    path("<uuid:pk>/delete/", risk_views.RiskDeleteView.as_view(), name="delete"),
    path("<uuid:pk>/restore/", risk_views.RiskRestoreView.as_view(), name="restore"),
]
