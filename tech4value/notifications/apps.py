from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tech4value.notifications"
    label = "notifications"

    def ready(self) -> None:
        from tech4value.audit.listeners import listen_sealed
        from tech4value.notifications.delivery import wake
        from tech4value.notifications.platform import declare

        listen_sealed(wake)
        declare()
