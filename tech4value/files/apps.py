from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "tech4value.files"
    label = "files"
