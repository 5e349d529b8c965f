"""Neither the ORM nor raw SQL lets one tenant see, write or point at another's rows."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import InternalError

from portfolio.people.models import Pole
from tech4value.accounts.models import Membership
from tech4value.audit.actor import SYSTEM
from tech4value.audit.models import AuditEvent
from tech4value.audit.writing import create
from tech4value.tenancy import row_security
from tech4value.tenancy.context import TenantRequiredError, tenant_context
from tech4value.tenancy.row_security import missing_locks, tenant_models
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def rows(sql: str, tenant_id: object = None) -> list[tuple[object, ...]]:
    """Raw SQL as the application's role, with `tenant_id` set, or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        if tenant_id is not None:
            cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def test_every_tenant_table_is_locked(live_world: World) -> None:
    assert len(tenant_models()) > 20
    assert missing_locks() == []


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_raw_sql_sees_nothing_without_a_tenant_or_with_another(live_world: World, model: type) -> None:
    table = model._meta.db_table
    assert rows(f"SELECT count(*) FROM {table}") == [(0,)]
    own = rows(f"SELECT count(*) FROM {table}", live_world.chantier.pk)
    foreign = rows(
        f"SELECT count(*) FROM {table} WHERE tenant_id = '{live_world.atelier.pk}'", live_world.chantier.pk
    )
    assert foreign == [(0,)]
    if model is Membership:
        assert own == [(1,)], "the query does see one's own rows, so the zero above means something"


def test_raw_sql_writes_nothing_of_another_tenant(live_world: World) -> None:
    before = rows("SELECT count(*) FROM accounts_membership", live_world.atelier.pk)
    assert rows("UPDATE accounts_membership SET role = 'administrator'", live_world.chantier.pk) == [(1,)]
    assert rows("UPDATE accounts_membership SET role = 'administrator'") == [(0,)]
    assert rows("DELETE FROM accounts_apitoken", live_world.chantier.pk) == [(0,)]
    assert rows("SELECT count(*) FROM accounts_membership", live_world.atelier.pk) == before
    with pytest.raises(ProgrammingError, match="row-level security"):
        rows(
            "INSERT INTO portfolio_people_pole (id, tenant_id, version, created_at, updated_at, code, name) "
            f"VALUES (gen_random_uuid(), '{live_world.atelier.pk}', 1, now(), now(), 'X', 'X')",
            live_world.chantier.pk,
        )


def test_a_row_cannot_point_at_another_tenants_row(live_world: World) -> None:
    with tenant_context(live_world.atelier):
        pole = create(SYSTEM, Pole(code="IT", name="IT"))
    with pytest.raises(IntegrityError, match="same_tenant"):
        rows(
            "INSERT INTO portfolio_people_person (id, tenant_id, version, created_at, updated_at, name, email, "
            "capacity, is_external, work_regime, pole_id) VALUES (gen_random_uuid(), "
            f"'{live_world.chantier.pk}', 1, now(), now(), 'P', '', 1, false, 'none', '{pole.pk}')",
            live_world.chantier.pk,
        )


def test_the_orm_refuses_to_work_without_a_tenant(live_world: World) -> None:
    with pytest.raises(TenantRequiredError):
        Membership.objects.count()
    with pytest.raises(TenantRequiredError):
        list(Pole.everything.all())


def test_a_nested_context_gives_the_outer_tenant_back(live_world: World) -> None:
    with tenant_context(live_world.atelier):
        outer = Membership.objects.count()
        with tenant_context(live_world.chantier):
            assert Membership.objects.count() == 1
        assert Membership.objects.count() == outer == 8
        with pytest.raises(ZeroDivisionError), tenant_context(live_world.chantier):
            raise ZeroDivisionError
        assert Membership.objects.count() == outer
    assert rows("SELECT current_setting('app.tenant_id', true)") == [("",)]


def test_the_journal_can_only_be_added_to(live_world: World) -> None:
    with pytest.raises((ProgrammingError, InternalError), match="permission denied"):
        rows("UPDATE audit_auditevent SET verb = 'x'", live_world.atelier.pk)
    with pytest.raises((ProgrammingError, InternalError), match="permission denied"):
        rows("DELETE FROM audit_auditseal", live_world.atelier.pk)
    with tenant_context(live_world.atelier):
        assert AuditEvent.objects.filter(verb="membership.created").count() == 8


def test_a_process_refuses_to_serve_a_database_with_a_lock_missing(
    live_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_security.demand_locks()
    monkeypatch.setattr(row_security, "POLICY", "another_policy")
    with pytest.raises(ImproperlyConfigured, match="accounts_membership has no forced row-level security"):
        row_security.demand_locks()
