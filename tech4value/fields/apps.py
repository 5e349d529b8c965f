from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "tech4value.fields"
    label = "fields"
