from django.urls import path

from portfolio.projects import milestone_views, programme_views, status_views, team_views, views

app_name = "projects"
urlpatterns = [
    path("", views.ProjectsView.as_view(), name="list"),
    path("new/", views.ProjectCreateView.as_view(), name="create"),
    path("<uuid:project_id>/", views.ProjectView.as_view(), name="detail"),
    path("<uuid:project_id>/edit/", views.ProjectEditView.as_view(), name="edit"),
    path("<uuid:project_id>/delete/", views.ProjectDeleteView.as_view(), name="delete"),
    path("<uuid:project_id>/restore/", views.ProjectRestoreView.as_view(), name="restore"),
    path("<uuid:project_id>/milestones/", milestone_views.MilestonesView.as_view(), name="milestones"),
    path("<uuid:project_id>/milestones/new/", milestone_views.MilestoneCreateView.as_view(), name="milestone_create"),
    path("milestones/<uuid:pk>/edit/", milestone_views.MilestoneEditView.as_view(), name="milestone_edit"),
    path("milestones/<uuid:pk>/reach/", milestone_views.MilestoneReachView.as_view(), name="milestone_reach"),
    path("milestones/<uuid:pk>/delete/", milestone_views.MilestoneDeleteView.as_view(), name="milestone_delete"),
    path("milestones/<uuid:pk>/restore/", milestone_views.MilestoneRestoreView.as_view(), name="milestone_restore"),
    path("<uuid:project_id>/status/", status_views.StatusView.as_view(), name="status"),
    path("<uuid:project_id>/status/new/", status_views.StatusPublishView.as_view(), name="status_publish"),
    path("status/<uuid:pk>/edit/", status_views.StatusEditView.as_view(), name="status_edit"),
    path("status/<uuid:pk>/delete/", status_views.StatusDeleteView.as_view(), name="status_delete"),
    path("status/<uuid:pk>/restore/", status_views.StatusRestoreView.as_view(), name="status_restore"),
    path("<uuid:project_id>/team/", team_views.TeamView.as_view(), name="team"),
    path("<uuid:project_id>/team/new/", team_views.MemberAddView.as_view(), name="member_add"),
    path("team/<uuid:pk>/edit/", team_views.MemberEditView.as_view(), name="member_edit"),
    path("team/<uuid:pk>/delete/", team_views.MemberRemoveView.as_view(), name="member_delete"),
    path("team/<uuid:pk>/restore/", team_views.MemberRestoreView.as_view(), name="member_restore"),
    path("programmes/", programme_views.ProgrammesView.as_view(), name="programmes"),
    path("programmes/new/", programme_views.ProgrammeCreateView.as_view(), name="programme_create"),
    path("programmes/<uuid:pk>/edit/", programme_views.ProgrammeEditView.as_view(), name="programme_edit"),
    path("programmes/<uuid:pk>/delete/", programme_views.ProgrammeDeleteView.as_view(), name="programme_delete"),
    path("programmes/<uuid:pk>/restore/", programme_views.ProgrammeRestoreView.as_view(), name="programme_restore"),
]
