"""A project of Chloé's (`world.manager`) with Édouard (`world.executive`) as sponsor and Mehdi (`world.member`) in
the team; Pierre (`world.pmo`) acts. `desk.read()` seals what was written and makes the messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from portfolio.people.actions import create_person, create_pole
from portfolio.people.models import Person, Pole
from portfolio.projects.actions import add_project_member, create_milestone, create_project
from portfolio.projects.models import Milestone, Project
from tech4value.accounts.models import Membership
from tech4value.audit.actor import Actor
from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.audit.sealing import GENESIS, chain
from tech4value.notifications.models import Delivery, Notification
from tech4value.notifications.reading import read_journal
from tech4value.notifications.wording import item
from tech4value.tenancy.clock import today
from tests.world import World


@dataclass
class Desk:
    """What the tests of messages need at hand; all within Atelier."""

    world: World
    pole: Pole
    chloe: Person
    edouard: Person
    mehdi: Person
    erp: Project
    pilot: Milestone

    @property
    def pmo(self) -> Actor:
        return self.world.memberships["pmo"].actor

    def actor(self, key: str) -> Actor:
        return self.world.memberships[key].actor

    def read(self) -> int:
        """Seal all that was written, as the sealer does once it is committed, and read it to its end."""
        seal_written()
        count = 0
        while found := read_journal():
            count += found
        return count

    def told(self, key: str, kind: str = "") -> list[Notification]:
        """The messages of a member of the cast, oldest first."""
        rows = Notification.objects.filter(member=self.world.memberships[key]).order_by("id")
        return list(rows.filter(kind=kind) if kind else rows)

    def sentences(self, key: str, kind: str = "") -> list[str]:
        return [item(one).sentence for one in self.told(key, kind)]

    def mails(self, key: str) -> list[Delivery]:
        return list(Delivery.objects.filter(notification__member=self.world.memberships[key]))

    def member(self, key: str) -> Membership:
        return self.world.memberships[key]


def seal_written() -> None:
    """The sealer waits for the end of the test's transaction: here its seals are made by hand."""
    last = AuditSeal.objects.order_by("-seq").first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    seals = []
    for event in AuditEvent.objects.filter(seal=None).order_by("id"):
        seq, previous = seq + 1, chain(previous, event.digest)
        seals.append(AuditSeal(seq=seq, event=event, hash=previous))
    AuditSeal.objects.bulk_create(seals)


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """The test runs within Atelier; what it took to set the scene has been read and forgotten."""
    with world.within():
        actor, day = world.memberships["pmo"].actor, today()
        pole = create_pole(actor=actor, code="IT", name="Informatique")
        persons = [
            create_person(actor=actor, name=world.users[key].name, membership=world.memberships[key], pole=pole)
            for key in ("manager", "executive", "member")
        ]
        chloe, edouard, mehdi = persons
        dates = {"starts_on": day - timedelta(days=100), "ends_on": day + timedelta(days=100)}
        erp = create_project(
            actor=actor, code="ERP", name="Nouvel ERP", pole=pole, manager=chloe, sponsor=edouard, **dates
        )
        add_project_member(actor=actor, project=erp, person=mehdi)
        pilot = create_milestone(actor=actor, project=erp, name="Pilote", due_on=day + timedelta(days=10))
        desk = Desk(world, pole, chloe, edouard, mehdi, erp, pilot)
        desk.read()
        Notification.objects.all().delete()
        yield desk


@pytest.fixture
def clock() -> Iterator[Any]:
    """`clock(datetime)` stops the clock of messages at an instant (UTC)."""
    patches = []

    def stop(moment: datetime) -> None:
        for module in ("reading", "delivery", "letters", "lateness", "tasks", "actions", "teams"):
            one = patch(f"tech4value.notifications.{module}.now", lambda: moment)
            one.start()
            patches.append(one)

    yield stop
    for one in patches:
        one.stop()


NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
