from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "portfolio.capacity"
    label = "portfolio_capacity"
