from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScenariosConfig(AppConfig):
    name = "portfolio.scenarios"
    label = "portfolio_scenarios"

    def ready(self) -> None:
        from portfolio.capacity import ways_out
        from portfolio.capacity.grid import Grouping
        from portfolio.people.sections import register_section
        from portfolio.scenarios import proposals_job  # noqa: F401 - registers its job
        from portfolio.scenarios.bin import register_kinds
        from portfolio.scenarios.lists import ScenarioTable
        from portfolio.scenarios.notifications import declare
        from portfolio.scenarios.proposals_section import person_section
        from portfolio.scenarios.search import register_searchables
        from tech4value.accounts.permissions import Permission
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        view, edit = Permission.SCENARIO_VIEW, Permission.SCENARIO_EDIT
        register(NavItem("portfolio", _("Scénarios"), "scenarios:list", "beaker", view, 60))
        register_action(NavAction(_("Créer un scénario"), "scenarios:create", "beaker", edit, 70))
        register_table(ScenarioTable)
        register_kinds()
        register_searchables()
        declare()
        register_section("portfolio/scenarios/_person_overload.html", person_section, order=1)
        ways_out.register(
            {
                Grouping.PERSON: "scenarios:proposals_person",
                Grouping.POLE: "scenarios:proposals_pole",
                Grouping.SKILL: "scenarios:proposals_skill",
            },
            view,
        )
