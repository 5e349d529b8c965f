"""The seal of the journal: no event is lost, no event is rewritten unseen."""

import time
from collections.abc import Callable
from io import StringIO
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portfolio.people.models import Pole
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent, AuditSeal, DirtyTenant
from tech4value.audit.sealing import seal, unsealed, verify
from tech4value.audit.tasks import seal_all_tenants, seal_dirty_tenants
from tech4value.audit.writing import create, update
from tech4value.tenancy.context import tenant_context
from tests import conftest
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def seal_once(world: World) -> int:
    with world.within():
        return seal()


def seal_all(world: World) -> None:
    """Seal until nothing waits: any transaction of the whole server, other tests' included, delays the seals."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        seal_once(world)
        with world.within():
            if not unsealed():
                return
        time.sleep(0.05)
    pytest.fail("The journal was not sealed.")


def run_until(task: Any, done: Callable[[], bool]) -> None:
    """Run a task of the scheduler until it has done its work, as beat does."""
    deadline = time.monotonic() + 40
    while not done():
        assert time.monotonic() < deadline
        task.apply()
        time.sleep(0.05)


def verdict(world: World) -> str | None:
    with world.within():
        return verify()


def as_owner(sql: str) -> None:
    """What somebody with the owner's password could do, row-level security put aside."""
    with psycopg.connect(**{key: value for key, value in conftest._owner.items() if value}) as owner:
        owner.execute("ALTER TABLE audit_auditevent NO FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE audit_auditseal NO FORCE ROW LEVEL SECURITY")
        assert owner.execute(sql).rowcount > 0
        owner.execute("ALTER TABLE audit_auditevent FORCE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE audit_auditseal FORCE ROW LEVEL SECURITY")


def slow_writer(world: World, started: Event, go_on: Event) -> Callable[[], None]:
    """A transaction that writes early and commits late."""

    def write() -> None:
        try:
            with tenant_context(world.atelier):
                create(SYSTEM, Pole(code="SLOW", name="Lent"))
                started.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    return write


def test_the_event_of_a_slow_transaction_is_not_lost(live_world: World) -> None:
    seal_all(live_world)
    started, go_on = Event(), Event()
    slow = Thread(target=slow_writer(live_world, started, go_on))
    slow.start()
    assert started.wait(20)
    with live_world.within():
        fast = create(SYSTEM, Pole(code="FAST", name="Rapide"))
    # The fast event is younger than a transaction still open: it waits, so that order stays the truth.
    assert seal_once(live_world) == 0
    go_on.set()
    slow.join(20)
    seal_all(live_world)
    with live_world.within():
        order = list(AuditSeal.objects.order_by("seq").values_list("seq", "event__object_label"))
        assert unsealed() == 0
        assert AuditEvent.objects.filter(object_id=fast.pk, seal__isnull=False).exists()
    assert [seq for seq, _label in order] == list(range(1, 12))
    assert [label for _seq, label in order[-2:]] == ["Lent", "Rapide"], "the order in which they began to write"
    assert verdict(live_world) is None


def test_two_sealers_at_once_make_one_chain(live_world: World) -> None:
    def run() -> None:
        try:
            for _round in range(5):
                seal_once(live_world)
        finally:
            connection.close()

    threads = [Thread(target=run) for _one in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    seal_all(live_world)
    assert verdict(live_world) is None
    with live_world.within():
        assert AuditSeal.objects.count() == AuditEvent.objects.count() == 9


@pytest.mark.parametrize(
    ("what", "sql", "place"),
    [
        ("words", "UPDATE audit_auditevent SET object_label = 'X' WHERE verb = 'subscription.created'", "sceau"),
        ("changes", "UPDATE audit_auditevent SET changes = '{}' WHERE object_label LIKE 'Lise%'", "sceau"),
        (
            "digest too",
            "UPDATE audit_auditevent SET digest = repeat('0', 64) WHERE object_label LIKE 'Lise%'",
            "n’est pas telle",
        ),
        ("a seal", "DELETE FROM audit_auditseal WHERE seq = 4", "4 manque"),
        ("the chain", "UPDATE audit_auditseal SET hash = repeat('f', 64) WHERE seq = 5", "5 ne découle pas"),
    ],
)
def test_the_owner_of_the_database_cannot_rewrite_history_unseen(
    live_world: World, what: str, sql: str, place: str
) -> None:
    seal_all(live_world)
    assert verdict(live_world) is None
    as_owner(sql)
    problem = verdict(live_world)
    assert problem is not None
    assert place in problem
    with pytest.raises(CommandError, match="atelier"):
        call_command("verify_journal", tenant="atelier", stdout=StringIO())


def test_the_scheduler_seals_the_tenants_that_have_written(live_world: World) -> None:
    assert DirtyTenant.objects.count() == 2
    run_until(seal_dirty_tenants, lambda: not DirtyTenant.objects.exists())
    with live_world.within():
        assert unsealed() == 0
        update(SYSTEM, live_world.memberships["member"], {"role": "pmo"})
    assert DirtyTenant.objects.get().tenant == live_world.atelier
    DirtyTenant.objects.all().delete()
    seal_dirty_tenants.apply()

    def waiting() -> int:
        with live_world.within():
            return unsealed()

    assert waiting() == 1, "its mark was lost with a process"
    run_until(seal_all_tenants, lambda: not waiting())


def test_the_command_seals_and_verifies(live_world: World) -> None:
    seal_all(live_world)
    out = StringIO()
    call_command("verify_journal", tenant="atelier", stdout=out)
    assert out.getvalue().splitlines() == ["atelier : chaîne intacte (9 sceaux, 0 en attente)"]
    call_command("verify_journal", stdout=out)
    assert "chantier : chaîne intacte" in out.getvalue()
    with pytest.raises(CommandError, match="nulle-part"):
        call_command("verify_journal", tenant="nulle-part", stdout=out)
