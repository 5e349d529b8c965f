from django.urls import path

from integrations.imports.table_views import ColumnsView, MappingForgetView, MappingsView, ReadingView
from integrations.imports.views import (
    CertificateView,
    DetailView,
    PlanView,
    ProgressView,
    RunView,
    StartView,
    TableView,
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
    path("table/", TableView.as_view(), name="table"),
    path("mappings/", MappingsView.as_view(), name="mappings"),
    path("mappings/<uuid:pk>/forget/", MappingForgetView.as_view(), name="forget-mapping"),
    path("<uuid:pk>/reading/", ReadingView.as_view(), name="reading"),
    path("<uuid:pk>/columns/", ColumnsView.as_view(), name="columns"),
    path("<uuid:pk>/", DetailView.as_view(), name="detail"),
    path("<uuid:pk>/certificate/", CertificateView.as_view(), name="certificate"),
    path("<uuid:pk>/progress/", ProgressView.as_view(), name="progress"),
    path("<uuid:pk>/run/", RunView.as_view(), name="run"),
    path("<uuid:pk>/undo/", UndoView.as_view(), name="undo"),
]
