"""Messages: what one received, what one wants, where Teams is told."""

from django.urls import path

from tech4value.notifications import preference_views, teams_views, views

app_name = "notifications"
urlpatterns = [
    path("", views.ListView.as_view(), name="list"),
    path("latest/", views.LatestView.as_view(), name="latest"),
    path("bell/", views.BellView.as_view(), name="bell"),
    path("read-all/", views.MarkAllView.as_view(), name="read_all"),
    path("<uuid:pk>/open/", views.OpenView.as_view(), name="open"),
    path("<uuid:pk>/read/", views.MarkView.as_view(), name="mark"),
    path("preferences/", preference_views.PreferencesView.as_view(), name="preferences"),
    path("preferences/projects/", preference_views.LevelView.as_view(), name="level"),
    path("teams/", teams_views.TeamsView.as_view(), name="teams"),
    path("teams/add/", teams_views.AddTeamsView.as_view(), name="teams_add"),
    path("teams/project/<uuid:project_id>/", teams_views.ProjectTeamsView.as_view(), name="project_teams"),
    path("teams/project/<uuid:project_id>/add/", teams_views.AddProjectTeamsView.as_view(), name="project_teams_add"),
    path("teams/<uuid:pk>/", teams_views.ChangeTeamsView.as_view(), name="teams_change"),
    path("teams/<uuid:pk>/remove/", teams_views.RemoveTeamsView.as_view(), name="teams_remove"),
    path("teams/<uuid:pk>/test/", teams_views.TestTeamsView.as_view(), name="teams_test"),
]
