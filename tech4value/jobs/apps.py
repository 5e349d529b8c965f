from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "tech4value.jobs"
    label = "jobs"
