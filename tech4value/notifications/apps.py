from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tech4value.notifications"
    label = "notifications"
