"""Stored files: never served by a URL of their own, always through a view that checks who asks."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.models import Membership
from tech4value.accounts.permissions import Permission
from tech4value.tenancy.managers import TenantManager
from tech4value.tenancy.models import TenantModel


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Look-ups are authorisation: downloads start from `visible_to`."""

    def visible_to(self, member: Membership) -> "StoredFileQuerySet":
        """The files that `member` may download: of permissions that they hold, and not another person's own."""
        held = [str(permission) for permission in Permission if member.can(permission)]
        return self.filter(models.Q(private=False) | models.Q(owner=member), permission__in=held)


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

    objects: ClassVar[Any] = TenantManager.from_queryset(StoredFileQuerySet)()

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
