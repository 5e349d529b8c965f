from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "tech4value.tables"
    label = "tables"
