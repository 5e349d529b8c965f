"""What the API remembers between two calls."""

from django.db import models
from django.db.models.functions import Now

from tech4value.accounts.models import Membership
from tech4value.tenancy.models import TenantModel


class IdempotentCall(TenantModel):
    """The first answer to a POST that carried an `Idempotency-Key`: the same call, sent again, gets it again."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "membership", "key"], name="idempotent_call_once")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotent_call_age")]

    def __str__(self) -> str:
        return self.key
