"""Rows made once through the actions, then put back as they were in a few milliseconds for every other test."""

from collections.abc import Callable
from copy import deepcopy
from typing import Generic, TypeVar

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant, TenantModel

Made = TypeVar("Made")


class Recording(Generic[Made]):
    """What `make` leaves in a database without tenants, and what it returns.

    The first `play` runs `make` and writes down every row that it left; the others insert those rows again, same
    keys, same times. The objects returned are copies: a test may change its own.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: Made | None = None
        self._script = ""

    def play(self) -> Made:
        if self._made is None:
            before = _rows_without_tenant()
            made = self._make()
            self._script = _script(before)
            self._made = deepcopy(made)
            return made
        with connection.cursor() as cursor:
            cursor.execute(self._script)
        return deepcopy(self._made)


def _tables(tenants: bool) -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TenantModel) is tenants and model._meta.managed and not model._meta.proxy
    ]


def _rows_without_tenant() -> dict[str, list[str]]:
    """The rows of the tables that belong to no tenant, as PostgreSQL writes them, by table."""
    return {model._meta.db_table: _rows(model._meta.db_table) for model in _tables(tenants=False)}


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
        return [row[0] for row in cursor.fetchall()]


def _script(before: dict[str, list[str]]) -> str:
    """The statements that insert what is there now and was not there before, as the application's role.

    Foreign keys between tables wait for the commit; parents of tenants come first all the same.
    """
    statements = []
    for model in _tables(tenants=False):
        table = model._meta.db_table
        statements += [_insert(model, row) for row in _rows(table) if row not in before[table]]
    for tenant in Tenant.objects.all():
        statements.append(f"SELECT set_config('app.tenant_id', '{tenant.pk}', true)")
        with tenant_context(tenant):
            for model in _tables(tenants=True):
                statements += [_insert(model, row) for row in _rows(model._meta.db_table)]
    statements.append("SELECT set_config('app.tenant_id', '', true)")
    return ";\n".join(statements)


def _insert(model: type[models.Model], row: str) -> str:
    columns = [sql.Identifier(field.column) for field in model._meta.concrete_fields if not field.generated]
    statement = sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM (SELECT {row}::{table}) made (r)")
    return statement.format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join(sql.SQL("(r).{}").format(column) for column in columns),
        row=sql.Literal(row),
    ).as_string(connection.connection)
