"""How the tests of the treasury read its pages."""

from typing import Any

HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def text(response: Any) -> str:
    """The page, with ordinary spaces and signs."""
    shown = str(response.content.decode()).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")
    return shown.replace("\u2212", "-").replace("&#x27;", "'")
