from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tech4value.web"
    label = "web"

    def ready(self) -> None:
        from tech4value.audit.listeners import listen
        from tech4value.web.live import follow_journal

        listen(follow_journal)
