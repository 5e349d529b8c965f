from django.urls import path

from integrations.imports.views import (
    DetailView,
    PlanView,
    ProgressView,
    RunView,
    StartView,
    TemplateView,
    UndoView,
    WorkbookView,
)

app_name = "imports"
urlpatterns = [
    path("", StartView.as_view(), name="start"),
    path("template/", TemplateView.as_view(), name="template"),
    path("workbook/", WorkbookView.as_view(), name="workbook"),
    path("plan/", PlanView.as_view(), name="plan"),
    path("<uuid:pk>/", DetailView.as_view(), name="detail"),
    path("<uuid:pk>/progress/", ProgressView.as_view(), name="progress"),
    path("<uuid:pk>/run/", RunView.as_view(), name="run"),
    path("<uuid:pk>/undo/", UndoView.as_view(), name="undo"),
]
