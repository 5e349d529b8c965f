from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "portfolio.treasury"
    label = "portfolio_treasury"
