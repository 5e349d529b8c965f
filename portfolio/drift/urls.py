from django.urls import path

from portfolio.drift import views

app_name = "drift"
urlpatterns = [
    path("", views.AlertsView.as_view(), name="list"),
    path("rules/", views.RulesView.as_view(), name="rules"),
    path("rules/<slug:kind>/", views.RuleChangeView.as_view(), name="rule"),
]
