from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "portfolio.projects"
    label = "portfolio_projects"

    def ready(self) -> None:
        from portfolio.people.sections import register_section
        from portfolio.projects.bin import register_kinds
        from portfolio.projects.lists import ProjectTable
        from portfolio.projects.notifications import declare
        from portfolio.projects.queries import person_section
        from portfolio.projects.search import register_searchables
        from portfolio.projects.surplus import follow_projects
        from portfolio.projects.tabs import register_tab
        from tech4value.accounts.permissions import Permission
        from tech4value.audit.listeners import listen
        from tech4value.fields.targets import register_target
        from tech4value.tables.table import register as register_table
        from tech4value.web.navigation import NavAction, NavItem, register, register_action

        register(
            NavItem(
                "portfolio",
                _("Projets"),
                "projects:list",
                "rectangle-stack",
                Permission.PROJECT_VIEW,
                10,
                holds="project_id",
            ),
            NavItem("portfolio", _("Programmes"), "projects:programmes", "", Permission.PROJECT_VIEW, 20),
        )
        register_action(
            NavAction(_("Créer un projet"), "projects:create", "plus", Permission.PROJECT_CREATE, 10),
        )
        listen(follow_projects)
        register_table(ProjectTable)
        register_target("project", _("Projets"), "portfolio_projects.project")
        register_tab(_("Synthèse"), "projects:detail", Permission.PROJECT_VIEW, 10)
        register_tab(_("Jalons"), "projects:milestones", Permission.PROJECT_VIEW, 20)
        register_tab(_("Points d’avancement"), "projects:status", Permission.PROJECT_VIEW, 80)
        register_tab(_("Équipe"), "projects:team", Permission.PROJECT_VIEW, 90)
        register_section("portfolio/projects/_person_projects.html", person_section, order=10)
        register_searchables()
        register_kinds()
        declare()
