from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "tech4value.console"
    label = "console"
