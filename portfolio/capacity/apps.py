from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    name = "portfolio.capacity"
    label = "portfolio_capacity"

    def ready(self) -> None:
        from portfolio.capacity import overload_watch
        from portfolio.capacity.bin import register_kinds
        from portfolio.capacity.notifications import declare
        from portfolio.capacity.person_section import person_section
        from portfolio.capacity.rollup import follow_journal
        from portfolio.people.sections import register_section
        from portfolio.planning.overlays import register_overload
        from portfolio.projects.tabs import register_tab
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.web.navigation import NavItem, register

        listen(follow_journal)
        listen(overload_watch.follow_journal)
        declare()
        register_kinds()
        register_section("portfolio/capacity/_person_allocations.html", person_section, order=5)
        register_tab(_("Allocations"), "capacity:project", Permission.CAPACITY_VIEW, order=45)
        register_overload("capacity:plan_overload", Permission.CAPACITY_VIEW)
        see = Permission.CAPACITY_VIEW
        register(
            NavItem("resources", _("Charge et capacité"), "capacity:heatmap", "chart-bar", see, 8),
            NavItem("resources", _("Surcharges à venir"), "capacity:overloads", "", see, 9),
            NavItem("resources", _("Allocations"), "capacity:allocations", "", see, 10),
            NavItem("resources", _("Demandes de ressources"), "capacity:requests", "", see, 11),
        )
