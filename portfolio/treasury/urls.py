from django.urls import URLPattern, path

from portfolio.treasury import contract_views, project_views, row_views, views


def _rows(kind: row_views.RowKind, prefix: str) -> list[URLPattern]:
    """The four verbs of a kind of row."""
    new = f"contracts/<uuid:contract_id>/{prefix}/new/" if kind.of_contract else f"{prefix}/new/"
    return [
        path(new, row_views.RowCreateView.as_view(kind=kind), name=f"{kind.name}_create"),
        path(f"{prefix}/<uuid:pk>/edit/", row_views.RowChangeView.as_view(kind=kind), name=f"{kind.name}_edit"),
        path(f"{prefix}/<uuid:pk>/delete/", row_views.RowDeleteView.as_view(kind=kind), name=f"{kind.name}_delete"),
        path(
            f"{prefix}/<uuid:pk>/restore/", row_views.RowRestoreView.as_view(kind=kind), name=f"{kind.name}_restore"
        ),
    ]


app_name = "treasury"
urlpatterns = [
    path("", views.PlanView.as_view(), name="plan"),
    path("flows/", views.FlowsView.as_view(), name="flows"),
    path("export/", views.ExportView.as_view(), name="export"),
    path("explain/<slug:key>/", views.ExplainView.as_view(), name="explain"),
    path("months/<str:month>/projects/", views.ProjectsView.as_view(), name="projects"),
    path("contracts/", contract_views.ContractsView.as_view(), name="contracts"),
    path("contracts/<uuid:pk>/", contract_views.ContractView.as_view(), name="contract"),
    path("invoices/", contract_views.InvoicesView.as_view(), name="invoices"),
    path("invoices/<uuid:pk>/", contract_views.InvoiceView.as_view(), name="invoice"),
    path("payments/", contract_views.PaymentsView.as_view(), name="payments"),
    path("projects/<uuid:project_id>/", project_views.ProjectCashView.as_view(), name="project"),
    path(
        "projects/<uuid:project_id>/explain/<slug:key>/",
        project_views.ProjectCashExplainView.as_view(),
        name="project_explain",
    ),
    path("settings/", views.SettingsView.as_view(), name="settings"),
    path("settings/vat/", row_views.SettingsChangeView.as_view(), name="settings_edit"),
    *(url for kind in row_views.KINDS for url in _rows(kind, f"{kind.name.replace('_', '-')}s")),
]
