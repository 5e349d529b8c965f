from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "portfolio.capacity"
    label = "portfolio_capacity"

    def ready(self) -> None:
        from portfolio.capacity.rollup import follow_journal
        from tech4value.audit.listeners import listen

        listen(follow_journal)
