from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "portfolio.planning"
    label = "portfolio_planning"
