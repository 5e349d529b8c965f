"""The sealer: gives events their order and chains them.

Events are taken once their transaction is older than every running one (`xid8 < pg_snapshot_xmin`): a cursor on
ids or times would lose for ever the event of a slow transaction.
"""

import hashlib

from django.db import connection
from django.utils.translation import gettext as _

from tech4value.audit.listeners import notify_sealed
from tech4value.audit.models import AuditEvent, AuditSeal
from tech4value.audit.writing import digest_of
from tech4value.tenancy.context import current_tenant

GENESIS = "0" * 64


def chain(previous: str, digest: str) -> str:
    """hash_n = sha256(hash_{n-1} + digest_n), hexadecimal."""
    return hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()


def seal(limit: int = 5000) -> int:
    """Seal the current tenant's finished events, at most `limit`; returns how many. One sealer a tenant at a time."""
    tenant = current_tenant()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"seal:{tenant.pk}"])
        if not cursor.fetchone()[0]:
            return 0
        last = AuditSeal.objects.order_by("-seq").first()
        cursor.execute(
            "SELECT e.id, e.digest FROM audit_auditevent e "
            "LEFT JOIN audit_auditseal s ON s.event_id = e.id "
            "WHERE e.tenant_id = %s AND s.id IS NULL "
            "AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot()) "
            "ORDER BY e.transaction_id, e.id LIMIT %s",
            [tenant.pk, limit],
        )
        rows = cursor.fetchall()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    seals = []
    for event_id, digest in rows:
        seq, previous = seq + 1, chain(previous, digest)
        seals.append(AuditSeal(seq=seq, event_id=event_id, hash=previous))
    AuditSeal.objects.bulk_create(seals, batch_size=1000)
    if seals:
        notify_sealed()
    return len(seals)


def verify() -> str | None:
    """Walk the chain of the current tenant: None when whole, else a sentence that names the first broken place."""
    previous, expected = GENESIS, 1
    for one in AuditSeal.objects.select_related("event").order_by("seq").iterator(chunk_size=2000):
        if one.seq != expected:
            return _("Le sceau %(seq)s manque.") % {"seq": expected}
        if one.event.digest != digest_of(one.event):
            return _("La ligne du sceau %(seq)s (%(id)s) n’est pas telle qu’elle a été écrite.") % {
                "seq": one.seq,
                "id": one.event_id,
            }
        previous, expected = chain(previous, one.event.digest), expected + 1
        if previous != one.hash:
            return _("Le sceau %(seq)s ne découle pas du précédent.") % {"seq": one.seq}
    return None


def unsealed() -> int:
    """How many of the tenant's events wait for their seal."""
    return AuditEvent.objects.filter(seal__isnull=True).count()
