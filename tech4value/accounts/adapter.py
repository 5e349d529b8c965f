"""allauth, told how we do it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: accounts are made by an administrator's invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise RuntimeError("Sign-up is closed.")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"
