from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tech4value.accounts"
    label = "accounts"
