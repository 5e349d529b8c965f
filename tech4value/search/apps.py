from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "tech4value.search"
    label = "search"

    def ready(self) -> None:
        from tech4value.audit.listeners import listen
        from tech4value.search.index import follow_journal

        listen(follow_journal)
