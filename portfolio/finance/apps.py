from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "portfolio.finance"
    label = "portfolio_finance"
