from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "reporting.packs"
    label = "reporting_packs"
