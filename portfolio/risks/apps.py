from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "portfolio.risks"
    label = "portfolio_risks"
