"""Each write leaves its event; a stale one is refused; a batch is undone as a whole or not at all."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from portfolio.people.models import Person, Pole
from portfolio.projects.models import Project
from portfolio.risks.models import Risk
from tech4value.accounts.models import ApiToken
from tech4value.accounts.token_scopes import TokenScope
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent, ExternalRef
from tech4value.audit.undo import UndoRefusedError, undo_batch
from tech4value.audit.writing import (
    StaleVersionError,
    create,
    create_many,
    delete,
    digest_of,
    record,
    restore,
    update,
)
from tech4value.jobs.models import Job
from tech4value.tenancy.clock import now
from tests.world import World


def state() -> dict[str, Any]:
    """Every live row of the tables that the tests write, field by field, without versions and dates of writing."""
    ignored = {"version", "updated_at"}
    return {
        f"{model.__name__} {row.pk}": {
            field.name: field.value_from_object(row) for field in row._meta.local_fields if field.name not in ignored
        }
        for model in (Pole, Person, Project, ExternalRef)
        for row in model.objects.all()
    }


def pole(actor: Any = SYSTEM, code: str = "IT") -> Pole:
    return create(actor, Pole(code=code, name=f"Pôle {code}"))


def project(actor: Any, of: Pole, code: str = "RGPD") -> Project:
    values = {"name": code, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    return create(actor, Project(code=code, pole=of, **values))


def test_an_event_says_who_what_before_and_after(world: World) -> None:
    with world.within():
        actor = world.memberships["pmo"].actor
        row = project(actor.on(date(2026, 3, 1)), pole())
        assert update(actor, row, {"name": "Conformité", "phase": "delivery"}, version=1)
        assert not update(actor, row, {"name": "Conformité"}), "nothing differed"
        made, changed = AuditEvent.objects.filter(object_id=row.pk).order_by("id")
        assert (made.verb, made.effective_on, made.actor_id) == ("project.created", date(2026, 3, 1), world.pmo.pk)
        assert made.changes["code"] == [None, "RGPD"]
        assert made.project_id == row.pk
        assert changed.changes == {"name": ["RGPD", "Conformité"], "phase": ["framing", "delivery"]}
        assert row.version == 2
        for event in (made, changed):
            event.refresh_from_db()
            assert event.digest == digest_of(event), "the digest survives the way through the database"


def test_a_stale_save_writes_nothing_and_says_what_moved(world: World) -> None:
    with world.within():
        row = pole()
        theirs, mine = Pole.objects.get(pk=row.pk), Pole.objects.get(pk=row.pk)
        update(world.memberships["pmo"].actor, theirs, {"name": "Informatique"}, version=1)
        with pytest.raises(StaleVersionError) as refused:
            update(SYSTEM, mine, {"name": "Numérique"}, version=1)
        assert refused.value.by == "Pierre Mohamed-Olive"
        assert refused.value.changes == {"name": ("Pôle IT", "Informatique")}
        with pytest.raises(StaleVersionError):
            update(SYSTEM, Pole.objects.get(pk=row.pk), {"name": "Numérique"}, version=1)
        assert Pole.objects.get(pk=row.pk).name == "Informatique"


def test_a_delete_goes_to_the_bin_and_comes_back(world: World) -> None:
    with world.within():
        row = pole()
        delete(SYSTEM, row)
        assert not Pole.objects.exists()
        assert pole(code="IT").pk != row.pk, "its code is free again"
        delete(SYSTEM, Pole.objects.get())
        restore(SYSTEM, Pole.everything.get(pk=row.pk))
        assert Pole.objects.get() == row


def test_a_batch_is_undone_to_the_last_field(world: World) -> None:
    with world.within():
        it = pole()
        kept, gone = project(SYSTEM, it, "ODOO"), project(SYSTEM, it, "GREEN")
        token, _secret = ApiToken.issue(world.memberships["pmo"], "Export", now(), TokenScope())
        create(SYSTEM, token)
        before = state()
        run = world.memberships["pmo"].actor.within(uuid4())
        new_pole = pole(run, "DATA")
        create_many(run, [Person(name=f"Personne {number}", pole=new_pole) for number in range(3)])
        made = project(run, new_pole, "DATA")
        update(run, made, {"goal": "Un seul jeu de données"})
        update(run, kept, {"name": "Odoo", "goal": "Un seul outil"})
        update(
            run, kept, {"goal": "Un seul outil de gestion", "ends_on": date(2027, 3, 1)}, verb="project.rescheduled"
        )
        delete(run, gone)
        ref = {"connection": "x", "external_type": "p", "external_id": "1", "object_type": "p", "object_id": made.pk}
        create(run, ExternalRef(**ref))
        create(run, Pole(code="SEC", name="Sécurité"), verb="pole.imported")
        record(run, "import.done", made, {"rows": [None, 12]})
        assert state() != before
        assert run.batch_id
        assert undo_batch(SYSTEM, run.batch_id) == 9
        assert state() == before
        assert ApiToken.objects.filter(pk=token.pk).exists()
        undoing = AuditEvent.objects.first()
        assert undoing is not None
        assert undoing.batch_id not in (None, run.batch_id), "the undo is a batch of its own"


def test_an_undo_can_itself_be_undone(world: World) -> None:
    with world.within():
        row = pole()
        run = SYSTEM.within(uuid4())
        update(run, row, {"name": "Informatique"})
        after = state()
        assert run.batch_id
        undo_batch(SYSTEM, run.batch_id)
        undo = AuditEvent.objects.filter(object_id=row.pk).first()
        assert undo is not None
        undo_batch(SYSTEM, undo.batch_id)
        assert state() == after


def test_a_batch_that_others_have_worked_on_is_not_undone(world: World) -> None:
    with world.within():
        run = SYSTEM.within(uuid4())
        it = pole(run)
        made = project(run, it)
        assert run.batch_id
        update(world.memberships["manager"].actor, it, {"name": "Informatique"})
        risk = Risk(project=made, reference="R1", title="Retard", probability=3, impact=3)
        create(world.memberships["manager"].actor, risk)
        before = state()
        with pytest.raises(UndoRefusedError) as refused:
            undo_batch(SYSTEM, run.batch_id)
        reasons = {(one.label, one.by) for one in refused.value.conflicts}
        assert reasons == {("Informatique", "Chloé Cheffe"), (str(risk), "Chloé Cheffe")}
        assert state() == before


def test_what_is_no_write_of_the_rows_own_fields_is_left_alone(world: World) -> None:
    with world.within():
        run = SYSTEM.within(uuid4())
        row = Job(kind="x", label="Import", started_by=world.memberships["pmo"])
        row.save()
        record(run, "job.started", row)
        assert run.batch_id
        assert undo_batch(SYSTEM, run.batch_id) == 0
        assert Job.objects.filter(pk=row.pk).exists()
