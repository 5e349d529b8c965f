"""Users (global), their memberships (the tenant's) and API tokens."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.permissions import Permission, Role, Scope, scope_of
from tech4value.audit.actor import Actor, ActorKind
from tech4value.tenancy.models import EditableModel, Tenant, TenantModel, uuid7


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class Theme(models.TextChoices):
    SYSTEM = "system", _("Comme l’appareil")
    LIGHT = "light", _("Clair")
    DARK = "dark", _("Sombre")


class User(AbstractBaseUser):
    """A person who signs in, whatever the number of tenants. Holds nothing that belongs to a tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("adresse e-mail"), unique=True)
    name = models.CharField(_("nom"), max_length=120)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    theme = models.CharField(_("apparence"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class TenantAccess(models.Model):
    """Which tenants a user may enter: what the tenant switcher lists. Kept by the membership actions; a global
    table with nothing in it but the two keys, because memberships themselves are visible in their tenant only."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accesses")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="tenant_access_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}"


class Membership(EditableModel):
    """A user in a tenant, with one role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("utilisateur"))
    role = models.CharField(_("rôle"), max_length=20, choices=Role, default=Role.TEAM_MEMBER)
    is_active = models.BooleanField(_("actif"), default=True)
    last_seen_on = models.DateField(_("vu le"), null=True, blank=True, editable=False)

    class Meta(EditableModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return self.user.name or self.user.email

    @property
    def person_name(self) -> str:
        return self.user.name or self.user.email

    def scope(self, permission: Permission | str) -> Scope | None:
        """How far this member holds `permission` (None: not at all)."""
        return scope_of(self.role, Permission(permission)) if self.is_active else None

    def can(self, permission: Permission | str) -> bool:
        """Whether the role grants `permission` at least somewhere. For one project: projects.access.may."""
        return self.scope(permission) is not None

    @property
    def actor(self) -> Actor:
        """This member as the actor of an action."""
        return Actor(kind=ActorKind.PERSON, label=self.person_name, user_id=self.user_id)


class ApiToken(TenantModel):
    """A secret that signs API calls in as a member. Only its hash is kept; it is shown once."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("nom"), max_length=80)
    prefix = models.CharField(max_length=12)
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expire le"), null=True)
    last_used_at = models.DateTimeField(_("utilisé le"), null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "hash"], name="api_token_hash")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, membership: Membership, name: str, expires_at: datetime | None) -> tuple["ApiToken", str]:
        """A new token, not saved yet, and the secret to show once."""
        secret = f"t4v_{secrets.token_urlsafe(32)}"
        token = cls(
            membership=membership,
            name=name,
            prefix=secret[:10],
            hash=cls.digest(secret),
            expires_at=expires_at,
        )
        return token, secret
