"""No secret reaches the logs."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|session", re.IGNORECASE)
# Whoever knows one of these addresses needs nothing else. They may be in a query, encoded.
SLASH = "(?:/|%2F)"
SECRET_VALUES = re.compile(
    r"(t4v_[A-Za-z0-9_-]{6})[A-Za-z0-9_-]+|(://[^:/@\s]+:)[^@\s]+@|(Bearer\s+)\S+"
    rf"|({SLASH}(?:reset{SLASH}key|invitation|unsubscribe){SLASH})(?:(?!%2F)[^/\s&])+"
    rf"|({SLASH}calendars{SLASH})(?:(?!%2F)[^/\s&])+(?=\.ics)"
)


def _hide(match: re.Match[str]) -> str:
    kept = match[match.lastindex or 0]
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


def remove_secrets_of_report(event: Any, hint: Mapping[str, Any]) -> Any:
    """What Sentry asks before it sends an error or a measure: the same is masked as in the logs."""
    return _masked("", event)
