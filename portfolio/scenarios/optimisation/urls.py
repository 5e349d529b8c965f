from django.urls import path

from portfolio.scenarios.optimisation import views

app_name = "optimisation"
urlpatterns = [
    path("", views.StudiesView.as_view(), name="studies"),
    path("new/", views.StudyCreateView.as_view(), name="create"),
    path("<uuid:pk>/", views.StudyView.as_view(), name="study"),
    path("<uuid:pk>/edit/", views.StudyChangeView.as_view(), name="edit"),
    path("<uuid:pk>/delete/", views.DeleteView.as_view(), name="delete"),
    path("<uuid:pk>/restore/", views.RestoreStudyView.as_view(), name="restore"),
    path("<uuid:pk>/duplicate/", views.DuplicateView.as_view(), name="duplicate"),
    path("<uuid:pk>/run/", views.RunView.as_view(), name="run"),
    path("<uuid:pk>/cancel/", views.CancelView.as_view(), name="cancel"),
    path("<uuid:pk>/open/", views.OpenView.as_view(), name="open"),
    path("<uuid:pk>/progress/", views.ProgressView.as_view(), name="progress"),
    path("<uuid:pk>/explain/<slug:key>/", views.ExplainView.as_view(), name="explain"),
    path("<uuid:pk>/projects/<uuid:project_id>/", views.CandidateView.as_view(), name="candidate"),
    path("<uuid:pk>/rules/new/", views.RuleCreateView.as_view(), name="rule_create"),
    path("<uuid:pk>/rules/<slug:number>/remove/", views.RuleRemoveView.as_view(), name="rule_remove"),
]
