from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tech4value.billing"
    label = "billing"
