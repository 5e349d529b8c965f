from django.urls import path

from portfolio.finance import (
    benefits_lists,
    benefits_portfolio_views,
    benefits_views,
    earned_value_portfolio_views,
    earned_value_views,
    list_views,
    portfolio_views,
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
    path("lines/", list_views.LinesView.as_view(), name="lines"),
    path("lines/<uuid:pk>/", views.LineChangeView.as_view(), name="line"),
    path("lines/<uuid:pk>/delete/", views.LineDeleteView.as_view(), name="line_delete"),
    path("lines/<uuid:pk>/restore/", views.LineRestoreView.as_view(), name="line_restore"),
]
