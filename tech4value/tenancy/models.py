"""Tenant, and the bases of every table that belongs to one."""

from typing import Any, ClassVar
from uuid import UUID

import uuid6
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.tenancy.context import current_tenant_id
from tech4value.tenancy.managers import LiveManager, TenantManager


def uuid7() -> UUID:
    """A time-ordered key, made here because neither Python 3.11 nor PostgreSQL 15 makes them."""
    return UUID(int=uuid6.uuid7().int)


class SecondFactorPolicy(models.TextChoices):
    """Of whom an organisation demands a second factor of sign-in."""

    NOBODY = "nobody", _("Personne : chacun choisit")
    ADMINISTRATORS = "administrators", _("Les administrateurs")
    EVERYBODY = "everybody", _("Tous les membres")


class Tenant(models.Model):
    """A customer company. A global table: its rows say only that it exists and how it writes dates and money."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(
        _("adresse"), max_length=63, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$")]
    )
    name = models.CharField(_("nom"), max_length=120)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    time_zone = models.CharField(_("fuseau horaire"), max_length=60, default="Europe/Paris")
    country = models.CharField(_("pays"), max_length=2, default="FR")
    currency = models.CharField(_("devise"), max_length=3, default="EUR")
    fiscal_year_start_month = models.PositiveSmallIntegerField(_("premier mois de l’exercice"), default=1)
    second_factor = models.CharField(
        _("second facteur exigé"),
        max_length=20,
        choices=SecondFactorPolicy,
        default=SecondFactorPolicy.NOBODY,
        db_default=SecondFactorPolicy.NOBODY,
    )
    is_active = models.BooleanField(_("actif"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TenantDomain(models.Model):
    """A host name that leads straight to a tenant (white label)."""

    host = models.CharField(max_length=253, primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")

    def __str__(self) -> str:
        return self.host


class TenantModel(models.Model):
    """A row that belongs to one tenant.

    Subclasses declare `class Meta(TenantModel.Meta)`. After each migration `row_security.secure` gives the table
    its policy, `UNIQUE (tenant_id, id)` and a composite twin of each foreign key to another tenant table.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, default=current_tenant_id, editable=False, related_name="+"
    )

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class EditableModel(TenantModel):
    """A row that people edit: a stale save is refused (`version`), a delete can be undone (`deleted_at`).

    `objects` holds the live rows, `everything` the deleted ones too.
    """

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = LiveManager()
    everything: ClassVar[Any] = TenantManager()

    class Meta(TenantModel.Meta):
        abstract = True
        base_manager_name = "everything"
