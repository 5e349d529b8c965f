from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "tech4value.figures"
    label = "figures"
