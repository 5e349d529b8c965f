"""Addresses outside every tenant, made within one."""

from collections.abc import Callable

from django.urls import get_script_prefix, set_script_prefix


def without_prefix(address: Callable[[], str]) -> str:
    """What `address()` gives where no tenant's prefix is in force."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return address()
    finally:
        set_script_prefix(prefix)
