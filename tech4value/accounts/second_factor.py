"""The second factor of sign-in: how allauth keeps it for us, and when an organisation demands one."""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tech4value.accounts.models import Membership, User
from tech4value.accounts.permissions import Role
from tech4value.tenancy.models import SecondFactorPolicy, Tenant

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and of recovery codes are encrypted under a key made from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # allauth's own parameter
        """What a key is called until its owner says better."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Clé d’accès %(number)d") % {"number": number} if number > 1 else _("Clé d’accès")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Tech4Value"}


def _cipher() -> MultiFernet:
    """Encrypts with SECRET_KEY, still reads what SECRET_KEY_FALLBACKS wrote."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tech4value second factor").derive(secret.encode())
    return urlsafe_b64encode(derived)


class ActivateAppForm(ActivateTOTPForm):
    """The number that a new authenticator app shows, called the same in the form and in what is wrong with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Nombre affiché")


class AddPasskeyForm(AddWebAuthnForm):
    """A new key is one that signs in by itself, unless its owner unticks that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 80
        self.fields["passwordless"].initial = True


def has_second_factor(user: User) -> bool:
    """Whether the account is protected by an authenticator app or a key."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def is_missing(tenant: Tenant, member: Membership) -> bool:
    """Whether `tenant` demands a second factor of this member, who has none."""
    policy = tenant.second_factor
    demanded = policy == SecondFactorPolicy.EVERYBODY or (
        policy == SecondFactorPolicy.ADMINISTRATORS and member.role == Role.ADMINISTRATOR
    )
    return demanded and not has_second_factor(member.user)


def remember_password_was_given(request: HttpRequest, user: User) -> None:
    """The password was chosen a moment ago: protecting the account, which follows, need not ask for it again."""
    record_authentication(request, user, method="password", email=user.email, reauthenticated=True)
