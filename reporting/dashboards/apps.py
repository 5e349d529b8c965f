from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "reporting.dashboards"
    label = "reporting_dashboards"
