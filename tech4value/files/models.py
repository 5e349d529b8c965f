"""Stored files: never served by a URL of their own, always through a view that checks who asks."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.tenancy.models import TenantModel


class StoredFile(TenantModel):
    """A file's place and identity. Who may download it is said by `permission` (a Permission value); files that
    belong to one person (`private`) are theirs alone."""

    name = models.CharField(_("nom"), max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField(_("taille"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    permission = models.CharField(max_length=40)
    private = models.BooleanField(default=False)
    owner = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
