"""A person in front of the editor of a plan, through its addresses."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client, TestCase

from portfolio.people.actions import create_person, create_pole
from portfolio.planning import actions
from portfolio.planning.gantt_rows import EPOCH, Row
from portfolio.projects.actions import create_project
from portfolio.projects.models import Project
from tests.world import World

DAY = 420
ClientOf = Callable[[Any], Client]


def make_erp(world: World) -> Project:
    """A project managed by Chloé: three tasks, the first two linked; Mehdi is a person."""
    actor = world.memberships["pmo"].actor
    with world.within():
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        chloe = create_person(actor=actor, name="Chloé Cheffe", pole=pole, membership=world.memberships["manager"])
        create_person(actor=actor, name="Mehdi Équipier", pole=pole, membership=world.memberships["member"])
        project = create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, manager=chloe,
            starts_on=date(2026, 3, 2), ends_on=date(2026, 12, 18),
        )  # fmt: skip
        one = actions.create_task(actor=actor, project=project, name="Cadrage", duration_minutes=3 * DAY)
        two = actions.create_task(actor=actor, project=project, name="Réalisation", duration_minutes=5 * DAY)
        actions.create_task(actor=actor, project=project, name="Recette", duration_minutes=2 * DAY)
        actions.link_tasks(actor=actor, predecessor=one, successor=two)
    return project


class Editor:
    """A person in front of the plan: what their page holds, and what the server says to their edits."""

    def __init__(self, client: Client, world: World, project: Project) -> None:
        self.client, self.url = client, world.url(f"/plans/project/{project.pk}/gantt/")
        self.rows: dict[str, Row] = {}
        self.token = ""
        self.dates: dict[str, list[int]] = {}
        self.dates_token: str | None = None
        self.read()

    def show_dates(self) -> None:
        """What the page asks when a column of early or late dates is chosen."""
        self.dates_token = ""
        self.read()

    @property
    def tokens(self) -> dict[str, str]:
        """What the page says it has."""
        return {"dates": self.dates_token} if self.dates_token is not None else {}

    def read(self) -> dict[str, Any]:
        """What the page asks for when it opens, and again when somebody has changed the plan."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = self.client.get(self.url, {"since": self.token} | self.tokens if self.token else {})
        return self.take(answer.json())

    def take(self, said: dict[str, Any]) -> dict[str, Any]:
        self.token = said.get("token", self.token)
        self.rows |= {row[0]: Row(*row) for row in said["rows"]}
        for key in said.get("removed", []):
            del self.rows[key]
        if said.get("order"):
            self.rows = {key: self.rows[key] for key in said["order"]}
        if (dates := said.get("dates")) is not None:
            self.dates_token = dates.get("token", self.dates_token)
            self.dates |= {key: four for key, *four in dates["rows"]}
            for key in dates.get("removed", []):
                del self.dates[key]
        return said

    def dated(self, name: str) -> tuple[datetime, ...]:
        """Early start and finish, late start and finish."""
        return tuple(EPOCH + timedelta(minutes=one) for one in self.dates[self.row(name).id])

    def row(self, name: str) -> Row:
        return next(row for row in self.rows.values() if row.name == name)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self.client.post(self.url + path, json.dumps(body), content_type="application/json")

    def send(self, *operations: dict[str, Any]) -> Any:
        return self.post("edits/", {"token": self.token, "operations": list(operations)} | self.tokens)

    def edit(self, *operations: dict[str, Any]) -> dict[str, Any]:
        answer = self.send(*operations)
        assert answer.status_code == 200, answer.content.decode()
        return self.take(answer.json())

    def change(self, name: str, /, **cells: Any) -> dict[str, Any]:
        row = self.row(name)
        return {"op": "change", "id": row.id, "version": row.version, "values": cells}

    def undo(self, batch: str) -> dict[str, Any]:
        answer = self.post(f"undo/{batch}/", {"token": self.token} | self.tokens)
        assert answer.status_code == 200, answer.content.decode()
        return self.take(answer.json())

    def drawn(self) -> list[str]:
        """The outline: two spaces a level."""
        lines = []
        for row in self.rows.values():
            depth, above = 0, row.parent
            while above:
                depth, above = depth + 1, self.rows[above].parent
            lines.append("  " * depth + row.name)
        return lines


def minute(*moment: int) -> int:
    return int((datetime(*moment) - EPOCH).total_seconds() // 60)  # type: ignore[arg-type]  # year, month, day, hour
