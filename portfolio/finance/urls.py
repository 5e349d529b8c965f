from django.urls import path

from portfolio.finance import (
    benefits_lists,
    benefits_portfolio_views,
    benefits_views,
    completion_views,
    earned_value_portfolio_views,
    earned_value_views,
    envelope_lists,
    envelope_views,
    list_views,
    order_views,
    portfolio_views,
    transfer_views,
    version_views,
    views,
)

app_name = "finance"
urlpatterns = [
    path("", portfolio_views.PortfolioBudgetView.as_view(), name="portfolio"),
    path("explain/<slug:key>/", portfolio_views.PortfolioExplainView.as_view(), name="explain"),
    path("projects/<uuid:project_id>/", views.ProjectBudgetView.as_view(), name="project"),
    path(
        "projects/<uuid:project_id>/explain/<slug:key>/", views.ProjectExplainView.as_view(), name="project_explain"
    ),
    path("projects/<uuid:project_id>/versions/", version_views.VersionsView.as_view(), name="versions"),
    path("projects/<uuid:project_id>/versions/initial/", version_views.InitialView.as_view(), name="version_initial"),
    path("projects/<uuid:project_id>/versions/new/", version_views.RevisionView.as_view(), name="revision_create"),
    path("versions/<uuid:pk>/edit/", version_views.VersionEditView.as_view(), name="version_edit"),
    path("versions/<uuid:pk>/propose/", version_views.ProposeView.as_view(), name="version_propose"),
    path("versions/<uuid:pk>/approve/", version_views.ApproveView.as_view(), name="version_approve"),
    path("versions/<uuid:pk>/return/", version_views.ReturnView.as_view(), name="version_return"),
    path("versions/<uuid:pk>/recall/", version_views.RecallView.as_view(), name="version_recall"),
    path("versions/<uuid:pk>/delete/", version_views.VersionDeleteView.as_view(), name="version_delete"),
    path("versions/<uuid:pk>/restore/", version_views.VersionRestoreView.as_view(), name="version_restore"),
    path("projects/<uuid:project_id>/transfers/", transfer_views.TransfersView.as_view(), name="transfers"),
    path("transfers/<uuid:pk>/undo/", transfer_views.TransferUndoView.as_view(), name="transfer_undo"),
    path("lines/<uuid:pk>/transfer/", transfer_views.TransferCreateView.as_view(), name="transfer_create"),
    path("projects/<uuid:project_id>/estimates/", completion_views.EstimatesView.as_view(), name="estimates"),
    path(
        "projects/<uuid:project_id>/estimates/new/",
        completion_views.EstimateChoiceView.as_view(),
        name="estimate_choose",
    ),
    path("projects/<uuid:project_id>/orders/", order_views.OrdersView.as_view(), name="orders"),
    path("projects/<uuid:project_id>/orders/new/", order_views.OrderCreateView.as_view(), name="order_create"),
    path("orders/<uuid:pk>/", order_views.OrderView.as_view(), name="order"),
    path("orders/<uuid:pk>/edit/", order_views.OrderChangeView.as_view(), name="order_edit"),
    path("orders/<uuid:pk>/delete/", order_views.OrderDeleteView.as_view(), name="order_delete"),
    path("orders/<uuid:pk>/restore/", order_views.OrderRestoreView.as_view(), name="order_restore"),
    path("orders/<uuid:pk>/lines/new/", order_views.OrderLineCreateView.as_view(), name="order_line_create"),
    path("order-lines/<uuid:pk>/", order_views.OrderLineChangeView.as_view(), name="order_line"),
    path("order-lines/<uuid:pk>/delete/", order_views.OrderLineDeleteView.as_view(), name="order_line_delete"),
    path("order-lines/<uuid:pk>/restore/", order_views.OrderLineRestoreView.as_view(), name="order_line_restore"),
    path("projects/<uuid:project_id>/lines/new/", views.LineCreateView.as_view(), name="line_create"),
    path("projects/<uuid:project_id>/months/<str:month>/", views.MonthEntryView.as_view(), name="month"),
    path(
        "earned-value/",
        earned_value_portfolio_views.PortfolioEarnedValueView.as_view(),
        name="portfolio_earned_value",
    ),
    path(
        "earned-value/explain/<slug:key>/",
        earned_value_portfolio_views.PortfolioEarnedValueExplainView.as_view(),
        name="portfolio_earned_value_explain",
    ),
    path(
        "projects/<uuid:project_id>/earned-value/",
        earned_value_views.ProjectEarnedValueView.as_view(),
        name="earned_value",
    ),
    path(
        "projects/<uuid:project_id>/earned-value/explain/<slug:key>/",
        earned_value_views.ProjectEarnedValueExplainView.as_view(),
        name="earned_value_explain",
    ),
    path("returns/", benefits_portfolio_views.PortfolioReturnsView.as_view(), name="returns"),
    path(
        "returns/explain/<slug:key>/",
        benefits_portfolio_views.PortfolioReturnsExplainView.as_view(),
        name="returns_explain",
    ),
    path("returns/export/", benefits_portfolio_views.PortfolioReturnsExportView.as_view(), name="returns_export"),
    path("returns/settings/", benefits_portfolio_views.ReturnSettingsView.as_view(), name="return_settings"),
    path("projects/<uuid:project_id>/benefits/", benefits_views.ProjectBenefitsView.as_view(), name="benefits"),
    path(
        "projects/<uuid:project_id>/benefits/explain/<slug:key>/",
        benefits_views.ProjectBenefitsExplainView.as_view(),
        name="benefits_explain",
    ),
    path(
        "projects/<uuid:project_id>/benefits/new/", benefits_views.BenefitCreateView.as_view(), name="benefit_create"
    ),
    path(
        "projects/<uuid:project_id>/benefits/amounts/", benefits_views.AmountsView.as_view(), name="benefit_amounts"
    ),
    path("benefits/", benefits_lists.BenefitsView.as_view(), name="benefit_list"),
    path("benefits/<uuid:pk>/", benefits_views.BenefitChangeView.as_view(), name="benefit"),
    path("benefits/<uuid:pk>/delete/", benefits_views.BenefitDeleteView.as_view(), name="benefit_delete"),
    path("benefits/<uuid:pk>/restore/", benefits_views.BenefitRestoreView.as_view(), name="benefit_restore"),
    path("envelopes/", envelope_lists.EnvelopesView.as_view(), name="envelopes"),
    path("envelopes/new/", envelope_views.EnvelopeCreateView.as_view(), name="envelope_create"),
    path("envelopes/<uuid:pk>/", envelope_views.EnvelopeView.as_view(), name="envelope"),
    path("envelopes/<uuid:pk>/edit/", envelope_views.EnvelopeChangeView.as_view(), name="envelope_edit"),
    path("envelopes/<uuid:pk>/share/", envelope_views.EnvelopeSharingView.as_view(), name="envelope_share"),
    path("envelopes/<uuid:pk>/reopen/", envelope_views.EnvelopeReopenView.as_view(), name="envelope_reopen"),
    path("envelopes/<uuid:pk>/delete/", envelope_views.EnvelopeDeleteView.as_view(), name="envelope_delete"),
    path("envelopes/<uuid:pk>/restore/", envelope_views.EnvelopeRestoreView.as_view(), name="envelope_restore"),
    path(
        "envelopes/<uuid:pk>/lines/new/", envelope_views.EnvelopeLineCreateView.as_view(), name="envelope_line_create"
    ),
    path(
        "envelopes/<uuid:pk>/projects/new/",
        envelope_views.EnvelopeShareCreateView.as_view(),
        name="envelope_share_create",
    ),
    path("envelope-lines/<uuid:pk>/", envelope_views.EnvelopeLineChangeView.as_view(), name="envelope_line"),
    path(
        "envelope-lines/<uuid:pk>/delete/",
        envelope_views.EnvelopeLineDeleteView.as_view(),
        name="envelope_line_delete",
    ),
    path(
        "envelope-lines/<uuid:pk>/restore/",
        envelope_views.EnvelopeLineRestoreView.as_view(),
        name="envelope_line_restore",
    ),
    path(
        "envelope-projects/<uuid:pk>/", envelope_views.EnvelopeShareChangeView.as_view(), name="envelope_share_change"
    ),
    path(
        "envelope-projects/<uuid:pk>/delete/",
        envelope_views.EnvelopeShareDeleteView.as_view(),
        name="envelope_share_delete",
    ),
    path(
        "envelope-projects/<uuid:pk>/restore/",
        envelope_views.EnvelopeShareRestoreView.as_view(),
        name="envelope_share_restore",
    ),
    path("versions/", list_views.AllVersionsView.as_view(), name="all_versions"),
    path("transfers/", list_views.AllTransfersView.as_view(), name="all_transfers"),
    path("orders/", list_views.AllOrdersView.as_view(), name="all_orders"),
    path("lines/", list_views.LinesView.as_view(), name="lines"),
    path("lines/<uuid:pk>/", views.LineChangeView.as_view(), name="line"),
    path("lines/<uuid:pk>/origin/", views.LineOriginView.as_view(), name="line_origin"),
    path("lines/<uuid:pk>/delete/", views.LineDeleteView.as_view(), name="line_delete"),
    path("lines/<uuid:pk>/restore/", views.LineRestoreView.as_view(), name="line_restore"),
]
