from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "tech4value.billing"
    label = "billing"

    def ready(self) -> None:
        from tech4value.audit.listeners import listen
        from tech4value.billing.surplus import follow_members

        listen(follow_members)
