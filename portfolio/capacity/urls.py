from django.urls import path

from portfolio.capacity import overload, views

app_name = "capacity"
urlpatterns = [
    path("", views.HeatmapView.as_view(), name="heatmap"),
    path("plans/<uuid:project_id>/overload/", overload.PlanOverloadView.as_view(), name="plan_overload"),
    path("poles/<slug:pole>/", views.PoleView.as_view(), name="pole"),
    path("poles/<slug:pole>/<slug:month>/", views.ExplainPoleView.as_view(), name="explain_pole"),
    path("persons/<uuid:person_id>/<slug:month>/", views.ExplainPersonView.as_view(), name="explain_person"),
]
