"""The second lock: row-level security, composite foreign keys and privileges, derived from the models.

Applied after each `migrate` by the schema's owner, idempotently, and compared with the catalogue by a system
check: a table can neither be added without its policy nor lose it unnoticed (docs/decisions/002).
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, models, transaction

from tech4value.tenancy.models import TenantModel

POLICY = "tenant_isolation"
# NULLIF: the setting is an empty string, not NULL, once a transaction that set it has ended.
CONDITION = "tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid"


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete tenant model, lowest room first."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def tenant_foreign_keys(model: type[TenantModel]) -> Iterator[models.ForeignKey]:
    """The foreign keys of `model` that point at another tenant table."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and issubclass(field.remote_field.model, TenantModel):
            yield field


def _short(name: str) -> str:
    """PostgreSQL's identifiers have 63 bytes; ours keep head and tail when longer."""
    return name if len(name) <= 63 else f"{name[:38]}__{name[-23:]}"


def composite_key_name(table: str) -> str:
    return _short(f"{table}_tenant_id_id_key")


def composite_foreign_key_name(table: str, column: str) -> str:
    return _short(f"{table}_{column}_same_tenant")


def secure() -> None:
    """Give every table its policy, keys and privileges. Run by the owner of the schema; safe to run again."""
    role = settings.DATABASE_APP_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        current, role_exists = cursor.fetchone()
        if current == role or not role_exists:
            # Flushing as the application, or a database whose roles are not made yet: the system check reports it.
            return
        quote = connection.ops.quote_name
        cursor.execute("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        constraints = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = %s", [POLICY])
        with_policy = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()}
        secured = [model for model in tenant_models() if model._meta.db_table in tables]
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}; "
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}"
        )
        for table in ("django_migrations",):
            if table in tables:
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {quote(table)} FROM {quote(role)}")
        for model in secured:
            table = model._meta.db_table
            if table not in with_policy:
                cursor.execute(
                    f"ALTER TABLE {quote(table)} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
                    f"CREATE POLICY {POLICY} ON {quote(table)} USING ({CONDITION}) WITH CHECK ({CONDITION})"
                )
            if (key := composite_key_name(table)) not in constraints:
                cursor.execute(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(key)} UNIQUE (tenant_id, id)")
            if getattr(model, "append_only", False):
                cursor.execute(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {quote(role)}")
        for model in secured:
            table = model._meta.db_table
            for field in tenant_foreign_keys(model):
                name = composite_foreign_key_name(table, field.column)
                target = field.remote_field.model._meta.db_table
                if name not in constraints and target in tables:
                    cursor.execute(
                        f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} "
                        f"FOREIGN KEY (tenant_id, {quote(field.column)}) REFERENCES {quote(target)} (tenant_id, id) "
                        "DEFERRABLE INITIALLY DEFERRED"
                    )


def missing_locks() -> list[str]:
    """What the database lacks of what the models demand, one sentence each; empty when all is locked."""
    problems: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user",
        )
        name, superuser, bypass = cursor.fetchone()
        if superuser or bypass:
            problems.append(
                f"The role {name!r} bypasses row-level security: connect as an ordinary role (DATABASE_URL)."
            )
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner = r.oid, "
            "EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s), "
            "has_table_privilege(c.oid, 'UPDATE') FROM pg_class c, pg_roles r "
            "WHERE r.rolname = current_user AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
            [POLICY],
        )
        catalogue = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        constraints = {row[0] for row in cursor.fetchall()}
    for model in tenant_models():
        table = model._meta.db_table
        if table not in catalogue:
            continue  # not migrated yet: `migrate --check` says so
        enabled, forced, owned, policy, may_update = catalogue[table]
        if not (enabled and forced and policy):
            problems.append(f"{table} has no forced row-level security: run `bin/manage migrate`.")
        if owned:
            problems.append(f"{table} is owned by the application's role: it must belong to another.")
        if getattr(model, "append_only", False) and may_update:
            problems.append(f"{table} is append-only, yet the application may update it.")
        wanted = [composite_key_name(table)]
        wanted += [composite_foreign_key_name(table, field.column) for field in tenant_foreign_keys(model)]
        problems += [f"{table} lacks {key}: run `bin/manage migrate`." for key in wanted if key not in constraints]
    return problems


def demand_locks() -> None:
    """Raise ImproperlyConfigured when a lock is missing: called by each process that serves tenants, at its start.

    A database that does not answer is for `/readyz` to tell.
    """
    try:
        problems = missing_locks()
    except OperationalError:
        return
    finally:
        connection.close()
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
