"""Rows made once through the actions, then put back as they were in a few milliseconds for every other test."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from tech4value.tenancy.context import tenant_context
from tech4value.tenancy.models import Tenant, TenantModel

Given = ParamSpec("Given")
Made = TypeVar("Made")
# The rows of each tenant (None: those that belong to no tenant) and model, as PostgreSQL writes them.
Rows = dict[tuple[Tenant | None, type[models.Model]], list[str]]


class Recording(Generic[Given, Made]):
    """What `make` adds to a database, and what it returns.

    The first `play` runs `make` and writes down every row that it added; the others insert those rows again, same
    keys, same times. What a fixture is made from must be the same rows each time (a recorded world); the objects
    returned are copies: a test may change its own.
    """

    def __init__(self, make: Callable[Given, Made]) -> None:
        self._make = make
        self._script: str | None = None
        self._stored: tuple[tuple[Any, ...], Made] | None = None

    def play(self, *args: Given.args, **named: Given.kwargs) -> Made:
        given = (*args, *named.values())
        if self._stored is None:
            before = _rows()
            made = self._make(*args, **named)
            self._script = _script(before, _rows())
            self._stored = deepcopy((given, made))
            return made
        if self._script:
            with connection.cursor() as cursor:
                cursor.execute(self._script)
        stored_given, stored_made = self._stored
        # What was given then stands for what is given now.
        return deepcopy(stored_made, {id(then): now for then, now in zip(stored_given, given, strict=True)})


def recorded(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Under `@pytest.fixture`: the fixture is made by its function once, and played for the other tests."""
    recording = Recording(make)

    @wraps(make)
    def play(*args: Given.args, **named: Given.kwargs) -> Made:
        return recording.play(*args, **named)

    return play


def _rows() -> Rows:
    found: Rows = {}
    every = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    for model in every:
        if not issubclass(model, TenantModel):
            found[None, model] = _rows_of(model)
    for tenant in Tenant.objects.all():
        with tenant_context(tenant):
            found |= {(tenant, model): _rows_of(model) for model in every if issubclass(model, TenantModel)}
    return found


def _rows_of(model: type[models.Model]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(model._meta.db_table)))
        return [row[0] for row in cursor.fetchall()]


def _script(before: Rows, after: Rows) -> str:
    """The statements that insert what was added, as the application's role; foreign keys wait for the commit."""
    inserts: dict[Tenant | None, list[str]] = {}
    for (tenant, model), rows in after.items():
        known = set(before.get((tenant, model), ()))
        inserts.setdefault(tenant, []).extend(_insert(model, row) for row in rows if row not in known)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        outer = cursor.fetchone()[0] or ""
    statements = inserts.pop(None, [])
    for tenant, added in inserts.items():
        if added and tenant is not None:
            statements += [f"SELECT set_config('app.tenant_id', '{tenant.pk}', true)", *added]
    return ";\n".join([*statements, f"SELECT set_config('app.tenant_id', '{outer}', true)"])


def _insert(model: type[models.Model], row: str) -> str:
    columns = [sql.Identifier(field.column) for field in model._meta.concrete_fields if not field.generated]
    statement = sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM (SELECT {row}::{table}) made (r)")
    return statement.format(
        table=sql.Identifier(model._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        values=sql.SQL(", ").join(sql.SQL("(r).{}").format(column) for column in columns),
        row=sql.Literal(row),
    ).as_string(connection.connection)
