"""What the search finds of this room: projects, programmes, milestones; and which projects are a member's own."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.people.models import Person
from portfolio.projects.models import Milestone, Programme, Project
from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.search.registry import Related, Searchable, register, register_projects
from tech4value.search.words import Words

# Rows of a project are found by its code too: a change of it reaches them all.
CODE = Related(Project, "project", frozenset({"code"}))


def project_words(project: Project) -> Words:
    return Words(
        title=project.name, code=project.code, detail=project.manager.name if project.manager is not None else ""
    )


def programme_words(programme: Programme) -> Words:
    manager = programme.manager
    return Words(title=programme.name, code=programme.code, detail=manager.name if manager is not None else "")


def milestone_words(milestone: Milestone) -> Words:
    return Words(title=milestone.name, detail=milestone.project.code)


def project_address(key: UUID, _project: UUID | None) -> str:
    return reverse("projects:detail", args=[key])


def programme_address(key: UUID, _project: UUID | None) -> str:
    return f"{reverse('projects:list')}?programme={key}"


def milestone_address(_key: UUID, project: UUID | None) -> str:
    return reverse("projects:milestones", args=[project])


def own_projects(member: Membership, permission: Permission) -> Iterable[UUID]:
    """The keys of the projects on which `member` holds `permission`."""
    keys: Iterable[UUID] = Project.objects.visible_to(member, permission).order_by().values_list("pk", flat=True)
    return keys


def register_searchables() -> None:
    register_projects(own_projects)
    register(
        Searchable(
            kind="project",
            label=_("Projet"),
            plural=_("Projets"),
            icon="rectangle-stack",
            model=Project,
            permission=Permission.PROJECT_VIEW,
            rows=lambda: Project.objects.select_related("manager"),
            words=project_words,
            address=project_address,
            fields=frozenset({"name", "code", "manager"}),
            project="id",
            related=(Related(Person, "manager", frozenset({"name"})),),
            weight=10,
        ),
        Searchable(
            kind="milestone",
            label=_("Jalon"),
            plural=_("Jalons"),
            icon="flag",
            model=Milestone,
            permission=Permission.PROJECT_VIEW,
            rows=lambda: Milestone.objects.filter(project__deleted_at=None).select_related("project"),
            words=milestone_words,
            address=milestone_address,
            fields=frozenset({"name", "project"}),
            project="project_id",
            related=(CODE,),
            weight=50,
        ),
        Searchable(
            kind="programme",
            label=_("Programme"),
            plural=_("Programmes"),
            icon="squares-2x2",
            model=Programme,
            permission=Permission.PROJECT_VIEW,
            rows=lambda: Programme.objects.select_related("manager"),
            words=programme_words,
            address=programme_address,
            fields=frozenset({"name", "code", "manager"}),
            related=(Related(Person, "manager", frozenset({"name"})),),
            weight=30,
        ),
    )
