"""No secret reaches the logs."""

import re
from collections.abc import MutableMapping
from typing import Any

SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|session", re.IGNORECASE)
SECRET_VALUES = re.compile(r"(t4v_[A-Za-z0-9_-]{6})[A-Za-z0-9_-]+|(://[^:/@\s]+:)[^@\s]+@|(Bearer\s+)\S+")


def _hide(match: re.Match[str]) -> str:
    kept = match[1] or match[2] or match[3]
    return f"{kept}***@" if match[2] else f"{kept}***"


def remove_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: values under secret names and token-like texts are masked."""
    for key, value in event.items():
        if SECRET_KEYS.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = SECRET_VALUES.sub(_hide, value)
    return event
