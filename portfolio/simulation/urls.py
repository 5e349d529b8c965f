from django.urls import path

from portfolio.simulation import estimate_views, views

app_name = "simulation"
urlpatterns = [
    path("classes/create/", estimate_views.ClassFormView.as_view(), name="class_create"),
    path("classes/<uuid:pk>/edit/", estimate_views.ClassFormView.as_view(), name="class_edit"),
    path("classes/<uuid:pk>/delete/", estimate_views.ClassDeleteView.as_view(), name="class_delete"),
    path("classes/<uuid:pk>/restore/", estimate_views.ClassRestoreView.as_view(), name="class_restore"),
    path("project/<uuid:project_id>/", views.ProjectForecastView.as_view(), name="project"),
    path("project/<uuid:project_id>/run/", views.RunView.as_view(), name="run"),
    path("project/<uuid:project_id>/cancel/", views.CancelView.as_view(), name="cancel"),
    path("project/<uuid:project_id>/progress/", views.ProgressView.as_view(), name="progress"),
    path("project/<uuid:project_id>/explain/<slug:key>/", views.ExplainView.as_view(), name="explain"),
    path("project/<uuid:project_id>/estimates/", estimate_views.EstimatesView.as_view(), name="estimates"),
    path("project/<uuid:project_id>/settings/", estimate_views.SettingsView.as_view(), name="settings"),
    path("project/<uuid:project_id>/risks/<uuid:risk_id>/", estimate_views.RiskEffectView.as_view(), name="risk"),
]
