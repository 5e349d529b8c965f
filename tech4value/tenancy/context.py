"""The current tenant: one context variable for the ORM, one transaction-local setting for PostgreSQL."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.db import connection, transaction

if TYPE_CHECKING:
    from tech4value.tenancy.models import Tenant


class TenantRequiredError(RuntimeError):
    """A tenant's data was asked for, and no tenant is set: enter `tenant_context(tenant)` first."""


_current: ContextVar["Tenant | None"] = ContextVar("current_tenant", default=None)
_before_commit: ContextVar[dict[Hashable, Callable[[], None]] | None] = ContextVar("before_commit", default=None)
_after_end: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_end", default=None)


def current_tenant() -> "Tenant":
    """The tenant in force. Raises TenantRequiredError outside `tenant_context`."""
    tenant = _current.get()
    if tenant is None:
        raise TenantRequiredError("No tenant: enter tenant_context(tenant) before touching its data.")
    return tenant


def current_tenant_id() -> UUID | None:
    """Default of every tenant foreign key; None outside a context, which the database then refuses."""
    tenant = _current.get()
    return None if tenant is None else tenant.pk


def before_commit(key: Hashable, callback: Callable[[], None]) -> Callable[[], None]:
    """Run `callback` once at the end of the tenant's outermost context, in its transaction; `key` deduplicates.
    Returns the callback that will run: the first that came with the key.

    This is how roll-ups follow the rows that they sum: in the same transaction, once, however many rows changed.
    """
    callbacks = _before_commit.get()
    if callbacks is None:
        raise TenantRequiredError("before_commit needs a tenant_context around it.")
    return callbacks.setdefault(key, callback)


def after_end(callback: Callable[[], None]) -> None:
    """Run `callback` once the outermost tenant context is over, committed or rolled back, outside any tenant.

    For what a rollback does not undo by itself: a file written beside the database.
    """
    callbacks = _after_end.get()
    if callbacks is None:
        raise TenantRequiredError("after_end needs a tenant_context around it.")
    callbacks.append(callback)


def _run_before_commit(callbacks: dict[Hashable, Callable[[], None]]) -> None:
    while callbacks:  # a callback may ask for another
        key = next(iter(callbacks))
        callbacks.pop(key)()


def _set_database_tenant(tenant_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant_id])


@contextmanager
def tenant_context(tenant: "Tenant") -> Iterator["Tenant"]:
    """Act within `tenant`: a transaction (a savepoint when nested) in which only its rows exist.

    The setting is local to the transaction, hence safe behind a pooler in transaction mode. It survives the
    release of a savepoint, so a nested context puts the outer value back itself; a rollback restores it anyway.
    """
    if _after_end.get() is not None:
        with _within(tenant):
            yield tenant
        return
    callbacks: list[Callable[[], None]] = []
    token = _after_end.set(callbacks)
    try:
        with _within(tenant):
            yield tenant
    finally:
        _after_end.reset(token)
        for callback in callbacks:
            callback()


@contextmanager
def _within(tenant: "Tenant") -> Iterator[None]:
    outer = _current.get()
    callbacks = _before_commit.get()
    outermost = callbacks is None or outer is None or outer.pk != tenant.pk
    if callbacks is None or outermost:
        callbacks = {}
    with transaction.atomic():
        _set_database_tenant(str(tenant.pk))
        tenant_token = _current.set(tenant)
        hooks_token = _before_commit.set(callbacks)
        try:
            with structlog.contextvars.bound_contextvars(tenant=tenant.slug):
                yield
                if outermost and not transaction.get_rollback():
                    _run_before_commit(callbacks)
        finally:
            _current.reset(tenant_token)
            _before_commit.reset(hooks_token)
        if not transaction.get_rollback():
            _set_database_tenant("" if outer is None else str(outer.pk))
