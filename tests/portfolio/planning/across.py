"""Projects whose tasks wait for one another, as the PMO writes them."""

from datetime import date
from typing import Any

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Pole
from portfolio.planning import actions
from portfolio.planning.models import Dependency, Task
from portfolio.projects.actions import add_project_member, create_project
from portfolio.projects.models import Project, ProjectRole
from tests.world import World

DAY = 420


class Portfolio:
    """Projects of Atelier with a task each: the PMO writes, and each `with portfolio.within()` is one transaction."""

    def __init__(self, world: World) -> None:
        self.world, self.actor = world, world.memberships["pmo"].actor
        self.projects: dict[str, Project] = {}
        self.tasks: dict[str, Task] = {}
        with world.within():
            self.pole = create_pole(actor=self.actor, code="IT", name="Informatique")

    def within(self) -> Any:
        return self.world.within()

    def project(self, code: str, **fields: Any) -> Project:
        with self.within():
            self.projects[code] = create_project(
                actor=self.actor, code=code, name=f"Projet {code}", pole=Pole.objects.get(),
                starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18), **fields,
            )  # fmt: skip
        return self.projects[code]

    def task(self, name: str, days: int = 1, **fields: Any) -> Task:
        """`A1` is a task of the project A, which is made with its first."""
        project = self.projects.get(name[0]) or self.project(name[0])
        minutes = {} if "kind" in fields else {"duration_minutes": days * DAY}
        with self.within():
            self.tasks[name] = actions.create_task(actor=self.actor, project=project, name=name, **minutes, **fields)
        return self.tasks[name]

    def link(self, one: str, other: str, **fields: Any) -> Dependency:
        with self.within():
            return actions.link_tasks(
                actor=self.actor, predecessor=self.get(one), successor=self.get(other), **fields
            )

    def change(self, name: str, **values: Any) -> None:
        with self.within():
            actions.change_task(actor=self.actor, task=self.get(name), values=values)

    def get(self, name: str) -> Task:
        found: Task = Task.everything.select_related("project").get(pk=self.tasks[name].pk)
        return found

    def span(self, name: str) -> str:
        with self.within():
            task = self.get(name)
        return f"{task.starts_at:%d/%m}-{task.ends_at:%d/%m}"

    def codes(self, name: str) -> list[str]:
        with self.within():
            return [code for code, _other, _minutes in self.get(name).conflicts]


def contributes(portfolio: Portfolio, world: World, *codes: str) -> None:
    """Mehdi contributes to these projects, and sees no other."""
    with world.within():
        mehdi = create_person(
            actor=portfolio.actor, name="Mehdi", pole=Pole.objects.get(), membership=world.memberships["member"]
        )
        for code in codes:
            add_project_member(
                actor=portfolio.actor,
                project=portfolio.projects[code],
                person=mehdi,
                role=ProjectRole.CONTRIBUTOR,
            )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")
