"""Addresses that prove who follows them."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

from tech4value.accounts.models import User


def set_password_url(user: User) -> str:
    """Where `user` chooses a password: good once, for PASSWORD_RESET_TIMEOUT; belongs to no tenant."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return f"{settings.BASE_URL}{_without_prefix('account_reset_password_from_key', *key.split('-', 1))}"


def sign_in_url() -> str:
    """Where a person signs in, as an absolute address."""
    return f"{settings.BASE_URL}{settings.LOGIN_URL}"


def _without_prefix(name: str, uidb36: str, key: str) -> str:
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(name, kwargs={"uidb36": uidb36, "key": key})
    finally:
        set_script_prefix(prefix)
