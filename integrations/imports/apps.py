from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "integrations.imports"
    label = "integrations_imports"
