"""Secrets at rest: what must be read again (an address that is a key, a provider's secret), unlike what is hashed.

Fernet (AES-128-CBC and HMAC-SHA256) under a key derived from SECRET_KEY by HKDF; SECRET_KEY_FALLBACKS still open what
was sealed before a rotation.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"tech4value.tenancy.encryption.v1"


class UnreadableSecretError(ValueError):
    """The secret was sealed under a key that is no longer known, or has been altered."""


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(key)


def encrypt(text: str) -> str:
    """`text`, sealed; not the same twice."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """What `encrypt` was given. Raises UnreadableSecretError."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError("sealed under another key, or altered") from error
