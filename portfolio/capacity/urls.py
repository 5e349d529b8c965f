from django.urls import path

from portfolio.capacity import allocation_views, overload, overload_views, staffing_views, views
from portfolio.capacity.grid import Grouping

cells = views.CellView.as_view()
app_name = "capacity"
urlpatterns = [
    path("", views.HeatmapView.as_view(), name="heatmap"),
    path("plans/<uuid:project_id>/overload/", overload.PlanOverloadView.as_view(), name="plan_overload"),
    path("poles/<slug:key>/", views.PoleView.as_view(), name="pole"),
    # Where a cell is explained: the row's address, then its period.
    path("poles/<slug:key>/cells/", cells, {"by": Grouping.POLE.value}, name="pole_cells"),
    path("poles/<slug:key>/cells/<slug:period>/", cells, {"by": Grouping.POLE.value}, name="pole_cell"),
    path("persons/<slug:key>/", cells, {"by": Grouping.PERSON.value}, name="person_cells"),
    path("persons/<slug:key>/<slug:period>/", cells, {"by": Grouping.PERSON.value}, name="person_cell"),
    path("teams/<slug:key>/", cells, {"by": Grouping.PROJECT.value}, name="project_cells"),
    path("teams/<slug:key>/<slug:period>/", cells, {"by": Grouping.PROJECT.value}, name="project_cell"),
    path("programmes/<slug:key>/", cells, {"by": Grouping.PROGRAMME.value}, name="programme_cells"),
    path("programmes/<slug:key>/<slug:period>/", cells, {"by": Grouping.PROGRAMME.value}, name="programme_cell"),
    path("skills/<slug:key>/", cells, {"by": Grouping.SKILL.value}, name="skill_cells"),
    path("skills/<slug:key>/<slug:period>/", cells, {"by": Grouping.SKILL.value}, name="skill_cell"),
    path("profiles/<slug:key>/", cells, {"by": Grouping.PROFILE.value}, name="profile_cells"),
    path("profiles/<slug:key>/<slug:period>/", cells, {"by": Grouping.PROFILE.value}, name="profile_cell"),
    path("projects/<uuid:project_id>/", allocation_views.ProjectAllocationsView.as_view(), name="project"),
    path(
        "projects/<uuid:project_id>/allocations/new/",
        allocation_views.AllocationCreateView.as_view(),
        name="allocation_create",
    ),
    path("allocations/", allocation_views.AllocationsView.as_view(), name="allocations"),
    path("allocations/<uuid:pk>/edit/", allocation_views.AllocationEditView.as_view(), name="allocation_edit"),
    path("allocations/<uuid:pk>/delete/", allocation_views.AllocationDeleteView.as_view(), name="allocation_delete"),
    path(
        "allocations/<uuid:pk>/restore/", allocation_views.AllocationRestoreView.as_view(), name="allocation_restore"
    ),
    path(
        "projects/<uuid:project_id>/requests/new/", staffing_views.RequestCreateView.as_view(), name="request_create"
    ),
    path("requests/", staffing_views.RequestsView.as_view(), name="requests"),
    path("requests/<uuid:pk>/", staffing_views.RequestView.as_view(), name="request"),
    path("requests/<uuid:pk>/edit/", staffing_views.RequestEditView.as_view(), name="request_edit"),
    path("requests/<uuid:pk>/accept/", staffing_views.RequestAcceptView.as_view(), name="request_accept"),
    path("requests/<uuid:pk>/decline/", staffing_views.RequestDeclineView.as_view(), name="request_decline"),
    path("requests/<uuid:pk>/reopen/", staffing_views.RequestReopenView.as_view(), name="request_reopen"),
    path("requests/<uuid:pk>/delete/", staffing_views.RequestDeleteView.as_view(), name="request_delete"),
    path("requests/<uuid:pk>/restore/", staffing_views.RequestRestoreView.as_view(), name="request_restore"),
    path("overloads/", overload_views.OverloadsView.as_view(), name="overloads"),
    path("overloads/rule/", overload_views.OverloadRuleView.as_view(), name="overload_rule"),
]
