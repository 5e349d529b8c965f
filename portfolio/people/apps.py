from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "portfolio.people"
    label = "portfolio_people"

    def ready(self) -> None:
        from portfolio.people.accounts import follow_members
        from portfolio.people.bin import register_kinds
        from portfolio.people.custom_people import TenantPeople
        from portfolio.people.lists import PersonTable
        from portfolio.people.search import register_searchables
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.fields.targets import register_people
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        see = Permission.PEOPLE_VIEW
        register(
            NavItem("resources", _("Personnes"), "people:list", "user-group", see, 20),
            NavItem("resources", _("Absences"), "people:absences", "", see, 30),
            NavItem("resources", _("Pôles"), "people:poles", "", see, 40),
            NavItem("resources", _("Profils"), "people:profiles", "", see, 42),
            NavItem("resources", _("Compétences"), "people:skills", "", see, 44),
            NavItem("resources", _("Taux journaliers"), "people:rates", "", Permission.RATE_VIEW, 46),
            NavItem("resources", _("Calendriers"), "people:calendars", "", see, 50),
        )
        register_action(NavAction(_("Créer une personne"), "people:create", "user-plus", Permission.PEOPLE_EDIT, 40))
        listen(follow_members)
        register_people(TenantPeople())
        register_table(PersonTable)
        register_searchables()
        register_kinds()
