"""Users (global), their memberships and invitations (the tenant's) and API tokens."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tech4value.accounts.permissions import Permission, Role, Scope, scope_of
from tech4value.accounts.token_scopes import TokenAccess, TokenArea, TokenScope, is_reading
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

    @property
    def can_sign_in(self) -> bool:
        """Has a password, or a passkey instead: made by an invitation, the account of an address has neither yet."""
        return self.has_usable_password() or self.authenticator_set.exists()  # type: ignore[attr-defined]  # of allauth.mfa


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
    # Beyond the plan's limit (see billing.surplus): reads everything as before, and changes nothing.
    read_only = models.BooleanField(_("lecture seule"), default=False, db_default=False, editable=False)
    last_seen_on = models.DateField(_("vu le"), null=True, blank=True, editable=False)

    class Meta(EditableModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return self.user.name or self.user.email

    # Set for the length of a call by a token: what the token lets through of the role.
    granted: TokenScope | None = None

    @property
    def person_name(self) -> str:
        return self.user.name or self.user.email

    def scope(self, permission: Permission | str) -> Scope | None:
        """How far this member holds `permission` (None: not at all)."""
        wanted = Permission(permission)
        return scope_of(self.role, wanted) if self.lets(wanted) else None

    def lets(self, permission: Permission) -> bool:
        """Whether nothing but the role stands in the way: neither the member's state nor the token that calls."""
        if not self.is_active or (self.granted is not None and not self.granted.allows(permission)):
            return False
        return not self.read_only or is_reading(permission)

    def refusal(self, permission: Permission) -> str:
        """Why `permission` is refused when it is not the role that refuses it; empty otherwise."""
        if not self.read_only or is_reading(permission):
            return ""
        return gettext(
            "Votre organisation compte plus de membres que sa formule n’en permet : votre accès est en lecture seule."
            " Un administrateur peut vous rendre la main dans Réglages, Formule."
        )

    @property
    def may_have_tokens(self) -> bool:
        """Whether the person may create API tokens."""
        return self.can(Permission.TOKEN_EDIT)

    def can(self, permission: Permission | str) -> bool:
        """Whether the role grants `permission` at least somewhere. For one project: projects.access.may."""
        return self.scope(permission) is not None

    @property
    def actor(self) -> Actor:
        """This member as the actor of an action."""
        return Actor(kind=ActorKind.PERSON, label=self.person_name, user_id=self.user_id)


class InvitationState(models.TextChoices):
    OPEN = "open", _("En attente")
    ACCEPTED = "accepted", _("Acceptée")
    REVOKED = "revoked", _("Annulée")
    EXPIRED = "expired", _("Expirée")


class Invitation(TenantModel):
    """A place offered to whoever reads the mail of an address. Its link is a key of which only the hash is kept.

    `state` stays open when the time is over: see `status`. `person_id` names the portfolio's person that the new
    member is; the portfolio, which is above, links them when the invitation is accepted.
    """

    KEY_BYTES: ClassVar[int] = 24

    email = models.EmailField(_("adresse e-mail"))
    role = models.CharField(_("rôle"), max_length=20, choices=Role, default=Role.TEAM_MEMBER)
    person_id = models.UUIDField(_("personne"), null=True, blank=True)
    hash = models.CharField(max_length=64, editable=False)
    state = models.CharField(
        _("état"), max_length=10, choices=InvitationState, default=InvitationState.OPEN, editable=False
    )
    invited_by = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invité par")
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("membre")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("envoyée le"), editable=False)
    expires_at = models.DateTimeField(_("expire le"), editable=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "hash"], name="invitation_hash"),
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(state=InvitationState.OPEN),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def status(self, now: datetime) -> InvitationState:
        """The state at the instant `now`: an open invitation whose time is over has expired."""
        over = self.state == InvitationState.OPEN and self.expires_at <= now
        return InvitationState.EXPIRED if over else InvitationState(self.state)

    @staticmethod
    def new_key(tenant: Tenant) -> str:
        """A key for a link: says which tenant to look in, and 192 random bits."""
        return urlsafe_b64encode(tenant.pk.bytes + secrets.token_bytes(Invitation.KEY_BYTES)).decode().rstrip("=")

    @staticmethod
    def tenant_of(key: str) -> UUID | None:
        """The tenant that a key speaks of; None for a text that is no key."""
        try:
            found = urlsafe_b64decode(key + "=" * (-len(key) % 4))
        except (Base64Error, ValueError):
            return None
        return UUID(bytes=found[:16]) if len(found) == 16 + Invitation.KEY_BYTES else None

    @staticmethod
    def digest(key: str) -> str:
        return hashlib.sha256(key.encode()).hexdigest()


class ApiToken(TenantModel):
    """A secret that signs API calls in as a member. Only its hash is kept; it is shown once."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("nom"), max_length=80)
    prefix = models.CharField(max_length=12)
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    access = models.CharField(
        _("accès"), max_length=5, choices=TokenAccess, default=TokenAccess.READ, db_default=TokenAccess.WRITE
    )
    # Empty: every area that the member's role opens.
    areas = ArrayField(
        models.CharField(max_length=20, choices=TokenArea), verbose_name=_("domaines"), default=list, blank=True,
        db_default=[],
    )  # fmt: skip
    expires_at = models.DateTimeField(_("expire le"))
    last_used_at = models.DateTimeField(_("utilisé le"), null=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "hash"], name="api_token_hash")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @property
    def scope(self) -> TokenScope:
        """What the token lets through of its member's role."""
        return TokenScope(TokenAccess(self.access), tuple(TokenArea(area) for area in self.areas))

    @property
    def scope_in_words(self) -> str:
        """« Lecture seule : Finances »."""
        return self.scope.in_words()

    @classmethod
    def issue(
        cls, membership: Membership, name: str, expires_at: datetime, scope: TokenScope
    ) -> tuple["ApiToken", str]:
        """A new token, not saved yet, and the secret to show once."""
        secret = f"t4v_{secrets.token_urlsafe(32)}"
        token = cls(
            membership=membership,
            name=name,
            prefix=secret[:10],
            hash=cls.digest(secret),
            access=scope.access,
            areas=list(scope.areas),
            expires_at=expires_at,
        )
        return token, secret
