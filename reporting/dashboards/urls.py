from django.urls import path

from reporting.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.ExecutiveView.as_view(), name="executive"),
    path("explain/<slug:key>/", views.ExplainView.as_view(), name="explain"),
    path("rows/<slug:key>/", views.RowsView.as_view(), name="rows"),
    path("milestones/", views.MilestonesView.as_view(), name="milestones"),
]
