"""No secret reaches the logs."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|session", re.IGNORECASE)
SECRET_VALUES = re.compile(
    r"(t4v_[A-Za-z0-9_-]{6})[A-Za-z0-9_-]+|(://[^:/@\s]+:)[^@\s]+@|(Bearer\s+)\S+|(/reset/key/)[^/\s]+"
)


def _hide(match: re.Match[str]) -> str:
    kept = match[1] or match[2] or match[3] or match[4]
    return f"{kept}***@" if match[2] else f"{kept}***"


def _masked(name: str, value: Any) -> Any:
    if SECRET_KEYS.search(name):
        return "***"
    if isinstance(value, str):
        return SECRET_VALUES.sub(_hide, value)
    if isinstance(value, Mapping):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked("", inner) for inner in value]
    return value


def remove_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: values under secret names and token-like texts are masked, at any depth."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event
