"""The journal's tables and the origin of imported data."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.tenancy.models import Tenant, TenantModel


class TransactionIdField(models.Field):
    """PostgreSQL's 64-bit transaction number: what the sealer orders by."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


class CurrentTransactionId(models.Func):
    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionIdField()


class AuditEvent(TenantModel):
    """One write. Append-only: the application's role may insert and read."""

    append_only = True

    at = models.DateTimeField(_("quand"), db_default=Now())
    transaction_id = TransactionIdField(db_default=CurrentTransactionId(), editable=False)
    effective_on = models.DateField(_("date d’effet"), null=True)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(_("qui"), max_length=200)
    verb = models.CharField(_("quoi"), max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField(null=True)
    object_label = models.CharField(_("objet"), max_length=250)
    project_id = models.UUIDField(null=True)
    changes = models.JSONField(_("changements"), default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    batch_id = models.UUIDField(null=True)
    # Digest of all the above, so that the chain survives the erasure of personal data.
    digest = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["tenant", "object_id", "id"], name="audit_event_object"),
            models.Index(fields=["tenant", "-at"], name="audit_event_at"),
            models.Index(fields=["tenant", "batch_id"], name="audit_event_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_label}"


class AuditSeal(TenantModel):
    """The place of an event in the tenant's order, and the chain: hash = sha256(previous hash, digest)."""

    append_only = True

    seq = models.BigIntegerField()
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["tenant", "seq"], name="audit_seal_seq")]

    def __str__(self) -> str:
        return f"{self.seq}"


class DirtyTenant(models.Model):
    """Tenants with unsealed events; a hint that spares asking them all (a slow round asks them all anyway)."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class ExternalRef(TenantModel):
    """Where a row came from: the object of a connection (a workbook, a file, a connector) that stands for it."""

    connection = models.CharField(max_length=60)
    external_type = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    hash = models.CharField(max_length=64, blank=True)
    # The fields that this source set, and from which file or run: {"budget": "portefeuille.xlsx"}.
    fields = models.JSONField(default=dict)
    batch_id = models.UUIDField(null=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection", "external_type", "external_id"], name="external_ref_identity"
            )
        ]
        indexes = [models.Index(fields=["tenant", "object_id"], name="external_ref_object")]

    def __str__(self) -> str:
        return f"{self.connection}:{self.external_type}:{self.external_id}"
