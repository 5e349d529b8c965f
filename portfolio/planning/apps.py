from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "portfolio.planning"
    label = "portfolio_planning"

    def ready(self) -> None:
        from portfolio.planning.scheduling import follow_journal
        from tech4value.audit.listeners import listen

        listen(follow_journal)
