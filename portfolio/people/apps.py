from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "portfolio.people"
    label = "portfolio_people"
