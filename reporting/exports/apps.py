from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "reporting.exports"
    label = "reporting_exports"

    def ready(self) -> None:
        from reporting.exports import jobs, plans  # noqa: F401 - registers the jobs
