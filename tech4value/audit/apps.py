from collections.abc import Sequence

from django.apps import AppConfig
from django.db import connection, transaction


class AuditConfig(AppConfig):
    name = "tech4value.audit"
    label = "audit"

    def ready(self) -> None:
        from tech4value.audit.listeners import listen
        from tech4value.audit.models import AuditEvent
        from tech4value.tenancy.context import before_commit, current_tenant

        @listen
        def mark_dirty(events: Sequence[AuditEvent]) -> None:
            """Tell the sealer, after commit and outside the transaction: no lock is shared between writers."""
            tenant_id = current_tenant().pk

            def insert() -> None:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO audit_dirtytenant (tenant_id) VALUES (%s) ON CONFLICT DO NOTHING",
                        [tenant_id],
                    )

            before_commit("audit.dirty", lambda: transaction.on_commit(insert, robust=True))
